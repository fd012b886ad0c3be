//! Identities: small integers that must not be confused.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// As an array index.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

identity!(
    /// An autonomous system's number as the registries assign it (and as files write it).
    AsNumber
);
identity!(
    /// Position of an AS in this run's underlay, dense from 0.
    AsIndex
);
identity!(
    /// Position of an ISP in this run's underlay, dense from 0.
    IspIndex
);
identity!(
    /// Who somebody is: never reused, the key of randomness and of result tables.
    ///
    /// Peers are numbered from 0 in order of arrival (or of a file of hosts). Initial seeds, caches and servers have
    /// ranges of their own, so that adding one renumbers nobody.
    Identity
);
identity!(
    /// Where a present peer's state lives: dense, reused after a departure.
    PeerSlot
);

impl Identity {
    /// First identity of the initial seeds.
    pub const FIRST_SEED: u32 = 0xC000_0000;
    /// First identity of the caches.
    pub const FIRST_CACHE: u32 = 0xD000_0000;
    /// First identity of the servers of the control plane.
    pub const FIRST_SERVER: u32 = 0xE000_0000;

    /// The `n`-th initial seed.
    pub const fn seed(n: u32) -> Self {
        Self(Self::FIRST_SEED + n)
    }
    /// The `n`-th cache.
    pub const fn cache(n: u32) -> Self {
        Self(Self::FIRST_CACHE + n)
    }
    /// The `n`-th server.
    pub const fn server(n: u32) -> Self {
        Self(Self::FIRST_SERVER + n)
    }
    /// Whether this is an initial seed or a cache: it has everything when it comes.
    pub const fn is_seed(self) -> bool {
        self.0 >= Self::FIRST_SEED && self.0 < Self::FIRST_SERVER
    }
    /// Whether this is a cache.
    pub const fn is_cache(self) -> bool {
        self.0 >= Self::FIRST_CACHE && self.0 < Self::FIRST_SERVER
    }
}

/// A peer as others know it: its slot, and the generation that tells whether the slot still is the same peer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PeerRef {
    /// Where the state lives.
    pub slot: PeerSlot,
    /// Incremented when the slot is given to another peer.
    pub generation: u32,
}
