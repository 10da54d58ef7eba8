//! Other people's oil on our links.
//!
//! Transit of class 1 takes its way before anything of ours is allocated. Transit of class p > 1
//! takes as much as leaves all that our classes before p get as it is, so what it takes depends on
//! what flows, and it is found whenever flows are.

use super::state::State;

impl State<'_> {
    /// Other people's oil of class 1, in order of id: what it wants, or its share, as far as its
    /// way allows. That of later classes waits until flows are solved.
    pub(super) fn pass_transits(&mut self) {
        for &element in &self.world.transit_elements {
            self.transit_used[element] = 0;
        }
        self.transit_flow.fill(0);
        let world = self.world;
        for (index, transit) in world.transits.iter().enumerate() {
            if transit.priority > 1 {
                continue;
            }
            let flow = self.room_for_transit(index);
            self.transit_flow[index] = flow;
            for &element in &transit.elements {
                self.transit_used[element] += flow;
            }
        }
    }

    /// What a transit wants, or its share, as far as its way allows.
    fn room_for_transit(&self, index: usize) -> i64 {
        let transit = &self.world.transits[index];
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
        flow.max(0)
    }

    /// Solves the network for the capacities as they are.
    pub(super) fn solve_flows(&mut self) {
        let world = self.world;
        for &transit in &world.late_transits {
            self.let_pass(transit, 0);
        }
        for &transit in &world.late_transits {
            let room = self.room_for_transit(transit);
            if room > 0 {
                self.serve_late(transit, room);
            }
        }
        self.allocator.solve();
        self.look_at_watched();
    }

    /// Lets as much of a transit pass, up to `room`, as takes nothing from our classes before it.
    ///
    /// What those classes lose is convex in what passes, and a barrel too much costs them one at
    /// least: so what passes less what they lose by it is never too much, and mostly just right.
    fn serve_late(&mut self, transit: usize, room: i64) {
        let class = self.world.transits[transit].priority;
        self.allocator.solve();
        self.note_deliveries();
        let (mut fits, mut too_much) = (0, room + 1);
        let mut tried = room;
        while fits + 1 < too_much {
            self.let_pass(transit, tried);
            self.allocator.solve();
            let loss = self.loss_before(class);
            if loss == 0 {
                fits = tried;
            } else {
                too_much = tried;
                fits = fits.max(tried - loss);
            }
            tried = if tried == room {
                fits + 1
            } else {
                fits.midpoint(too_much)
            };
        }
        self.let_pass(transit, fits);
    }

    /// Sets what passes of a transit.
    fn let_pass(&mut self, transit: usize, flow: i64) {
        let more = flow - self.transit_flow[transit];
        if more == 0 {
            return;
        }
        self.transit_flow[transit] = flow;
        let world = self.world;
        for &element in &world.transits[transit].elements {
            self.transit_used[element] += more;
            self.write_arcs(element);
        }
    }

    /// Keeps what is delivered up to each class, to be compared with.
    pub(super) fn note_deliveries(&mut self) {
        let flows = self.allocator.flows();
        let mut sum = 0;
        let classes = self.world.sales_by_class.iter();
        for (delivered, (_, arcs)) in self.delivered_up_to.iter_mut().zip(classes) {
            sum += arcs.iter().map(|&arc| flows[arc]).sum::<i64>();
            *delivered = sum;
        }
    }

    /// The most that is now delivered less, up to any class before `class`.
    fn loss_before(&self, class: u8) -> i64 {
        let flows = self.allocator.flows();
        let (mut sum, mut loss) = (0, 0);
        let classes = self.world.sales_by_class.iter();
        for (before, (own, arcs)) in self.delivered_up_to.iter().zip(classes) {
            if *own >= class {
                break;
            }
            sum += arcs.iter().map(|&arc| flows[arc]).sum::<i64>();
            loss = loss.max(before - sum);
        }
        loss
    }
}
