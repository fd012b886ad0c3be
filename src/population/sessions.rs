//! Sessions: when a peer is there, whatever it downloads.
//!
//! A peer's life in the overlay is an alternating renewal process: session 0 begins when it arrives, session n + 1 one gap after
//! session n. Lengths are drawn for (identity, number of the session), equal in all arms. Without a law of gaps a peer does not
//! come again; a trace gives the sessions themselves.
//!
//! **A stationary start** is what somebody sees who looks at a random instant of a population that has gone on for ever:
//!
//! * with gaps, each peer is there with probability E\[session\] ÷ (E\[session\] + E\[gap\]), and what is left of the session or
//!   gap under way has density (1 − F(x)) ÷ mean (Cox 1962, *Renewal theory*, chapters 5 and 7);
//! * with Poisson arrivals of rate λ and no gaps, the peers there are the customers of an M/G/∞ queue: a Poisson number of mean
//!   λ·E\[session\], whatever the law, each with a residual session; arrivals go on as before (Kingman 1993, section 5.2).
//!
//! Fresh lives at time zero would put too many (or few) people there for as long as the longest of these lives lasts.

use std::sync::Arc;

use super::spec::{Arrivals, DrawnCrowd, Start};
use super::{PopulationError, arrivals};
use crate::random::{Distribution, Purpose, Seed};
use crate::units::{Identity, SimDuration, SimTime};

/// The shortest drawn session: a shorter one could not even say hello, and would make a run endless.
const SHORTEST: SimDuration = SimDuration::from_millis(1);
/// Keys of the draws that make the number of people at the start: beyond all identities.
const CROWD: u64 = 1 << 32;

/// When peers are there (see the room's documentation).
#[derive(Debug, Clone, PartialEq)]
pub struct SessionsSpec {
    /// How long a session is.
    pub session: Session,
    /// How long a peer is away between two sessions; `None`: it does not come again.
    pub gap: Option<Distribution>,
    /// A peer that is not complete so long after its arrival leaves for good; `None`: it never loses patience.
    pub patience: Option<Distribution>,
    /// Who is there at time zero.
    pub start: Start,
}

impl SessionsSpec {
    /// One session without an end.
    pub const UNLIMITED: Self = Self { session: Session::Unlimited, gap: None, patience: None, start: Start::Fresh };

    /// The sessions in words; `None`: they have no end.
    pub fn in_words(&self) -> Option<String> {
        let session = match &self.session {
            Session::Unlimited => None,
            Session::Drawn(law) => Some(format!("sessions of {}", about(law))),
            Session::Trace(trace) => Some(format!("sessions as in {}", trace.path)),
        };
        let gap = self.gap.as_ref().map(|law| format!("gaps of {}", about(law)));
        let patience = self.patience.as_ref().map(|law| format!("patience of {}", about(law)));
        let start = (self.start == Start::Stationary).then(|| "a stationary start".to_owned());
        let parts: Vec<String> = [session, gap, patience, start].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Whether peers may leave before they are complete.
    pub fn limited(&self) -> bool {
        self.session != Session::Unlimited || self.patience.is_some()
    }

    /// Whether the sessions say themselves when peers arrive.
    pub fn say_arrivals(&self) -> bool {
        matches!(self.session, Session::Trace(_)) || (self.start == Start::Stationary && self.gap.is_some())
    }
}

/// A law in words.
fn about(law: &Distribution) -> String {
    let Some(mean) = law.mean() else { return format!("infinite mean ({})", law.name()) };
    let seconds = mean.as_secs_f64();
    let units = [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0)];
    let (unit, size) = units.into_iter().find(|(_, size)| seconds >= 2.0 * size).unwrap_or(("s", 1.0));
    let number = format!("{:.1}", seconds / size);
    let number = number.trim_end_matches('0').trim_end_matches('.');
    match law {
        Distribution::Constant(_) => format!("{number} {unit}"),
        _ => format!("{number} {unit} on average ({})", law.name()),
    }
}

/// How long sessions are.
#[derive(Debug, Clone, PartialEq)]
pub enum Session {
    /// Until the peer leaves for another reason.
    Unlimited,
    /// Drawn for each peer and session.
    Drawn(Distribution),
    /// As a file says.
    Trace(SessionTrace),
}

/// A session of a trace: when it begins, and when it ends (`None`: with the run).
pub type Interval = (SimTime, Option<SimTime>);

/// A file of sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionTrace {
    /// Its path, as the scenario wrote it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The sessions of each identity: at least one, ascending, none before the end of the one before.
    pub intervals: Arc<[Vec<Interval>]>,
}

