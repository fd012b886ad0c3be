//! Dense `u32` identities of what the network holds.

macro_rules! dense {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Stands for "none"; never a valid identity.
            pub const NONE: Self = Self(u32::MAX);

            /// As an array index.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
            /// Whether this is [`Self::NONE`].
            pub const fn is_none(self) -> bool {
                self.0 == u32::MAX
            }
        }
        /// [`Self::NONE`].
        impl Default for $name {
            fn default() -> Self {
                Self::NONE
            }
        }
    };
}

dense!(
    /// A capacity that flows share: an uplink, a downlink, a capacitated link between ISPs. Dense from 0, never reused.
    ResourceId
);
dense!(
    /// A flow: a connection that is sending. Reused after [`stop_flow`](super::Network::stop_flow).
    FlowId
);
dense!(
    /// An amount to be moved. Reused after [`close_transfer`](super::Network::close_transfer).
    TransferId
);
dense!(
    /// A sender, which has one pending completion. Dense from 0, never reused.
    ClockId
);

/// "None" in the raw lists inside the room.
pub(super) const NONE: u32 = u32::MAX;
