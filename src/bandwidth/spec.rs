//! What a scenario may ask of bandwidth sharing, resolved.

/// How bandwidth is shared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharingSpec {
    /// Relative change of a water level below which a change is not passed on; 0 is exact max-min. At most 0.05.
    pub tolerance: f64,
}