/// The sessions of a replication's peers.
#[derive(Debug, Clone)]
pub(super) struct Sessions {
    spec: SessionsSpec,
    seed: Seed,
    /// By identity: whether its first session was under way at time zero; nobody's is beyond the end.
    under_way: Vec<bool>,
}

impl Sessions {
    /// The sessions, and when each peer arrives.
    pub(super) fn of_crowd(
        spec: &SessionsSpec,
        crowd: &DrawnCrowd,
        seed: Seed,
    ) -> Result<(Self, Vec<SimTime>), PopulationError> {
        let mut sessions = Self::of_hosts(spec, seed);
        let arrivals = match (&spec.session, spec.start) {
            (Session::Trace(trace), _) => {
                let first = |sessions: &Vec<Interval>| sessions.first().map_or(SimTime::NEVER, |first| first.0);
                let times: Vec<SimTime> = trace.intervals.iter().map(first).collect();
                if times.len() != crowd.peers as usize {
                    return Err(PopulationError::ArrivalCount { found: times.len(), peers: crowd.peers });
                }
                times
            }
            (Session::Drawn(session), Start::Stationary) => match (&spec.gap, &crowd.arrivals) {
                (Some(gap), _) => sessions.alternating(session, gap, crowd.peers)?,
                (None, Arrivals::Poisson { mean_gap }) => sessions.queue(session, *mean_gap, crowd.peers)?,
                (None, _) => return Err(PopulationError::NoSteadyState),
            },
            (Session::Unlimited, Start::Stationary) => return Err(PopulationError::NoSteadyState),
            (_, Start::Fresh) => arrivals::arrivals(&crowd.arrivals, crowd.peers, seed)?,
        };
        Ok((sessions, arrivals))
    }

    /// The sessions of hosts whose arrivals are known.
    pub(super) fn of_hosts(spec: &SessionsSpec, seed: Seed) -> Self {
        Self { spec: spec.clone(), seed, under_way: Vec::new() }
    }

    /// Everybody alternates for ever: arrivals of a stationary start.
    fn alternating(
        &mut self,
        session: &Distribution,
        gap: &Distribution,
        peers: u32,
    ) -> Result<Vec<SimTime>, PopulationError> {
        let mean = |law: &Distribution| law.mean().map(SimDuration::as_nanos);
        let (Some(on), Some(off)) = (mean(session), mean(gap)) else { return Err(PopulationError::NoSteadyState) };
        let share = on as f64 / (on as f64 + off as f64);
        self.under_way =
            (0..u64::from(peers)).map(|peer| self.seed.uniform(Purpose::StationaryStart, peer, 0) < share).collect();
        let arrival = |(peer, on): (u64, &bool)| match on {
            true => Ok(SimTime::ZERO),
            false => self.left_of(gap, peer).map(|left| SimTime::ZERO.saturating_add(left)),
        };
        (0..).zip(&self.under_way).map(arrival).collect()
    }

    /// M/G/∞: those there at time zero come first, then the Poisson process goes on.
    fn queue(
        &mut self,
        session: &Distribution,
        mean_gap: SimDuration,
        peers: u32,
    ) -> Result<Vec<SimTime>, PopulationError> {
        let window = session.mean().ok_or(PopulationError::NoSteadyState)?;
        // A Poisson number of mean λ·E[session]: the points of the process in a window so long.
        let law = Distribution::Exponential { mean: mean_gap };
        let mut at = law.draw(self.seed, Purpose::StationaryStart, CROWD, 0);
        let mut there = 0_u32;
        while at < window {
            there += 1;
            if there > peers {
                return Err(PopulationError::StationaryCrowd { peers });
            }
            at = at.saturating_add(law.draw(self.seed, Purpose::StationaryStart, CROWD + u64::from(there), 0));
        }
        self.under_way = vec![true; there as usize];
        let later = arrivals::arrivals(&Arrivals::Poisson { mean_gap }, peers - there, self.seed)?;
        Ok(std::iter::repeat_n(SimTime::ZERO, there as usize).chain(later).collect())
    }

    /// What is left of the life under way at time zero.
    fn left_of(&self, law: &Distribution, peer: u64) -> Result<SimDuration, PopulationError> {
        law.draw_residual(self.seed, Purpose::StationaryStart, peer, 1).ok_or(PopulationError::NoSteadyState)
    }

