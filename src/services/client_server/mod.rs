//! The client-server baseline: a thousand flows on one uplink.

mod spec;

pub use spec::ClientServerSpec;
