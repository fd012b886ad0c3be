//! Advice on standard error, and as data.

use serde_json::{Value, json};

use super::console::{Console, printable};
use crate::world::Advice;

/// Says each on a line of its own.
pub(super) fn advise(advice: &[Advice], console: &mut Console<'_>) {
    for one in advice {
        console.complain(&format!("advice: {}\n", printable(&one.to_string())));
    }
}

/// As a list of `{"key", "message"}`.
pub(super) fn advice_json(advice: &[Advice]) -> Value {
    advice.iter().map(|one| json!({ "key": one.key, "message": one.message })).collect()
}
