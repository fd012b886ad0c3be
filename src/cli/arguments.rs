//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::exit::HELP;
use crate::scenario::Overrides;
use crate::units::{AsNumber, Bytes};

/// Simulates managed and unmanaged peer-to-peer networks over ISP underlays, and compares them.
#[derive(Debug, Parser)]
#[command(name = "peerscape", version, about, after_help = HELP, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a scenario and write tables, plots and a report.
    Run(RunArguments),
    /// Check a scenario and say what would run.
    Validate(ValidateArguments),
    /// Hold a result against the bounds of its scenario and against a baseline; exit code 99 when it fails.
    Check(CheckArguments),
    /// Accept a result as the baseline that `check` holds later ones against.
    Bless(BlessArguments),
    /// List what scenarios may name.
    List(ListArguments),
    /// Say what a scenario key, a result column or a name of a catalog means.
    Explain(ExplainArguments),
    /// Print the JSON Schema of scenario files.
    Schema,
    /// Print a completion script for a shell.
    Completions(CompletionsArguments),
    /// Look at an AS graph: what is in it, and why a route is as it is.
    Topology(TopologyArguments),
}

/// What several subcommands share.
#[derive(Debug, Args)]
pub(super) struct ScenarioArguments {
    /// The scenario file.
    #[arg(value_name = "SCENARIO")]
    pub(super) scenario: PathBuf,
    /// Root seed instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,
    /// Change a value of the scenario, as in `--set experiment.replications=3`; may be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    pub(super) set: Vec<(String, String)>,
    /// Runs at a time [default: the number of processors].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(super) jobs: Option<u16>,
    /// Refuse scenarios that are estimated to need more memory, as in "4 GiB" [default: 80 % of what is available].
    #[arg(long, value_name = "SIZE")]
    pub(super) memory_limit: Option<Bytes>,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

impl ScenarioArguments {
    pub(super) fn overrides(&self) -> Overrides {
        Overrides { seed: self.seed, set: self.set.clone() }
    }
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) common: ScenarioArguments,
    /// Folder for the results [default: results/<name of the scenario>].
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Replace a result that is in the folder already.
    #[arg(long)]
    pub(super) force: bool,
    /// Write what the scenario's checks came to as JUnit XML, too.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Say nothing but errors.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    #[command(flatten)]
    pub(super) common: ScenarioArguments,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Folder of the result.
    #[arg(value_name = "RESULT")]
    pub(super) result: PathBuf,
    /// Compare with this result, or with what `bless` keeps of one: exactly for one model version, otherwise within noise.
    #[arg(long, value_name = "DIR")]
    pub(super) baseline: Option<PathBuf>,
    /// Compare within the tolerances of this file, whatever the model versions.
    #[arg(long, value_name = "FILE", requires = "baseline")]
    pub(super) tolerance: Option<PathBuf>,
    /// Write what was checked as JUnit XML, too.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct BlessArguments {
    /// Folder of the result.
    #[arg(value_name = "RESULT")]
    pub(super) result: PathBuf,
    /// Folder of the baseline; created where needed.
    #[arg(long, value_name = "DIR")]
    pub(super) baseline: PathBuf,
    /// Accept it whatever speaks against it, which is said all the same.
    #[arg(long)]
    pub(super) force: bool,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Which catalog [default: all but `keys`].
    #[arg(value_enum)]
    pub(super) catalog: Option<CatalogName>,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A key such as `deadline` or `arm.oms.external.min`, a column such as `local_share`, a name such as `as-hops`.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct TopologyArguments {
    #[command(subcommand)]
    pub(super) question: TopologyQuestion,
}

#[derive(Debug, Subcommand)]
pub(super) enum TopologyQuestion {
    /// Count ASes, links and degrees; say what was found in the file and what was done about it; how far ASes are apart.
    Info(TopologyInfoArguments),
    /// The route from one AS to another, with the rule that chose each link.
    Route(TopologyRouteArguments),
}

#[derive(Debug, Args)]
pub(super) struct TopologyInfoArguments {
    /// A file of AS relationships (CAIDA serial-1 or serial-2; plain, gzip or bzip2), or a scenario (`*.toml`).
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Look at the routes to so many ASes, drawn by the same lots every time; to all where there are no more.
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) destinations: u32,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct TopologyRouteArguments {
    /// A file of AS relationships (CAIDA serial-1 or serial-2; plain, gzip or bzip2), or a scenario (`*.toml`).
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The AS that sends: `3356` or `AS3356`.
    #[arg(value_name = "A", value_parser = as_number)]
    pub(super) from: AsNumber,
    /// The AS that receives.
    #[arg(value_name = "B", value_parser = as_number)]
    pub(super) to: AsNumber,
    /// What standard output holds.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell that the script is for.
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// Form of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CatalogName {
    /// Peer-selection strategies.
    Strategies,
    /// Sources of an AS graph.
    Underlays,
    /// Placements of peers over ASes.
    Placements,
    /// Arrival processes.
    Arrivals,
    /// Laws of drawn times: sessions, gaps, patience, stays.
    Laws,
    /// What overlays are for.
    Services,
    /// Orders in which peers contact those they were told of.
    ContactOrders,
    /// Orders in which downloaders unchoke.
    ChokeOrders,
    /// Orders in which seeds unchoke.
    SeedOrders,
    /// Orders in which pieces are requested.
    PieceOrders,
    /// Terms of tariffs.
    Tariffs,
    /// Client profiles, with the source of each value.
    Clients,
    /// All keys of a scenario file, with defaults.
    Keys,
}

/// `path=value`, split at the first `=`.
fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.trim().is_empty() => Ok((path.trim().to_owned(), value.trim().to_owned())),
        _ => Err("expected `path=value`, as in `experiment.replications=3`".to_owned()),
    }
}

/// An AS number, with or without `AS` before it.
fn as_number(text: &str) -> Result<AsNumber, String> {
    let digits = text.strip_prefix("AS").or_else(|| text.strip_prefix("as")).unwrap_or(text);
    let number = digits.parse::<u32>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    number
        .map(AsNumber)
        .ok_or_else(|| "expected an AS number from 0 to 4294967295, as in `3356` or `AS3356`".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn assignments_split_at_the_first_equals_sign() {
        assert_eq!(assignment("a.b = x=y").unwrap(), ("a.b".to_owned(), "x=y".to_owned()));
        assert!(assignment("a.b").is_err());
        assert!(assignment("=3").is_err());
    }

    #[test]
    fn as_numbers_may_say_that_they_are() {
        for text in ["3356", "AS3356", "as3356"] {
            assert_eq!(as_number(text), Ok(AsNumber(3356)));
        }
        for text in ["", "AS", "+3", "-1", "4294967296", "3356a", "0x1F"] {
            assert!(as_number(text).is_err(), "{text}");
        }
    }
}
