//! Ctrl-C: once to end a run with what it has, twice to end at once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::terminal;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The directory to remove if the process must end at once.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Exit code of an interrupted command.
const EXIT: i32 = 130;

/// From now on the first interrupt is only noted, for [`is_interrupted`].
pub(super) fn be_patient() {
    listen(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            end_at_once();
        }
        if terminal::error_is_terminal() {
            terminal::note("\nending with what is done; press Ctrl-C again to end at once");
        }
    });
}

/// From now on an interrupt ends the process, leaving no half-written directory.
pub(super) fn clean_up() {
    listen(end_at_once);
}

fn listen(handler: impl FnMut() + Send + 'static) {
    // Without a handler an interrupt ends the process: less tidy, and no reason not to run.
    drop(ctrlc::set_handler(handler));
}

fn end_at_once() {
    if let Some(directory) = unfinished().take() {
        drop(std::fs::remove_dir_all(directory));
    }
    std::process::exit(EXIT);
}

/// Whether the user has interrupted.
pub(super) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Says which directory is unfinished.
pub(super) fn set_unfinished(directory: Option<&Path>) {
    *unfinished() = directory.map(Path::to_owned);
}

/// The unfinished directory. While this is held the process does not end.
pub(super) fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}
