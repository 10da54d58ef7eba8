//! Solves for the state as it is, under the rules that look at flows before they hold.

use super::state::State;

impl State<'_> {
    /// Decides what rules leave of the capacities now, and solves for that. Asked again at the
    /// same instant it gives the same answer.
    pub(super) fn settle(&mut self) {
        self.lift_quotas();
        self.decide_lags();
        if self.offer_ramps() {
            // Fields that stand still restart only if there is a way out for them.
            self.solve_flows();
            while self.reject_restart() {
                self.solve_flows();
            }
            self.admit_restarts();
        }
        self.solve_flows();
        self.keep_quotas();
    }

    /// Whether final flows show that a field cannot produce as it does, so that the state has to
    /// be settled again.
    pub(super) fn is_unsettled(&mut self) -> bool {
        self.turn_down() || self.end_stops()
    }
}
