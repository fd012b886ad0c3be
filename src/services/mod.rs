//! What overlays are for: file swarming, and the client-server baseline.
//!
//! **What lives here.** The [`Service`] trait, the [`ServiceContext`] that is a service's only window on the world, and one
//! folder per service. A service schedules nothing: it writes [`ServiceEffect`]s, and the world turns them into events.
//!
//! **May import**: `units`, `random`, `metrics`, `bandwidth`, `overlay`; not `underlay`, `population`, `economics`.
//! **Goes next**: `world` drives one service per run; `scenario` resolves its spec.

pub mod catalog;
pub mod client_server;
mod context;
pub mod file_swarming;
mod service;

pub use catalog::ServiceSpec;
pub use context::{LimitedPath, Line, Lines, ServiceContext, ServiceEffect, ServiceTimer};
pub use service::{PeerAccount, Role, Service, TimeBudget, Volume};
