//! What this machine has to offer.

use super::arguments::ScenarioArguments;

/// Share of the available memory that a scenario may take when nothing else is said, in percent.
const MEMORY_PERCENT: u64 = 80;

/// Runs at a time: as asked, or one per processor; never more than there are runs.
pub(super) fn jobs(arguments: &ScenarioArguments, runs: u64) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let asked = arguments.jobs.map_or_else(processors, usize::from);
    asked.min(usize::try_from(runs).unwrap_or(usize::MAX)).max(1)
}

/// Bytes that a scenario may take: as asked, or 80 % of what the machine (or the control group) has available. Where
/// the system does not tell, there is no limit.
pub(super) fn memory_limit(arguments: &ScenarioArguments) -> u64 {
    if let Some(limit) = arguments.memory_limit {
        return limit.get();
    }
    let memory = sysinfo::MemoryRefreshKind::nothing().with_ram();
    let wanted = sysinfo::RefreshKind::nothing().with_memory(memory);
    let system = sysinfo::System::new_with_specifics(wanted);
    let in_group = system.cgroup_limits().map_or(u64::MAX, |limits| limits.free_memory);
    match system.available_memory().min(in_group) {
        0 => u64::MAX,
        available => available / 100 * MEMORY_PERCENT,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::arguments::{Arguments, Command};
    use super::*;

    fn arguments(options: &[&str]) -> ScenarioArguments {
        let parsed = Arguments::try_parse_from([&["peerscape", "validate", "x"], options].concat()).unwrap();
        let Command::Validate(arguments) = parsed.command else { panic!("it is `validate`") };
        arguments.common
    }

    #[test]
    fn options_go_before_what_the_machine_has() {
        assert_eq!(memory_limit(&arguments(&["--memory-limit", "2 GiB"])), 2 << 30);
        assert_eq!(jobs(&arguments(&["--jobs", "3"]), 100), 3);
        assert_eq!(jobs(&arguments(&["--jobs", "3"]), 2), 2);
        assert!(jobs(&arguments(&[]), 100) >= 1);
        // A machine that runs this test has more than 64 MiB left, and not 2^60 bytes.
        assert!((64 << 20..1 << 60).contains(&memory_limit(&arguments(&[]))));
    }
}
