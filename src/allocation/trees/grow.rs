//! Trees grow, and flow is pushed where they meet.

use super::{GAP, KeptTrees, NO_PARENT, ORPHAN, TERMINAL, Tree};

impl KeptTrees {
    /// Takes up what changed at nodes: roots, ways that were cut, excesses and deficits.
    pub(super) fn settle(&mut self) {
        let mut pending = std::mem::take(&mut self.pending);
        pending.retain(|&node| self.takes_up(node));
        self.adopt_all();
        for &node in &pending {
            self.run_off(node);
        }
        pending.clear();
        self.pending = pending;
    }

    /// Leaves nothing of the trees but their roots. Flow stays.
    pub(super) fn fell(&mut self) {
        self.highest = 0;
        self.orphans.0.clear();
        self.pending.clear();
        for node in 0..self.nodes.len() {
            let found = &mut self.nodes[node];
            found.parent = NO_PARENT;
            found.tree = Tree::Neither;
            found.is_pending = false;
            for levels in &mut self.levels {
                levels[node] = u32::MAX;
            }
        }
        for node in 0..self.nodes.len() as u32 {
            self.takes_up(node);
        }
    }

    /// Makes a node what its spare says it is; whether it stands in the other tree.
    fn takes_up(&mut self, node: u32) -> bool {
        let found = &mut self.nodes[node as usize];
        found.is_pending = false;
        let wanted = match found.spare {
            0 => Tree::Neither,
            1.. => Tree::Source,
            _ => Tree::Sink,
        };
        if wanted == found.tree || found.tree == Tree::Neither {
            if wanted != Tree::Neither {
                let is_new = found.tree == Tree::Neither;
                self.make_root(node, wanted);
                if is_new {
                    self.activate(node);
                }
            }
            return false;
        }
        if found.parent == TERMINAL {
            self.orphan(node);
        }
        wanted != Tree::Neither
    }

    /// Lets an excess run down the sink's tree, or fills a deficit along the source's.
    fn run_off(&mut self, node: u32) {
        loop {
            let found = self.nodes[node as usize];
            let amount = match found.tree {
                Tree::Sink if found.spare > 0 => {
                    let amount = self.room_to_sink(node, found.spare);
                    self.push_to_sink(node, amount);
                    self.nodes[node as usize].spare -= amount;
                    amount
                }
                Tree::Source if found.spare < 0 => {
                    let amount = self.room_from_source(node, -found.spare);
                    self.push_from_source(node, amount);
                    self.nodes[node as usize].spare += amount;
                    amount
                }
                _ => return,
            };
            self.value += amount;
            self.adopt_all();
        }
    }

    /// Grows both trees until neither can, pushing flow wherever they meet.
    pub(super) fn grow(&mut self) {
        while let Some(node) = self.active.pop_front() {
            self.nodes[node as usize].is_active = false;
            while let Some(half) = self.explore(node) {
                let sister = self.halves[half as usize].sister;
                match self.nodes[node as usize].tree {
                    Tree::Source => self.push(half),
                    _ => self.push(sister),
                }
                self.adopt_all();
            }
        }
    }

    /// Takes neighbours of a node into its tree, up to an arc to a node of the other tree.
    fn explore(&mut self, node: u32) -> Option<u32> {
        let found = self.nodes[node as usize];
        if found.parent == NO_PARENT {
            return None;
        }
        for half in found.first..found.end {
            let arc = self.halves[half as usize];
            let room = if found.tree == Tree::Source {
                arc.out
            } else {
                arc.back
            };
            if room == 0 {
                continue;
            }
            let next = &mut self.nodes[arc.to as usize];
            let level = found.level + GAP;
            if next.tree == Tree::Neither {
                next.tree = found.tree;
                self.attach(arc.to, arc.sister, level);
                self.activate(arc.to);
            } else if next.tree != found.tree {
                return Some(half);
            } else if next.level > level {
                // A shorter way to the root.
                self.attach(arc.to, arc.sister, level);
            }
        }
        None
    }

    /// Pushes as much as possible along an arc from the source's tree to the sink's.
    fn push(&mut self, half: u32) {
        let arc = self.halves[half as usize];
        let (from, to) = (self.halves[arc.sister as usize].to, arc.to);
        let room = self.room_from_source(from, i64::from(arc.out));
        let amount = self.room_to_sink(to, room);
        self.carry(half, amount as i32);
        self.push_from_source(from, amount);
        self.push_to_sink(to, amount);
        self.value += amount;
    }

    /// Moves flow along an arc; what more can then go the same way.
    fn carry(&mut self, half: u32, amount: i32) -> i32 {
        let own = &mut self.halves[half as usize];
        own.out -= amount;
        own.back += amount;
        let (sister, left) = (own.sister, own.out);
        let other = &mut self.halves[sister as usize];
        other.back -= amount;
        other.out += amount;
        left
    }

    /// How much of an amount can come from the source to a node of its tree.
    fn room_from_source(&self, mut node: u32, mut amount: i64) -> i64 {
        loop {
            let found = &self.nodes[node as usize];
            if found.parent == TERMINAL {
                return amount.min(found.spare);
            }
            amount = amount.min(i64::from(self.halves[found.parent as usize].back));
            node = found.parent_at;
        }
    }

    /// How much of an amount can go to the sink from a node of its tree.
    fn room_to_sink(&self, mut node: u32, mut amount: i64) -> i64 {
        loop {
            let found = &self.nodes[node as usize];
            if found.parent == TERMINAL {
                return amount.min(-found.spare);
            }
            amount = amount.min(i64::from(self.halves[found.parent as usize].out));
            node = found.parent_at;
        }
    }

    fn push_from_source(&mut self, mut node: u32, amount: i64) {
        loop {
            let found = self.nodes[node as usize];
            if found.parent == TERMINAL {
                self.nodes[node as usize].spare -= amount;
                if found.spare == amount {
                    self.orphan(node);
                }
                return;
            }
            let sister = self.halves[found.parent as usize].sister;
            if self.carry(sister, amount as i32) == 0 {
                self.orphan(node);
            }
            node = found.parent_at;
        }
    }

    fn push_to_sink(&mut self, mut node: u32, amount: i64) {
        loop {
            let found = self.nodes[node as usize];
            if found.parent == TERMINAL {
                self.nodes[node as usize].spare += amount;
                if -found.spare == amount {
                    self.orphan(node);
                }
                return;
            }
            if self.carry(found.parent, amount as i32) == 0 {
                self.orphan(node);
            }
            node = found.parent_at;
        }
    }

    pub(super) fn orphan(&mut self, node: u32) {
        let found = &mut self.nodes[node as usize];
        found.parent = ORPHAN;
        self.levels[found.tree.side()][node as usize] = u32::MAX;
        self.orphans.push(found.level, node);
    }
}
