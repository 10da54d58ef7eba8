//! Solves for the state as it is, under the rules that look at flows before they hold.

use super::state::State;
use super::trials::{LEAST_RUN, Trial};

impl State<'_> {
    /// Decides what rules leave of the capacities now, and solves for that. Asked again at the
    /// same instant it gives the same answer.
    ///
    /// - `with_tanks`: whether anything goes into tanks and out of them.
    pub(super) fn settle(&mut self, with_tanks: bool) {
        self.lift_quotas();
        self.decide_lags(with_tanks);
        if self.offer_ramps() {
            self.expect_no_room();
            self.restart_fields(with_tanks);
            // Who has no way out beside others on trial may have one beside what these produce for now. Each round lets
            // one begin or wait, or finds one that has no way out even alone.
            while self.offer_again() {
                self.restart_fields(with_tanks);
            }
        }
        self.solve_flows();
        self.keep_quotas();
    }

    /// Has fields that stand still and are open begin, or wait, if there is a way out for them. It is
    /// looked first with room in all tanks, so that it is known who only waits for room.
    fn restart_fields(&mut self, with_tanks: bool) {
        if with_tanks {
            self.open_fills_wide();
        }
        self.try_restarts(Trial::InAnyCase);
        if with_tanks && self.tries_restarts() {
            self.open_tanks();
            self.try_restarts(Trial::AsTanksAre);
        }
        if with_tanks && self.tries_to_begin() {
            self.open_fills_for(LEAST_RUN);
            self.try_restarts(Trial::ToBegin);
        }
        if with_tanks {
            self.open_tanks();
        }
        self.admit_restarts();
    }

    /// Turns down those on trial that have no way out for what they need, one at a time.
    fn try_restarts(&mut self, trial: Trial) {
        self.solve_flows();
        while self.reject_restart(trial) {
            self.solve_flows();
        }
    }

    /// Whether final flows show that a field cannot produce as it does, so that the state has to
    /// be settled again.
    pub(super) fn is_unsettled(&mut self) -> bool {
        self.turn_down() || self.end_stops()
    }
}
