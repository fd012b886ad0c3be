//! When peers are there: sessions, gaps, patience, and what is there at time zero.

use super::Surroundings;
use super::law::lifetime;
use super::traces;
use crate::population::{Arrivals, Crowd, HostRole, Session, SessionsSpec, Start};
use crate::random::Distribution;
use crate::scenario::errors::Problem;
use crate::scenario::reader::Reader;
use crate::scenario::tree::Place;
use crate::units::{SimDuration, SimTime};

/// The shortest mean of sessions: what comes and goes faster makes a run endless.
const SHORTEST_MEAN: SimDuration = SimDuration::from_secs(1);

pub(super) fn resolve(reader: &Reader<'_>, crowd: &Crowd, surroundings: &Surroundings<'_>) -> SessionsSpec {
    let problems = reader.problems();
    let before = problems.count();
    let law = |name: &str| reader.has(name).then(|| lifetime(reader.one_of(name), surroundings, problems));
    let session = match reader.has("session").then(|| reader.one_of("session")).flatten() {
        None => Session::Unlimited,
        Some(chosen) if chosen.name == "trace" => {
            let trace =
                chosen.scalar().map(|named| traces::sessions(&named, peers(reader, crowd), surroundings, problems));
            trace.map_or(Session::Unlimited, Session::Trace)
        }
        chosen => Session::Drawn(lifetime(chosen, surroundings, problems)),
    };
    let start = match reader.get::<&'static str>("start").value {
        "stationary" => Start::Stationary,
        _ => Start::Fresh,
    };
    let sessions = SessionsSpec { session, gap: law("gap"), patience: law("patience"), start };
    if problems.count() == before {
        check_laws(reader, &sessions);
        check_trace(reader, &sessions, crowd);
        if start == Start::Stationary {
            check_stationary(reader, &sessions, crowd);
        }
    }
    sessions
}

/// How many peers there are; `None`: nobody knows, a problem has been recorded.
fn peers(reader: &Reader<'_>, crowd: &Crowd) -> Option<u32> {
    match crowd {
        Crowd::Drawn(drawn) => reader.optional::<u32>("peers").filter(|peers| peers.ok).map(|_| drawn.peers),
        Crowd::Hosts(file) if file.hosts.is_empty() => None,
        Crowd::Hosts(file) => Some(file.count(HostRole::Leecher) + file.count(HostRole::FreeRider)),
    }
}

fn place(reader: &Reader<'_>, key: &str) -> Place {
    reader.key_place(key).unwrap_or_else(|| reader.place())
}

fn check_laws(reader: &Reader<'_>, sessions: &SessionsSpec) {
    let problems = reader.problems();
    if sessions.gap.is_some() && !matches!(sessions.session, Session::Drawn(_)) {
        let message = match &sessions.session {
            Session::Trace(_) => "`gap` stands beside a trace, whose file says when peers come again",
            _ => "`gap` without `session`: nobody goes who could come again",
        };
        problems.add(Problem::at(place(reader, "gap"), message).allowed("a law of `session` beside it, or no `gap`"));
    }
    if let Session::Drawn(law) = &sessions.session
        && let Some(mean) = law.mean().filter(|mean| *mean < SHORTEST_MEAN)
    {
        let message = format!("a `session` is {mean} long on average");
        let problem = Problem::at(place(reader, "session"), message);
        problems.add(problem.allowed(format!("a mean of at least {SHORTEST_MEAN}")));
    }
}

