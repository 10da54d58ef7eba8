//! Nodes whose way to the root was cut look for another.

use super::{KeptTrees, NO_PARENT, ORPHAN, TERMINAL, Tree};

impl KeptTrees {
    /// Finds a parent for every orphan, or frees it.
    pub(super) fn adopt_all(&mut self) {
        if self.orphans.is_empty() {
            return;
        }
        self.tick();
        while let Some(node) = self.orphans.pop_front() {
            if self.nodes[node as usize].parent == ORPHAN {
                self.adopt(node);
            }
        }
    }

    /// Begins a round in which nothing is known of ways to the roots.
    pub(super) fn tick(&mut self) {
        self.now = self.now.wrapping_add(1);
        if self.now == 0 {
            self.now = 1;
            self.nodes.iter_mut().for_each(|node| node.seen = 0);
        }
    }

    fn adopt(&mut self, node: u32) {
        let found = self.nodes[node as usize];
        let is_source = found.tree == Tree::Source;
        if (is_source && found.spare > 0) || (!is_source && found.spare < 0) {
            self.make_root(node, found.tree);
            return;
        }
        let mut best: Option<(u32, u32)> = None;
        let mut shortest = u32::MAX;
        for half in found.first..found.end {
            let arc = self.halves[half as usize];
            let room = if is_source { arc.back } else { arc.out };
            if room == 0 || self.nodes[arc.to as usize].tree != found.tree {
                continue;
            }
            if let Some(distance) = self.distance(arc.to)
                && distance < shortest
            {
                shortest = distance;
                best = Some((half, arc.to));
            }
        }
        if let Some((half, to)) = best {
            let now = self.now;
            let adopted = &mut self.nodes[node as usize];
            adopted.parent = half;
            adopted.parent_node = to;
            adopted.seen = now;
            adopted.distance = (shortest + 1).min(u32::from(u16::MAX)) as u16;
        } else {
            self.free(node);
        }
    }

    /// Nodes from a node to its root, itself included, if its way there is not cut.
    fn distance(&mut self, node: u32) -> Option<u32> {
        let now = self.now;
        let mut steps = 0;
        let mut at = node;
        let beyond = loop {
            let found = &self.nodes[at as usize];
            if found.parent == ORPHAN {
                return None;
            }
            if found.seen == now {
                break u32::from(found.distance);
            }
            if found.parent == TERMINAL {
                break 0;
            }
            steps += 1;
            at = found.parent_node;
        };
        let found = &mut self.nodes[at as usize];
        let beyond = if beyond == 0 {
            (found.seen, found.distance) = (now, 1);
            1
        } else {
            beyond
        };
        let total = steps + beyond;
        let mut left = total;
        at = node;
        while self.nodes[at as usize].seen != now {
            let found = &mut self.nodes[at as usize];
            found.seen = now;
            found.distance = left.min(u32::from(u16::MAX)) as u16;
            left -= 1;
            at = found.parent_node;
        }
        Some(total)
    }

    /// Takes a node out of its tree, and its children with it.
    fn free(&mut self, node: u32) {
        let found = self.nodes[node as usize];
        for half in found.first..found.end {
            let arc = self.halves[half as usize];
            if self.nodes[arc.to as usize].tree != found.tree {
                continue;
            }
            let room = if found.tree == Tree::Source {
                arc.back
            } else {
                arc.out
            };
            if room > 0 {
                self.activate(arc.to);
            }
            if self.nodes[arc.to as usize].parent == arc.sister {
                self.nodes[arc.to as usize].parent = ORPHAN;
                self.orphans.push_back(arc.to);
            }
        }
        let freed = &mut self.nodes[node as usize];
        freed.parent = NO_PARENT;
        freed.tree = Tree::Neither;
        // What is left of an excess or a deficit makes it a root of the other tree.
        match found.spare {
            0 => {}
            1.. => {
                self.make_root(node, Tree::Source);
                self.activate(node);
            }
            _ => {
                self.make_root(node, Tree::Sink);
                self.activate(node);
            }
        }
    }

    fn make_root(&mut self, node: u32, tree: Tree) {
        let now = self.now;
        let root = &mut self.nodes[node as usize];
        root.tree = tree;
        root.parent = TERMINAL;
        (root.seen, root.distance) = (now, 1);
    }
}
