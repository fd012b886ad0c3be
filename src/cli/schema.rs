//! `peerscape schema`.

use super::Exit;
use super::console::Console;
use crate::scenario;
use crate::selection::Catalog;

/// Prints the JSON Schema of scenario files that may name these strategies.
pub(super) fn schema(strategies: &Catalog, console: &mut Console<'_>) -> Result<Exit, Exit> {
    console.say(&format!("{:#}\n", scenario::json_schema(strategies)))?;
    Ok(Exit::Done)
}
