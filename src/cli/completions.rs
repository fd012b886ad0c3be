//! `peerscape completions`.

use clap::CommandFactory as _;

use super::Exit;
use super::arguments::{Arguments, CompletionsArguments};
use super::console::Console;

/// Prints the completion script of a shell.
pub(super) fn completions(arguments: &CompletionsArguments, console: &mut Console<'_>) -> Result<Exit, Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "peerscape", &mut script);
    console.say(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
