//! Why an underlay cannot be built, in sentences for people.

use crate::units::AsNumber;

/// Why an underlay cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnderlayError {
    /// No AS at all.
    #[error("{place}: there is not a single AS")]
    Empty {
        /// The file or table.
        place: String,
    },
    /// A line of a relationship file that is not a relationship.
    #[error("{path}:{line}: `{found}` is not an AS relationship; expected {expected}{}", more_lines(*.more))]
    Malformed {
        /// The file as the scenario names it.
        path: String,
        /// Line number, from 1.
        line: usize,
        /// The line, shortened.
        found: String,
        /// What is allowed.
        expected: &'static str,
        /// Further lines that are not relationships.
        more: usize,
    },
    /// More links than a file may have.
    #[error("{path}: more than {limit} links; cut the file down to the part of the graph that is of interest")]
    TooManyLinks {
        /// The file as the scenario names it.
        path: String,
        /// The largest number that is supported.
        limit: usize,
    },
    /// An ISP without ASes.
    #[error("ISP `{isp}` owns no AS; give it at least one")]
    IspWithoutAs {
        /// Its name.
        isp: String,
    },
    /// Two ISPs of one name.
    #[error("two ISPs are called `{isp}`; names must differ")]
    IspNamedTwice {
        /// The name.
        isp: String,
    },
    /// An AS that is listed twice.
    #[error("AS {number} is listed twice (ISP `{first}` and ISP `{second}`); an AS has one owner")]
    AsOwnedTwice {
        /// The AS.
        number: AsNumber,
        /// Its first owner.
        first: String,
        /// Its second owner.
        second: String,
    },
    /// Subscribers that are not a number from 0 up.
    #[error("ISP `{isp}` has {found} subscribers; expected a finite number, 0 or more")]
    Subscribers {
        /// Its name.
        isp: String,
        /// The number.
        found: f64,
    },
    /// A link to an AS that nobody owns.
    #[error("the link {a} to {b} names AS {unknown}, which no ISP owns")]
    UnknownAs {
        /// One end.
        a: AsNumber,
        /// The other end.
        b: AsNumber,
        /// The end that does not exist.
        unknown: AsNumber,
    },
    /// A link from an AS to itself.
    #[error("AS {number} has a link to itself; a link joins two ASes")]
    SelfLoop {
        /// The AS.
        number: AsNumber,
    },
    /// Two links between the same ASes.
    #[error("there are two links between AS {a} and AS {b}; write one, with one relationship")]
    LinkedTwice {
        /// One end.
        a: AsNumber,
        /// The other end.
        b: AsNumber,
    },
    /// A capacity of zero.
    #[error("the link from AS {from} to AS {to} has capacity zero; leave the link out, or the capacity")]
    NoCapacity {
        /// The sending end.
        from: AsNumber,
        /// The receiving end.
        to: AsNumber,
    },
    /// ASes that are indirectly their own providers.
    #[error(
        "the providers of these ASes form a cycle: {}; turn one of the links into a peering link",
        cycle_text(.cycle)
    )]
    ProviderCycle {
        /// The ASes, each the provider of the next, the last of the first.
        cycle: Vec<AsNumber>,
    },
    /// A provider chain that is too long.
    #[error("AS {end} stands at the end of a chain of {links} providers; at most {limit} are supported")]
    ChainTooLong {
        /// The AS at the lower end.
        end: AsNumber,
        /// Provider-customer links in the chain.
        links: u32,
        /// The largest number that is supported.
        limit: u32,
    },
    /// A parameter outside its range.
    #[error("`{parameter}` = {found}; expected {expected}")]
    Parameter {
        /// The parameter's name in scenario files.
        parameter: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        expected: String,
    },
}

fn more_lines(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " (and 1 more line)".to_owned(),
        _ => format!(" (and {more} more lines)"),
    }
}

fn cycle_text(cycle: &[AsNumber]) -> String {
    let mut text: Vec<String> = cycle.iter().map(ToString::to_string).collect();
    text.extend(cycle.first().map(ToString::to_string));
    text.join(" > ")
}
