//! How the connections that share a line divide it.
//!
//! Connections of one line do not get equal shares of it: losses hit them unequally, and differences last. A connection
//! has a weight: 1 at first, because all begin with the same window (RFC 6928), then e^(sigma·z) with z standard normal,
//! drawn anew every `redraw` at a phase of its own; its rate is its
//! weight times the line's level (`bandwidth`). Only ratios of weights matter.

use super::peers::End;
use super::spec::Shares;
use super::swarm::{FileSwarming, timer};
use crate::overlay::ConnId;
use crate::random::Purpose;
use crate::services::context::{ServiceContext, ServiceTimer};
use crate::units::SimTime;

impl FileSwarming {
    /// The weight of what `end` sends now.
    pub(super) fn weight(&self, cx: &ServiceContext<'_>, end: ConnId) -> f64 {
        let Shares::LogNormal { sigma, .. } = self.spec.tcp.shares else {
            return 1.0;
        };
        let draws = self.draws(cx, end, cx.now);
        if draws == self.draws(cx, end, self.ends[end.index()].met_at) {
            return 1.0;
        }
        let normal = cx.seed.normal(Purpose::TcpShare, Self::pair(cx, end), draws);
        libm::exp(sigma * normal)
    }

    fn pair(cx: &ServiceContext<'_>, end: ConnId) -> u64 {
        let (from, to) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        u64::from(cx.identity(from).0) << 32 | u64::from(cx.identity(to).0)
    }

    /// Where in its period the weight of `end` is drawn anew, and how long the period is.
    fn phase(&self, cx: &ServiceContext<'_>, end: ConnId) -> (u64, u64) {
        let Shares::LogNormal { redraw, .. } = self.spec.tcp.shares else {
            return (0, u64::MAX);
        };
        let period = redraw.as_nanos();
        (cx.seed.below(Purpose::TcpShare, Self::pair(cx, end), u64::MAX, period), period)
    }

    /// Counts the draws of the weight of `end`.
    fn draws(&self, cx: &ServiceContext<'_>, end: ConnId, until: SimTime) -> u64 {
        let (phase, period) = self.phase(cx, end);
        (until.as_nanos() + period - phase) / period
    }

    /// Sees to it that the weight of a flow that `end` sends is drawn anew in time.
    pub(super) fn keep_redrawing(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        if self.spec.tcp.shares == Shares::Equal || self.ends[end.index()].redraw_at > cx.now {
            return;
        }
        let (phase, period) = self.phase(cx, end);
        let at = SimTime::from_nanos(self.draws(cx, end, cx.now) * period + phase);
        self.ends[end.index()].redraw_at = at;
        let (owner, other) = (cx.overlay.owner(end), cx.overlay.neighbour(end));
        let timer = ServiceTimer { kind: timer::REDRAW, subject: end.0, stamp: cx.overlay.epoch(end) };
        cx.timer(at, owner, other, timer, false);
    }

    /// The weight of what `end` sends is drawn anew, if it still sends.
    pub(super) fn redraw(&mut self, cx: &mut ServiceContext<'_>, end: ConnId) {
        let flow = self.ends[end.index()].flow;
        if flow != End::NO_FLOW {
            let weight = self.weight(cx, end);
            cx.network.set_weight(cx.now, flow, weight);
            self.keep_redrawing(cx, end);
        }
    }
}