    /// When session `number` of a peer, begun at `from`, ends.
    pub(super) fn end(&self, identity: Identity, number: u32, from: SimTime) -> Option<SimTime> {
        let peer = u64::from(identity.0);
        match &self.spec.session {
            Session::Unlimited => None,
            Session::Trace(trace) => trace.intervals[identity.index()].get(number as usize)?.1,
            Session::Drawn(law) => {
                let under_way = number == 0 && self.under_way.get(identity.index()).copied().unwrap_or(false);
                let left = if under_way { self.left_of(law, peer).ok() } else { None };
                let length = left.unwrap_or_else(|| law.draw(self.seed, Purpose::Session, peer, u64::from(number)));
                Some(from.saturating_add(length.max(SHORTEST)))
            }
        }
    }

    /// When a peer whose session `number` ended at `left` comes again.
    pub(super) fn next(&self, identity: Identity, number: u32, left: SimTime) -> Option<SimTime> {
        match (&self.spec.session, &self.spec.gap) {
            (Session::Trace(trace), _) => trace.intervals[identity.index()].get(number as usize + 1).map(|next| next.0),
            (_, Some(law)) => {
                let gap = law.draw(self.seed, Purpose::Gap, u64::from(identity.0), u64::from(number));
                Some(left.saturating_add(gap))
            }
            (_, None) => None,
        }
    }

    pub(super) fn patience(&self, identity: Identity) -> Option<SimDuration> {
        let law = self.spec.patience.as_ref()?;
        Some(law.draw(self.seed, Purpose::Patience, u64::from(identity.0), 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weibull(minutes: u64) -> Distribution {
        Distribution::Weibull { shape: 0.61511, scale: SimDuration::from_secs(minutes * 60) }
    }

    #[test]
    fn sessions_say_what_they_are() {
        let spec = SessionsSpec {
            session: Session::Drawn(weibull(14)),
            gap: Some(Distribution::Exponential { mean: SimDuration::from_secs(9_000) }),
            patience: Some(Distribution::Pareto { minimum: SimDuration::from_secs(1), shape: 1.0 }),
            start: Start::Fresh,
        };
        let expected = "sessions of 20.4 min on average (weibull), gaps of 2.5 h on average (exponential), \
                        patience of infinite mean (pareto)";
        assert_eq!(spec.in_words().as_deref(), Some(expected));
        assert_eq!(SessionsSpec::UNLIMITED.in_words(), None);
        let minute = Session::Drawn(Distribution::Constant(SimDuration::from_secs(60)));
        let spec = SessionsSpec { session: minute, start: Start::Stationary, ..SessionsSpec::UNLIMITED };
        assert_eq!(spec.in_words().as_deref(), Some("sessions of 60 s, a stationary start"));
    }

    #[test]
    fn the_first_session_of_who_is_there_is_residual_and_all_others_are_not() {
        let spec = SessionsSpec {
            session: Session::Drawn(weibull(14)),
            gap: Some(weibull(9)),
            patience: None,
            start: Start::Stationary,
        };
        let seed = Seed::new(2, 0);
        let mut sessions = Sessions::of_hosts(&spec, seed);
        let arrivals = sessions.alternating(&weibull(14), &weibull(9), 500).unwrap();
        let there = arrivals.iter().filter(|arrival| **arrival == SimTime::ZERO).count();
        assert!((200..400).contains(&there), "14 of 23: {there}");
        for (peer, arrival) in arrivals.iter().enumerate() {
            let identity = Identity(peer as u32);
            let length = |number| sessions.end(identity, number, *arrival).unwrap().since(*arrival);
            let fresh = |number| weibull(14).draw(seed, Purpose::Session, peer as u64, number);
            assert_eq!(length(0) == fresh(0), *arrival > SimTime::ZERO);
            assert_eq!(length(1), fresh(1).max(SHORTEST));
            assert_eq!(
                sessions.next(identity, 3, *arrival),
                Some(*arrival + weibull(9).draw(seed, Purpose::Gap, peer as u64, 3))
            );
        }
    }

    #[test]
    fn a_crowd_that_is_too_small_for_its_start_is_refused() {
        let session = Distribution::Constant(SimDuration::from_secs(1_000));
        let spec = SessionsSpec {
            session: Session::Drawn(session.clone()),
            start: Start::Stationary,
            ..SessionsSpec::UNLIMITED
        };
        let queue =
            |peers| Sessions::of_hosts(&spec, Seed::new(2, 0)).queue(&session, SimDuration::from_secs(10), peers);
        assert_eq!(queue(20), Err(PopulationError::StationaryCrowd { peers: 20 }));
        assert_eq!(queue(400).unwrap().len(), 400);
        let forever = Distribution::Pareto { minimum: SimDuration::from_secs(1), shape: 0.5 };
        assert_eq!(
            Sessions::of_hosts(&spec, Seed::new(2, 0)).queue(&forever, SimDuration::from_secs(10), 9),
            Err(PopulationError::NoSteadyState)
        );
    }
}
