//! Arguments, progress, messages: one file per subcommand.
//!
//! **What lives here.** [`run_with`]: the whole program as a function of arguments, a catalog of strategies and two
//! streams; [`main`]: the same on the process's own streams, with Ctrl-C and a progress bar; [`Exit`]: the exit codes.
//!
//! **Rules.** Results and what was asked for go to standard output, everything else to standard error. Off a terminal
//! no control character is written to either. With `--format json` standard output holds exactly one JSON document,
//! whether it went well or not. A reader of standard output that goes away is no error.
//!
//! **Limits.** Ctrl-C is noticed between a run's events, not while an underlay is being built; a second one ends the
//! process at once.
//!
//! **May import**: every room. The only room that prints. **Goes next**: to the person at the keyboard, or the
//! pipeline that reads the exit code.

mod advice;
mod arguments;
mod check;
mod completions;
mod console;
mod exit;
mod explain;
mod interrupt;
mod list;
mod machine;
mod progress;
mod run;
mod schema;
mod topology;
mod validate;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Parser;
use clap::error::ErrorKind;

use crate::selection::Catalog;
use arguments::{Arguments, Command};
use console::Console;

pub use exit::Exit;

/// Runs the program on the process's arguments and streams.
pub fn main() -> ExitCode {
    let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
    let color = |is_terminal: bool| is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let (out_color, err_color) = (color(stdout.is_terminal()), color(stderr.is_terminal()));
    let bar = stderr.is_terminal();
    let mut console = Console { out: &mut stdout, err: &mut stderr, out_color, err_color, bar };
    let stop = interrupt::watch();
    ExitCode::from(dispatch(std::env::args_os(), &Catalog::standard(), &mut console, stop).code())
}

/// Runs the program: `args` as the operating system gives them (the program's name first), `strategies` that scenarios
/// may name, and where to write. Returns the exit code (see [`Exit`]). Nothing here is a terminal, and Ctrl-C is left
/// to the caller's process.
///
/// ```
/// use peerscape::{cli, selection::Catalog};
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let code = cli::run_with(["peerscape", "list", "strategies"], &Catalog::standard(), &mut out, &mut err);
/// assert_eq!(code, 0);
/// assert!(err.is_empty());
/// ```
pub fn run_with<A: Into<OsString>>(
    args: impl IntoIterator<Item = A>,
    strategies: &Catalog,
    stdout: &mut (dyn Write + Send),
    stderr: &mut (dyn Write + Send),
) -> u8 {
    let mut console = Console { out: stdout, err: stderr, out_color: false, err_color: false, bar: false };
    let stop = AtomicBool::new(false);
    dispatch(args.into_iter().map(Into::into), strategies, &mut console, &stop).code()
}

fn dispatch(
    args: impl Iterator<Item = OsString>,
    strategies: &Catalog,
    console: &mut Console<'_>,
    stop: &AtomicBool,
) -> Exit {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => return refuse_or_help(&error, console),
    };
    let outcome = match arguments.command {
        Command::Run(arguments) => run::run(&arguments, strategies, console, stop),
        Command::Validate(arguments) => validate::validate(&arguments, strategies, console),
        Command::Check(arguments) => check::check(&arguments, console),
        Command::Bless(arguments) => check::bless(&arguments, console),
        Command::List(arguments) => list::list(&arguments, strategies, console),
        Command::Explain(arguments) => explain::explain(&arguments, strategies, console),
        Command::Schema => schema::schema(strategies, console),
        Command::Completions(arguments) => completions::completions(&arguments, console),
        Command::Topology(arguments) => topology::topology(&arguments, strategies, console),
    };
    outcome.unwrap_or_else(|exit| exit)
}

/// `--help` and `--version` are answers, everything else that clap has to say is a refusal.
fn refuse_or_help(error: &clap::Error, console: &mut Console<'_>) -> Exit {
    let text = |color: bool| {
        let styled = error.render();
        if color { styled.ansi().to_string() } else { styled.to_string() }
    };
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let answer = text(console.out_color);
        return console.say(&answer).map_or_else(|exit| exit, |()| Exit::Done);
    }
    let refusal = text(console.err_color);
    console.complain(&refusal);
    Exit::Usage
}
