//! Nodes whose way to the root was cut look for another.

use super::{GAP, Half, KeptTrees, LOOSE, NO_PARENT, NOWHERE, Node, ORPHAN, TERMINAL, Tree};

impl KeptTrees {
    /// Finds a parent for every orphan, or frees it.
    ///
    /// Levels rise along the way from a root, so an orphan may be adopted by any node of a lower
    /// level that is not cut off itself. Orphans are looked at from the lowest level up: then it is
    /// settled already who below is cut off. What finds no parent so is loose, with its children
    /// orphaned, and is taken back from the lowest level up by what is not, on whatever level.
    pub(super) fn adopt_all(&mut self) {
        while let Some(node) = self.orphans.pop() {
            if self.nodes[node as usize].parent == ORPHAN {
                self.adopt(node);
            }
        }
        if !self.loose.is_empty() {
            self.take_back();
        }
    }

    fn adopt(&mut self, node: u32) {
        let found = self.nodes[node as usize];
        let is_source = found.tree == Tree::Source;
        if (is_source && found.spare > 0) || (!is_source && found.spare < 0) {
            self.make_root(node, found.tree);
            return;
        }
        let mut best = self.lowest(&found, 0);
        let level = (best >> 32) as u32;
        if level < found.level {
            self.attach(node, best as u32, found.level.min(level + GAP));
            return;
        }
        // Nothing lower: the lowest that is no descendant, then, and children it is not above give way.
        while best < NOWHERE && !self.hangs_apart(&found, best as u32) {
            best = self.lowest(&found, best + 1);
        }
        let level = if best < NOWHERE {
            let level = (best >> 32) as u32 + 1;
            self.attach(node, best as u32, level);
            level
        } else {
            self.nodes[node as usize].parent = LOOSE;
            self.loose.push(node);
            u32::MAX
        };
        let side = found.tree.side();
        for arc in &self.halves[found.first as usize..found.end as usize] {
            let known = &mut self.levels[side][arc.to as usize];
            if *known > level {
                continue;
            }
            let child = &mut self.nodes[arc.to as usize];
            if child.parent == arc.sister {
                child.parent = ORPHAN;
                *known = u32::MAX;
                self.orphans.push(child.level, arc.to);
            }
        }
    }

    /// Whether the node at the other end of an arc hangs on its root on a way that does not pass this one.
    /// All that is lower is settled.
    fn hangs_apart(&self, found: &Node, half: u32) -> bool {
        let Half { to, sister, .. } = self.halves[half as usize];
        let node = self.halves[sister as usize].to;
        let levels = &self.levels[found.tree.side()];
        let mut at = to;
        while levels[at as usize] != u32::MAX {
            let other = &self.nodes[at as usize];
            if other.level < found.level || other.parent == TERMINAL {
                return true;
            }
            at = other.parent_at;
            if at == node {
                return false;
            }
        }
        false
    }

    fn take_back(&mut self) {
        let loose = std::mem::take(&mut self.loose);
        for &node in &loose {
            let found = self.nodes[node as usize];
            let best = self.lowest(&found, 0);
            if best < NOWHERE {
                self.orphans.push((best >> 32) as u32, best as u32);
            }
        }
        while let Some(half) = self.orphans.pop() {
            let arc = self.halves[half as usize];
            let node = self.halves[arc.sister as usize].to;
            let found = self.nodes[node as usize];
            if found.parent != LOOSE {
                continue;
            }
            let level = self.nodes[arc.to as usize].level + GAP;
            self.attach(node, half, level);
            for half in found.first..found.end {
                let arc = self.halves[half as usize];
                let other = &self.nodes[arc.to as usize];
                if other.parent == LOOSE && other.tree == found.tree {
                    let room = if found.tree == Tree::Source {
                        arc.out
                    } else {
                        arc.back
                    };
                    if room > 0 {
                        self.orphans.push(level, arc.sister);
                    }
                }
            }
        }
        for &node in &loose {
            let found = &mut self.nodes[node as usize];
            if found.parent != LOOSE {
                continue;
            }
            found.parent = NO_PARENT;
            found.tree = Tree::Neither;
            // What is left of an excess or a deficit makes it a root of the other tree.
            let other = match found.spare {
                0 => continue,
                1.. => Tree::Source,
                _ => Tree::Sink,
            };
            self.make_root(node, other);
            self.activate(node);
        }
        self.loose = loose;
        self.loose.clear();
    }

    /// The lowest neighbour that could be a node's parent, and the arc to it: its level, then the half.
    ///
    /// - `from`: those below have been looked at.
    fn lowest(&self, found: &Node, from: u64) -> u64 {
        match found.tree {
            Tree::Sink => self.lowest_with(found, from, |arc| arc.out),
            _ => self.lowest_with(found, from, |arc| arc.back),
        }
    }

    /// The same, where `room` tells what more could go between the two.
    #[inline]
    fn lowest_with(&self, found: &Node, from: u64, room: impl Fn(&Half) -> i32) -> u64 {
        let levels = &self.levels[found.tree.side()];
        let halves = &self.halves[found.first as usize..found.end as usize];
        let mut best = u64::MAX;
        for (half, arc) in (found.first..).zip(halves) {
            // Without a jump, because what it would depend on is as good as random.
            let barred = u64::from(room(arc) == 0).wrapping_neg();
            let known = u64::from(levels[arc.to as usize]) << 32 | u64::from(half);
            // Those below `from` wrap round to the very end.
            best = best.min((known | barred).wrapping_sub(from));
        }
        if best < NOWHERE - from {
            best + from
        } else {
            NOWHERE
        }
    }

    /// Makes a node a child of the one at the other end of its arc.
    pub(super) fn attach(&mut self, node: u32, half: u32, level: u32) {
        let to = self.halves[half as usize].to;
        let child = &mut self.nodes[node as usize];
        child.parent = half;
        child.parent_at = to;
        child.level = level;
        self.highest = self.highest.max(level);
        self.levels[child.tree.side()][node as usize] = level;
    }

    pub(super) fn make_root(&mut self, node: u32, tree: Tree) {
        let root = &mut self.nodes[node as usize];
        root.tree = tree;
        root.parent = TERMINAL;
        root.level = 0;
        self.levels[tree.side()][node as usize] = 0;
    }
}
