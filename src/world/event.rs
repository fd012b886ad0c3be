//! The closed set of events, and the order of simultaneous ones.

use crate::management::Timer;
use crate::services::ServiceTimer;
use crate::units::PeerRef;

/// What can happen. Small and `Copy`: bodies of messages live in slabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// What a sender's clock leads is finished. The slot of the sender.
    Completion(u32),
    /// A peer goes for good.
    Departure(PeerRef),
    /// A peer's session is over.
    SessionEnds(PeerRef),
    /// A peer loses patience, unless it is complete. Its identity.
    Patience(u32),
    /// A control message arrives. Its place in the mail.
    Delivery(u32),
    /// A contact reaches the other peer.
    ContactArrives(u32),
    /// The contacting peer learns how it ended.
    ContactEnds(u32),
    /// A timer of the control plane.
    Control(Timer),
    /// A timer of the service.
    Service(ServiceTimer),
    /// A peer comes, for the first time or again. Its identity.
    Arrival(u32),
    /// The time series takes a sample.
    Sample,
    /// Something is written down for the scalars of the run.
    Observe(Moment),
}

/// Instants at which a run writes something down. They change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A minute after the beginning.
    FirstMinute,
    /// The warm-up is over.
    WarmUp,
    /// The horizon.
    Horizon,
    /// A sample of the links between ISPs ends.
    LinkSample,
}

/// Classes of simultaneous events, in their order (DESIGN: flow completions, departures, messages, timers, arrivals, link
/// epochs, wake-ups, samples).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Class {
    Completion = 0,
    Departure = 1,
    Message = 2,
    Timer = 3,
    Arrival = 4,
    WakeUp = 6,
    Sample = 7,
}

/// The order of simultaneous events: class, rank of whom it concerns, kind, rank of the other one concerned, counter.
/// Ranks are a seeded permutation of identities, so that neither insertion order nor low numbers win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    pub(super) const fn new(class: Class, rank: u32, kind: u8, other: u32, counter: u64) -> Self {
        Self(
            (class as u128) << 120
                | (rank as u128) << 88
                | (kind as u128) << 80
                | (other as u128) << 48
                | (counter as u128 & 0xFFFF_FFFF_FFFF),
        )
    }

    pub(super) const fn is_sample(self) -> bool {
        self.0 >> 120 == Class::Sample as u128
    }
}

/// Things with a small number each, reused when they are taken out.
#[derive(Debug)]
pub(super) struct Slab<T> {
    items: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(super) const fn new() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }

    pub(super) fn insert(&mut self, item: T) -> u32 {
        if let Some(id) = self.free.pop() {
            self.items[id as usize] = Some(item);
            return id;
        }
        self.items.push(Some(item));
        self.items.len() as u32 - 1
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.items.get_mut(id as usize).and_then(Option::as_mut)
    }

    pub(super) fn take(&mut self, id: u32) -> Option<T> {
        let item = self.items.get_mut(id as usize)?.take();
        if item.is_some() {
            self.free.push(id);
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_by_class_then_rank_then_kind_then_other() {
        let keys = [
            Key::new(Class::Completion, u32::MAX, 9, 9, 9),
            Key::new(Class::Message, 1, 0, 5, 0),
            Key::new(Class::Message, 1, 0, 5, 1),
            Key::new(Class::Message, 1, 1, 0, 0),
            Key::new(Class::Message, 2, 0, 0, 0),
            Key::new(Class::WakeUp, 0, 0, 0, 0),
            Key::new(Class::Sample, 0, 0, 0, 0),
        ];
        assert!(keys.is_sorted());
        assert!(keys[6].is_sample() && !keys[5].is_sample());
    }
}
