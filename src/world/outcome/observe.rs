//! What a run writes down while it lives, for its scalars alone: no model reads it, and nothing is settled by it.

use super::scalars::uploads;
use crate::engine::FutureEventList;
use crate::services::Volume;
use crate::units::{PeerSlot, SimTime};
use crate::world::event::{Class, Event, Key, Moment};
use crate::world::state::{World, with_service};

/// The first minute of a run.
const FIRST_MINUTE: SimTime = SimTime::from_nanos(60_000_000_000);

/// Written down once each.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::world) struct Observed {
    /// At the end of the first minute.
    pub(super) first_minute: Option<Occupied>,
    /// When the first peer had everything.
    pub(super) first_completion: Option<Occupied>,
}

/// How busy all uplinks were, from the beginning until some instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Occupied {
    /// Bytes on the wire: payload with its headers, acknowledgements, peer-wire messages.
    bytes: u64,
    /// Bytes that the uplinks could have carried, each while its owner was there.
    possible: u128,
}

impl Occupied {
    pub(super) fn share(self) -> Option<f64> {
        (self.possible > 0).then(|| self.bytes as f64 / self.possible as f64)
    }
}

impl<L: FutureEventList<Key, Event>> World<'_, L> {
    /// The instants at which something is to be written down.
    pub(in crate::world) fn schedule_observations(&mut self) {
        let window = self.prepared.window();
        let warm_up = (window.from > SimTime::ZERO).then_some((window.from, Moment::WarmUp));
        let horizon = window.until.map(|until| (until, Moment::Horizon));
        let moments = [Some((FIRST_MINUTE, Moment::FirstMinute)), warm_up, horizon];
        let sample = self.link_samples.as_ref().and_then(|samples| samples.next_end(SimTime::ZERO));
        // A window that begins with the run has no sample before it.
        let moments = moments.into_iter().flatten().chain(sample.map(|at| (at, Moment::LinkSample)));
        for (at, moment) in moments {
            self.schedule(at, Key::new(Class::Sample, 0, 1 + moment as u8, 0, 0), Event::Observe(moment));
        }
    }

    pub(in crate::world) fn observe(&mut self, moment: Moment, now: SimTime) {
        if moment == Moment::FirstMinute {
            if self.observed.first_minute.is_none() {
                self.observed.first_minute = Some(self.occupied(now));
            }
            return;
        }
        if moment == Moment::LinkSample {
            self.end_link_sample(now);
            return;
        }
        for number in 0..self.people.peers.len() {
            let person = &self.people.peers[number];
            let sent = match person.here {
                Some(peer) => Some(self.volume(peer.slot, now).payload),
                // Away: it sends nothing more for now.
                None if person.arrived => Some(person.account.sent),
                None => continue,
            };
            let tally = &mut self.people.peers[number].tally;
            match moment {
                Moment::WarmUp => tally.at_warm_up = sent,
                Moment::Horizon => tally.at_horizon = sent,
                Moment::FirstMinute | Moment::LinkSample => {}
            }
        }
    }

    /// A peer has everything.
    pub(in crate::world) fn observe_completion(&mut self, slot: PeerSlot) {
        let now = self.kernel.now();
        if self.observed.first_completion.is_none() {
            self.observed.first_completion = Some(self.occupied(now));
        }
        let sent = self.volume(slot, now).payload;
        let measured = self.prepared.window();
        let person = self.person_mut(slot);
        person.tally.at_completion = Some(sent);
        self.to_measure -= u32::from(measured.measures(person.arrival));
    }

    /// Somebody goes; its connections are closed already.
    pub(in crate::world) fn observe_departure(&mut self, slot: PeerSlot) {
        let wire = self.volume(slot, self.kernel.now()).wire;
        self.person_mut(slot).tally.wire = wire;
    }

    /// A sample of the links between ISPs ends, and the next begins.
    fn end_link_sample(&mut self, now: SimTime) {
        let Some(mut samples) = self.link_samples.take() else { return };
        for slot in self.present() {
            let mut under_way = with_service!(self, |service, cx| {
                cx.now = now;
                service.under_way(cx, slot)
            });
            let connections = self.overlay.connections_of(slot);
            under_way.extend(connections.map(|end| (self.overlay.neighbour(end), self.overlay.unfolded(end))));
            let source = self.lines.line(slot).as_index;
            for (receiver, bytes) in under_way {
                samples.carried_by_the_end(source, self.lines.line(receiver).as_index, bytes);
            }
        }
        samples.end_sample(now);
        if let Some(next) = samples.next_end(now) {
            let key = Key::new(Class::Sample, 0, 1 + Moment::LinkSample as u8, 0, 0);
            self.schedule(next, key, Event::Observe(Moment::LinkSample));
        }
        self.link_samples = Some(samples);
    }

    fn volume(&mut self, slot: PeerSlot, now: SimTime) -> Volume {
        with_service!(self, |service, cx| {
            cx.now = now;
            service.volume(cx, slot)
        })
    }

    /// Bytes on the wire that all uplinks carried until `now`; initial seeds included.
    pub(in crate::world) fn carried(&mut self, now: SimTime) -> u64 {
        self.occupied(now).bytes
    }

    /// Bytes on the wire and capacity of all uplinks until `now`; initial seeds and caches included, free riders left out.
    fn occupied(&mut self, now: SimTime) -> Occupied {
        let (mut bytes, mut bit_nanos) = (0, 0_u128);
        let everybody: Vec<_> = self
            .people
            .everybody()
            .filter(|person| uploads(person))
            .map(|person| {
                let time = person.online(now);
                (person.here, person.tally.wire, u128::from(person.up.get()) * u128::from(time.as_nanos()))
            })
            .collect();
        for (here, wire, possible) in everybody {
            bytes += here.map_or(wire, |peer| self.volume(peer.slot, now).wire);
            bit_nanos += possible;
        }
        Occupied { bytes, possible: bit_nanos / 8_000_000_000 }
    }
}
