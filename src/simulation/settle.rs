//! Solves for the state as it is, under the rules that look at flows before they hold.

use super::state::State;

impl State<'_> {
    /// Decides what rules leave of the capacities now, and solves for that. Asked again at the
    /// same instant it gives the same answer.
    pub(super) fn settle(&mut self) {
        self.decide_lags();
        self.allocator.solve();
    }
}
