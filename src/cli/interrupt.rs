//! Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Exit;

static STOP: AtomicBool = AtomicBool::new(false);

/// Sets the returned flag when the user presses Ctrl-C (or the system asks the process to end). The second time the
/// process ends at once. Called once per process; where no handler can be set, Ctrl-C ends the process as usual.
pub(super) fn watch() -> &'static AtomicBool {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
    &STOP
}
