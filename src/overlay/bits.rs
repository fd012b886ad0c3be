//! Set bits of a word, lowest first.

/// Iterates over the positions of set bits.
///
/// ```
/// use peerscape::overlay::Bits;
/// assert_eq!(Bits(0b1010).collect::<Vec<_>>(), [1, 3]);
/// ```
#[derive(Debug, Clone)]
pub struct Bits(pub u64);

impl Iterator for Bits {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}
