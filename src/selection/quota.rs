//! How many entries of a list may, and how many must, come from other ISPs.

/// Quota of list entries from other ISPs (*outsiders*).
///
/// Who is an outsider is what was *told* about the network; a peer of whose ISP nothing was told counts as one.
/// A `min` above `max` counts as `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternalQuota {
    /// At least so many, while the swarm has them. They stand first on the list, so that a peer that wants fewer
    /// connections than the list is long still reaches them.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// What fills the list when insiders run out.
    pub fill: Fill,
}

/// What fills a list when insiders run out and the quota of outsiders is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Nothing: the list stays short.
    None,
    /// Further outsiders, in order.
    Ordered,
}