/// A trace says when peers arrive; hosts must agree.
fn check_trace(reader: &Reader<'_>, sessions: &SessionsSpec, crowd: &Crowd) {
    let Session::Trace(trace) = &sessions.session else { return };
    let problems = reader.problems();
    if let Some(place) = reader.key_place("arrivals") {
        let message = "`arrivals` stands beside a trace of sessions, whose file says when peers arrive";
        problems.add(Problem::at(place, message).allowed("either `session.trace` or `arrivals`"));
    }
    let Crowd::Hosts(file) = crowd else { return };
    let downloads = file.hosts.iter().filter(|host| !host.role.has_everything());
    for ((peer, host), intervals) in downloads.enumerate().zip(trace.intervals.iter()) {
        let first = intervals.first().map(|first| first.0);
        if first != Some(host.arrival) {
            let message = format!(
                "peer {peer} arrives at {} in `{}`, and at {} in `{}`",
                host.arrival,
                file.path,
                first.unwrap_or(SimTime::NEVER),
                trace.path
            );
            problems
                .add(Problem::at(place(reader, "session"), message).allowed("the same first arrival in both files"));
            return;
        }
    }
}

/// Refuses a stationary start where there is no steady state.
fn check_stationary(reader: &Reader<'_>, sessions: &SessionsSpec, crowd: &Crowd) {
    let problems = reader.problems();
    let refuse = |key: &str, message: String, allowed: &str| {
        problems.add(Problem::at(place(reader, key), message).allowed(allowed));
    };
    let session = match &sessions.session {
        Session::Drawn(session) => session,
        Session::Trace(_) => {
            let message = "a trace says itself who is there at time zero".to_owned();
            return refuse("start", message, "`start = \"fresh\"`, or a law of `session`");
        }
        Session::Unlimited => {
            let message = "without sessions that end there is no stationary population".to_owned();
            return refuse("start", message, "a law of `session` beside it, or `start = \"fresh\"`");
        }
    };
    for key in ["after-completion", "patience"] {
        let stays = reader.one_of("after-completion").is_none_or(|after| after.name == "stay");
        if reader.has(key) && (key == "patience" || !stays) {
            let message = format!("`{key}` lets peers go before their sessions end: who is there depends on the run");
            refuse(key, message, "a stationary start without it, or `start = \"fresh\"`");
        }
    }
    for (key, law) in [("session", Some(session)), ("gap", sessions.gap.as_ref())] {
        if law.is_some_and(|law| law.mean().is_none()) {
            let message = format!("the mean of `{key}` is infinite: there is no steady state");
            refuse(key, message, "a law of finite mean, or `start = \"fresh\"`");
        }
    }
    match (crowd, &sessions.gap) {
        (Crowd::Hosts(file), _) => {
            let message = format!("`{}` says when each host arrives", file.path);
            refuse("start", message, "`start = \"fresh\"`");
        }
        (Crowd::Drawn(_), Some(_)) if reader.has("arrivals") => {
            let message = "peers that come again and again from the start on have no `arrivals`".to_owned();
            refuse("arrivals", message, "`session` and `gap`, which say when each peer is there");
        }
        (Crowd::Drawn(_), Some(_)) => {}
        (Crowd::Drawn(drawn), None) => {
            if let Arrivals::Poisson { mean_gap } = &drawn.arrivals {
                check_crowd(reader, session, *mean_gap, drawn.peers);
            } else {
                let message = "these arrivals have no steady state".to_owned();
                let allowed = "`poisson` arrivals, or a `gap` after which peers come again";
                refuse(if reader.has("arrivals") { "arrivals" } else { "start" }, message, allowed);
            }
        }
    }
}

/// Refuses a population smaller than the crowd at the start (six standard deviations above its mean).
fn check_crowd(reader: &Reader<'_>, session: &Distribution, mean_gap: SimDuration, peers: u32) {
    let Some(mean) = session.mean() else { return };
    let there = mean.as_nanos() as f64 / mean_gap.as_nanos() as f64;
    let least = (there + 6.0 * there.sqrt()).ceil();
    if f64::from(peers) < least {
        let message = format!("`peers` = {peers}, and about {there:.0} are there at the start");
        let allowed = format!("at least {least}, and those who arrive until the run ends");
        reader.problems().add(Problem::at(place(reader, "peers"), message).allowed(allowed));
    }
}
