//! A route in one byte: its class and its length.

/// Longest provider chain that is supported: a route climbs at most one chain, crosses one peering link and descends
/// one chain, so that its length fits into six bits.
pub(super) const LONGEST_CHAIN: u32 = 30;

/// What an AS's chosen route to a destination is, by the relationship of its first link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteClass {
    /// The AS is the destination.
    Own,
    /// The next hop is a customer.
    Customer,
    /// The next hop is a settlement-free peer.
    Peer,
    /// The next hop is a provider.
    Provider,
}

/// Class in the two upper bits, length in the six lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub(super) struct PackedRoute(u8);

const LENGTH: u8 = 0x3F;

impl PackedRoute {
    /// No route. Its length bits exceed those of every route.
    pub(super) const NONE: Self = Self(0xFF);
    /// The destination itself.
    pub(super) const OWN: Self = Self(0);

    pub(super) const fn customer(length: u8) -> Self {
        Self(0x40 | length)
    }
    pub(super) const fn peer(length: u8) -> Self {
        Self(0x80 | length)
    }
    /// A route through a provider whose own route has this length (63: none).
    pub(super) const fn by_way_of_provider(length: u8) -> Self {
        if length == LENGTH { Self::NONE } else { Self(0xC0 | (length + 1)) }
    }
    /// Length, or 63 when there is no route.
    pub(super) const fn length(self) -> u8 {
        self.0 & LENGTH
    }
    pub(super) const fn is_none(self) -> bool {
        self.0 == 0xFF
    }
    /// Whether this route may be told to peers and providers.
    pub(super) const fn is_told_upward(self) -> bool {
        self.0 < 0x80
    }
    pub(super) const fn hops(self) -> Option<u8> {
        if self.is_none() { None } else { Some(self.length()) }
    }
    pub(super) const fn byte(self) -> u8 {
        self.0
    }
    pub(super) const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }
    pub(super) const fn class(self) -> Option<RouteClass> {
        match self.0 >> 6 {
            _ if self.is_none() => None,
            0 => Some(RouteClass::Own),
            1 => Some(RouteClass::Customer),
            2 => Some(RouteClass::Peer),
            _ => Some(RouteClass::Provider),
        }
    }
}
