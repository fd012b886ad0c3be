//! How the program ends.

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done,
    /// The command line makes no sense, or names an AS that is not in the file.
    Usage,
    /// The scenario, or a file it names, must be corrected, or it needs more memory than allowed.
    Invalid,
    /// The scenario, or a file it names, cannot be read.
    InputMissing,
    /// The results cannot be written, or their folder holds another result.
    CannotWrite,
    /// A check failed: of the scenario, or against a baseline.
    CheckFailed,
    /// Stopped by Ctrl-C or a signal; finished runs were kept.
    Interrupted,
}

impl Exit {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Usage,
        Self::Invalid,
        Self::InputMissing,
        Self::CannotWrite,
        Self::CheckFailed,
        Self::Interrupted,
    ];

    /// The code that the process returns. Those from 64 to 78 are of BSD's `sysexits.h`, 99 is ours; 130 is what a shell reports
    /// after SIGINT.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Usage => 2,
            Self::Invalid => 65,
            Self::InputMissing => 66,
            Self::CannotWrite => 74,
            Self::CheckFailed => 99,
            Self::Interrupted => 130,
        }
    }
}

/// The end of `--help`.
pub(super) const HELP: &str = "\
Exit codes:
    0  done
    2  usage: the command line makes no sense, or names an AS that is not in the file
   65  the scenario, its data or a result must be corrected, or need more memory than allowed
   66  the scenario, a file it names, or a result cannot be read
   74  the results cannot be written, or the folder holds another result
   99  a check failed: of the scenario, or against a baseline
  130  interrupted; finished runs were kept";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_every_exit_code() {
        let listed: Vec<u8> = HELP.lines().skip(1).filter_map(|l| l.split_whitespace().next()?.parse().ok()).collect();
        assert_eq!(listed, Exit::ALL.map(Exit::code));
    }
}
