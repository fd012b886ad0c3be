//! Gamma variables of scale 1 and a shape of at least 1.
//!
//! By rejection from a cubed normal (Marsaglia & Tsang 2000, *A simple method for generating gamma variables*, figure 1), which
//! accepts more than 95 of 100 proposals.

use super::{inside, normal};
use crate::random::Stream;

pub(super) fn draw(shape: f64, stream: &mut Stream) -> f64 {
    let d = shape - 1.0 / 3.0;
    let spread = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let normal = normal::quantile(inside(stream.word()));
        let root = 1.0 + spread * normal;
        let proposal = inside(stream.word());
        if root > 0.0 {
            let v = root * root * root;
            if libm::log(proposal) < 0.5 * normal * normal + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }
}
