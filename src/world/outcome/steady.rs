//! Scalars of the window of measurement, and of moments in a run.

use super::close::Closed;
use super::scalars::{ratio, uploads};
use super::window::{Phase, phases};
use crate::engine::FutureEventList;
use crate::metrics::rows::RunRow;
use crate::population::{AfterCompletion, Crowd};
use crate::services::ServiceSpec;
use crate::units::{SimDuration, SimTime};
use crate::world::event::{Event, Key};
use crate::world::people::Person;
use crate::world::state::World;

/// Receivers of initial seeds that `best_fed_share` is about.
const BEST_FED: usize = 8;

/// What all peers put into the window in one phase of their lives.
#[derive(Debug, Default)]
struct Sum {
    /// Σ time, peer-nanoseconds.
    time: u128,
    /// Σ payload capacity of the uplink × time, bit-nanoseconds.
    capacity: u128,
    /// Payload bytes sent.
    sent: u64,
}

impl Sum {
    fn add(&mut self, phase: Phase, uplink: u64) {
        let nanos = u128::from(phase.time.as_nanos());
        self.time += nanos;
        self.capacity += u128::from(uplink) * nanos;
        self.sent += phase.sent;
    }

    fn mean(&self, window: SimDuration) -> Option<f64> {
        (window > SimDuration::ZERO).then(|| self.time as f64 / window.as_nanos() as f64)
    }

    fn effectiveness(&self) -> Option<f64> {
        (self.capacity > 0).then(|| self.sent as f64 * 8e9 / self.capacity as f64)
    }
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    pub(super) fn window_columns(&self, row: &mut RunRow, closed: &Closed) {
        let window = self.prepared.window().closed(closed.ended_at);
        let (mut leechers, mut seeds) = (Sum::default(), Sum::default());
        for person in self.arrived() {
            let uplink = if uploads(person) { self.service.payload_rate(person.up).get() } else { 0 };
            let (as_leecher, as_seed) = phases(person, &window, closed.ended_at);
            leechers.add(as_leecher, uplink);
            seeds.add(as_seed, uplink);
        }
        row.leechers_mean = leechers.mean(window.length());
        row.seeds_mean = seeds.mean(window.length());
        row.leecher_effectiveness = leechers.effectiveness();
        row.seed_effectiveness = seeds.effectiveness();
        row.fluid_completion_s = self.fluid_completion(row.leecher_effectiveness, row.seed_effectiveness);
    }

    /// Qiu & Srikant 2004, equation (7) with θ = 0 and an effectiveness of its own for complete peers:
    /// `max(1/c, (1/μ − η_s/γ)/η)`, where μ and c are payload rates of the up- and downlink in contents a second and 1/γ is
    /// the mean stay of a complete peer.
    fn fluid_completion(&self, leechers: Option<f64>, seeds: Option<f64>) -> Option<f64> {
        let population = &self.prepared.scenario.population;
        if population.sessions.limited() {
            return None;
        }
        let Crowd::Drawn(crowd) = &population.crowd else { return None };
        let [class] = crowd.access.as_slice() else { return None };
        let stay = match &population.after_completion {
            AfterCompletion::Stay => return None,
            AfterCompletion::Leave => SimDuration::ZERO,
            AfterCompletion::StayFor(law) => law.mean()?,
        };
        let content = self.service.content().bits() as f64;
        let seconds = |wire| content / self.service.payload_rate(wire).get() as f64;
        fluid_completion(seconds(class.up), seconds(class.down), stay.as_secs_f64(), leechers?, seeds.unwrap_or(0.0))
    }

    pub(super) fn moment_columns(&self, row: &mut RunRow, closed: &Closed) {
        row.uplink_utilisation_first_minute = self.observed.first_minute.and_then(super::observe::Occupied::share);
        row.uplink_utilisation_to_first_completion =
            self.observed.first_completion.and_then(super::observe::Occupied::share);
        row.best_fed_share = best_fed_share(self.arrived());
        let recorded = &closed.recorded;
        if let ServiceSpec::FileSwarming(spec) = &self.arm.service
            && u64::from(recorded.first_copies) == spec.size.get().div_ceil(spec.piece.get())
        {
            row.last_unique_piece_s = recorded.last_first_copy.map(|at| at.since(SimTime::ZERO).as_secs_f64());
        }
    }
}

/// `upload`, `download`: 1/μ and 1/c in seconds; `stay`: 1/γ. Empty where nobody uploads anything.
fn fluid_completion(upload: f64, download: f64, stay: f64, leechers: f64, seeds: f64) -> Option<f64> {
    let time = download.max((upload - seeds * stay) / leechers);
    time.is_finite().then_some(time)
}

fn best_fed_share<'a>(people: impl Iterator<Item = &'a Person>) -> Option<f64> {
    let mut fed: Vec<u64> = people.map(|person| person.tally.from_seeds).collect();
    fed.sort_unstable_by(|a, b| b.cmp(a));
    ratio(fed.iter().take(BEST_FED).sum(), fed.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::HostRole;
    use crate::units::{AsIndex, BitRate, Identity};

    #[test]
    fn fluid_completion_of_the_published_example() {
        // λ = 0.5, c = 0.002, μ = 0.00125, γ = 0.005, η = 1: 600 s; with infinite uplinks 1/c = 500 s.
        let example = fluid_completion(1.0 / 0.00125, 1.0 / 0.002, 1.0 / 0.005, 1.0, 1.0).unwrap();
        assert!((example - 600.0).abs() < 1e-9, "{example}");
        assert_eq!(fluid_completion(0.0, 500.0, 200.0, 1.0, 1.0), Some(500.0));
        assert_eq!(fluid_completion(800.0, 500.0, 0.0, 0.0, 0.0), None);
    }

    #[test]
    fn the_eight_best_fed_of_ten() {
        let person = |fed: u64| {
            let line = BitRate::new(1);
            let mut person =
                Person::new(Identity(0), HostRole::Leecher, AsIndex(0), Some(0), line, line, SimTime::ZERO);
            person.tally.from_seeds = fed;
            person
        };
        let people: Vec<Person> = (1..=10).map(person).collect();
        assert_eq!(best_fed_share(people.iter()), Some(52.0 / 55.0));
        assert_eq!(best_fed_share(people[..3].iter()), Some(1.0));
        assert_eq!(best_fed_share([person(0)].iter()), None);
    }
}
