//! How fast a client believes a connection to be.
//!
//! With `speed_average` a client does not know the rate of a connection, it measures: each second, what came in it is averaged
//! with what it believed before (libtorrent `stat.hpp`: of five parts four are the old, one is the new). So a connection that
//! begins is slow for some seconds, and one that rests is forgotten. Between two events the rate is constant, and the average
//! after t seconds is r + (e − r)·(1 − 1/w)^t, with w the window in seconds.

use super::masks::Relation;
use super::swarm::FileSwarming;
use crate::overlay::ConnId;
use crate::services::context::ServiceContext;
use crate::units::SimTime;

/// What a client believes of a connection: bits per second, and when it last looked.
pub(super) type Belief = (f64, SimTime);

/// Nobody has sent anything.
pub(super) const UNKNOWN: Belief = (0.0, SimTime::ZERO);

impl FileSwarming {
    /// What the receiving `end` believes the other to send, in bits per second; 0: nothing is known.
    pub(super) fn speed(&self, cx: &ServiceContext<'_>, end: ConnId) -> u64 {
        let flow = self.ends[cx.overlay.mate(end).index()].flow;
        let flows = self.masks.has(end, Relation::In);
        let Some(window) = self.spec.pieces.speed_average else {
            return if flows { cx.network.rate(flow).get() } else { self.ends[end.index()].last_rate };
        };
        let (before, since) = self.ends[end.index()].belief;
        let seconds = cx.now.since(since).as_secs_f64();
        if seconds <= 0.0 {
            return before as u64;
        }
        let moved = if flows { cx.network.moved(cx.now, flow) } else { 0 };
        let rate = moved as f64 / 1e9 / seconds;
        (rate + (before - rate) * libm::pow(1.0 - 1.0 / window.as_secs_f64(), seconds)) as u64
    }

    /// What a flow has moved is about to count from zero again: what is believed of the receiving `end` goes on from here.
    pub(super) fn note_speed(&mut self, cx: &ServiceContext<'_>, end: ConnId) {
        if self.spec.pieces.speed_average.is_some() {
            let speed = self.speed(cx, end);
            self.ends[end.index()].belief = (speed as f64, cx.now);
        }
    }
}
