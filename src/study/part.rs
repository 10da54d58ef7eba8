//! A part of a study, for the observer of the whole.

use crate::simulation::{Observer, Progress};

/// Tells the observer of a study how far one of its runs has brought it.
pub(super) struct Part<'o> {
    pub(super) observer: &'o mut dyn Observer,
    /// What is being done.
    pub(super) name: String,
    /// Done before this part.
    pub(super) before: u64,
    /// What one of the part's counts for in the study.
    pub(super) each: f64,
    /// All that the study does, as far as it is known; never less than what this part ends at.
    pub(super) total: u64,
}

impl Part<'_> {
    /// The next run begins after so many more of the study.
    pub(super) fn next(&mut self, count: u64, name: &str) {
        self.before += count;
        name.clone_into(&mut self.name);
    }
}

impl Observer for Part<'_> {
    fn progress(&mut self, progress: &Progress) {
        let reached = |count: u64| self.before + (self.each * count as f64) as u64;
        self.observer.progress(&Progress {
            done: reached(progress.done),
            total: self.total.max(reached(progress.total)),
            mean: 0.0,
            std_error: 0.0,
            metric: self.name.clone(),
        });
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }

    fn is_out_of_time(&self) -> bool {
        self.observer.is_out_of_time()
    }
}
