//! Other people's oil on our links.

use super::state::State;

impl State<'_> {
    /// Other people's oil, in order of id: what it wants, or its share, as far as its way allows.
    pub(super) fn pass_transits(&mut self) {
        for &element in &self.world.transit_elements {
            self.transit_used[element] = 0;
        }
        for (index, transit) in self.world.transits.iter().enumerate() {
            let wanted = self.transit_wanted[index];
            let mut flow = wanted;
            for &element in &transit.elements {
                let available = self.available[element];
                flow = flow.min(available - self.transit_used[element]);
                if transit.yields {
                    let intact = self.intact(element).max(1);
                    let share = i128::from(wanted) * i128::from(available) / i128::from(intact);
                    flow = flow.min(share as i64);
                }
            }
            let flow = flow.max(0);
            self.transit_flow[index] = flow;
            for &element in &transit.elements {
                self.transit_used[element] += flow;
            }
        }
    }

    /// Solves the network for the capacities as they are.
    pub(super) fn solve_flows(&mut self) {
        self.allocator.solve();
    }
}
