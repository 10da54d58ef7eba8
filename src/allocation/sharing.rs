//! Cuts shared among fields: in equal shares of plan, or by entitlement.
//!
//! A least-cost flow settles how much is delivered in each class, what is stored and what each
//! class of fields produces together. Arcs whose reduced cost says nothing about those levels may
//! carry more or less without touching them: over these arcs lies every flow that is as good. What
//! the fields of a class can produce in such flows are the bases of a polymatroid, and the fairest
//! of them (the least share of plan as high as can be, then the next) is found by decomposition:
//! divide the total in proportion; if the network cannot carry that, the fields on the near side
//! of the least cut have all they can get together, and the two sides are divided each for itself
//! (Fujishige 1980; Groenevelt 1991).

use crate::network::{Claims, NO_ARC, Problem};

use super::tableau::Engine;

/// Work space for sharing cuts among fields.
#[derive(Clone)]
pub(super) struct Sharing {
    claims: Claims,
    /// Fields of each class that has two at least.
    classes: Vec<Vec<usize>>,
    /// Where each arc leaves and enters; outside is a node like others, the last.
    ends: Vec<[usize; 2]>,
    /// Arcs at each node, but for those by which fields' oil enters.
    around: Vec<Vec<u32>>,
    /// Arcs that may carry more or less.
    free: Vec<bool>,
    /// Those who share, in parts that are divided each for itself.
    sharers: Vec<Sharer>,
    /// Parts that are still to be divided: first sharer, one past the last.
    parts: Vec<(usize, usize)>,
    /// How each node was reached: not, as the start of a sharer, or over an arc.
    reached: Vec<Step>,
    queue: Vec<usize>,
    /// Arcs of fields, and what they are to carry.
    decided: Vec<(usize, i64)>,
}

/// A field that gets more or less.
#[derive(Clone, Copy)]
struct Sharer {
    field: usize,
    arc: usize,
    /// Where its oil enters.
    node: usize,
    /// What it has for certain.
    low: i64,
    /// The most it can get beyond that.
    most: i64,
    /// Its share goes by this.
    weight: i64,
    /// What it gets beyond `low` if the network can carry it.
    target: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Not,
    Start(u32),
    Over(u32),
}

impl Sharing {
    /// For a problem; none if cost alone decides.
    pub(super) fn new(problem: &Problem) -> Option<Self> {
        let claims = &problem.claims;
        if claims.fields.is_empty() {
            return None;
        }
        let mut is_claim = vec![false; problem.arcs.len()];
        for claim in claims.fields.iter().filter(|claim| claim.arc != NO_ARC) {
            is_claim[claim.arc] = true;
        }
        let outside = problem.nodes;
        let node = |end: Option<usize>| end.unwrap_or(outside);
        let ends: Vec<[usize; 2]> = problem
            .arcs
            .iter()
            .map(|arc| [node(arc.tail), node(arc.head)])
            .collect();
        let mut around = vec![Vec::new(); outside + 1];
        for (arc, &[tail, head]) in ends.iter().enumerate() {
            if !is_claim[arc] && tail != head {
                around[tail].push(arc as u32);
                around[head].push(arc as u32);
            }
        }
        Some(Self {
            claims: claims.clone(),
            classes: claims.classes(),
            free: vec![false; ends.len()],
            sharers: Vec::with_capacity(claims.fields.len()),
            parts: Vec::with_capacity(claims.fields.len()),
            reached: vec![Step::Not; outside + 1],
            queue: Vec::with_capacity(outside + 1),
            decided: Vec::with_capacity(claims.fields.len()),
            ends,
            around,
        })
    }

    /// How many numbers besides capacities an answer depends on.
    pub(super) fn claims(problem: &Problem) -> usize {
        let fields = problem.claims.fields.len();
        if problem.claims.by_entitlement {
            2 * fields
        } else {
            fields
        }
    }

    /// How many fields the model has.
    pub(super) fn fields(&self) -> usize {
        self.claims.fields.len()
    }

    /// Makes the production of the least-cost flow that `engine` has found as fair as it can be.
    /// `capacity` holds those of the arcs, then plans, then entitlements if they count.
    ///
    /// Returns arcs of fields with what they are to carry; none if nothing need change.
    pub(super) fn divide(
        &mut self,
        engine: &dyn Engine,
        capacity: &[u32],
        flows: &mut [i64],
    ) -> &[(usize, i64)] {
        self.decided.clear();
        if !self.may_share(capacity, flows) {
            return &self.decided;
        }
        engine.find_free(self.claims.settled, &mut self.free);
        let mut is_fair = true;
        for class in 0..self.classes.len() {
            self.gather(class, capacity, flows);
            let before = self.decided.len();
            let sharers = self.sharers.iter();
            self.decided
                .extend(sharers.map(|sharer| (sharer.arc, flows[sharer.arc])));
            // If all or none can have what it could, there is nothing to share.
            let is_cut = self
                .sharers
                .iter()
                .any(|sharer| flows[sharer.arc] < sharer.most);
            let has_some = self.sharers.iter().any(|sharer| flows[sharer.arc] > 0);
            if self.sharers.len() > 1 && is_cut && has_some {
                if self.claims.by_entitlement {
                    self.entitle(capacity, flows);
                } else {
                    self.share(capacity, flows);
                }
            }
            for decided in &mut self.decided[before..] {
                is_fair &= decided.1 == flows[decided.0];
                decided.1 = flows[decided.0];
            }
        }
        if is_fair {
            self.decided.clear();
        }
        &self.decided
    }

    /// Whether fields of some class are cut while some of it produce: else there is nothing to share.
    fn may_share(&self, capacity: &[u32], flows: &[i64]) -> bool {
        self.classes.iter().any(|class| {
            let arcs = || class.iter().map(|&field| self.claims.fields[field].arc);
            arcs().any(|arc| flows[arc] < i64::from(capacity[arc]))
                && arcs().any(|arc| flows[arc] > 0)
        })
    }

    /// Lists the fields of a class whose production is not settled yet, with their plans.
    fn gather(&mut self, class: usize, capacity: &[u32], flows: &[i64]) {
        self.sharers.clear();
        for &field in &self.classes[class] {
            let arc = self.claims.fields[field].arc;
            let most = i64::from(capacity[arc]);
            if self.free[arc] && most > 0 {
                self.sharers.push(Sharer {
                    field,
                    arc,
                    node: self.ends[arc][1],
                    low: 0,
                    most,
                    weight: i64::from(capacity[flows.len() + field]),
                    target: 0,
                });
            }
        }
    }

    /// To each what it is entitled to, as far as it plans it; then what is left, in proportion to
    /// what is planned beyond that.
    fn entitle(&mut self, capacity: &[u32], flows: &mut [i64]) {
        let plans = flows.len();
        let entitlements = plans + self.claims.fields.len();
        for sharer in &mut self.sharers {
            let entitled = i64::from(capacity[entitlements + sharer.field]);
            sharer.most = sharer.most.min(sharer.weight).min(entitled);
            sharer.weight = entitled;
            sharer.target = sharer.most;
        }
        // As much under entitlement as can be.
        self.meet(0, self.sharers.len(), capacity, flows);
        self.share(capacity, flows);
        for sharer in &mut self.sharers {
            sharer.low = sharer.got(flows).min(sharer.most);
            sharer.most = i64::from(capacity[sharer.arc]) - sharer.low;
            let plan = i64::from(capacity[plans + sharer.field]);
            sharer.weight = (plan - sharer.low).max(0);
        }
        self.share(capacity, flows);
    }

    /// Divides what the sharers get together, as fairly as the network allows.
    fn share(&mut self, capacity: &[u32], flows: &mut [i64]) {
        self.parts.clear();
        self.parts.push((0, self.sharers.len()));
        while let Some((start, end)) = self.parts.pop() {
            if end - start < 2 {
                continue;
            }
            let part = &mut self.sharers[start..end];
            let total = part.iter().map(|one| one.got(flows).min(one.most)).sum();
            aim(part, total);
            if self.meet(start, end, capacity, flows) {
                continue;
            }
            // Those that the short ones reach cannot get more together than they have.
            let reached = &self.reached;
            let part = &mut self.sharers[start..end];
            part.sort_unstable_by_key(|one| (reached[one.node] == Step::Not, one.field));
            let cut = part.partition_point(|one| reached[one.node] != Step::Not);
            if cut < part.len() {
                self.parts.push((start + cut, end));
                self.parts.push((start, start + cut));
            }
        }
    }

    /// Moves oil among sharers until none is short of its target, or those that are reach none
    /// that has more. Whether all have their targets; if not, `reached` says who is cut off.
    fn meet(&mut self, start: usize, end: usize, capacity: &[u32], flows: &mut [i64]) -> bool {
        loop {
            self.reached.fill(Step::Not);
            self.queue.clear();
            for at in start..end {
                let one = &self.sharers[at];
                if one.got(flows) < one.target && self.reached[one.node] == Step::Not {
                    self.reached[one.node] = Step::Start(at as u32);
                    self.queue.push(one.node);
                }
            }
            if self.queue.is_empty() {
                return true;
            }
            self.flood(capacity, flows);
            let has_more =
                |one: &Sharer| one.got(flows) > one.target && self.reached[one.node] != Step::Not;
            let Some(giver) = (start..end).find(|&at| has_more(&self.sharers[at])) else {
                return false;
            };
            self.transfer(giver, capacity, flows);
        }
    }

    /// Finds all nodes that oil can be moved to or taken back from, from those in the queue.
    fn flood(&mut self, capacity: &[u32], flows: &[i64]) {
        let mut next = 0;
        while let Some(&node) = self.queue.get(next) {
            next += 1;
            for &index in &self.around[node] {
                let arc = index as usize;
                let [tail, head] = self.ends[arc];
                let (to, room) = if tail == node {
                    (head, flows[arc] < i64::from(capacity[arc]))
                } else {
                    (tail, flows[arc] > 0)
                };
                if room && self.free[arc] && self.reached[to] == Step::Not {
                    self.reached[to] = Step::Over(index);
                    self.queue.push(to);
                }
            }
        }
    }

    /// Has a sharer produce less, and the one from which it was reached more, as much as can be.
    fn transfer(&mut self, giver: usize, capacity: &[u32], flows: &mut [i64]) {
        let giver = self.sharers[giver];
        let mut by = giver.got(flows) - giver.target;
        let mut node = giver.node;
        let taker = loop {
            match self.reached[node] {
                Step::Over(arc) => {
                    let arc = arc as usize;
                    let [tail, head] = self.ends[arc];
                    if head == node {
                        by = by.min(i64::from(capacity[arc]) - flows[arc]);
                        node = tail;
                    } else {
                        by = by.min(flows[arc]);
                        node = head;
                    }
                }
                Step::Start(taker) => break self.sharers[taker as usize],
                Step::Not => return,
            }
        };
        by = by.min(taker.target - taker.got(flows));
        flows[giver.arc] -= by;
        flows[taker.arc] += by;
        let mut node = giver.node;
        while let Step::Over(arc) = self.reached[node] {
            let arc = arc as usize;
            let [tail, head] = self.ends[arc];
            if head == node {
                flows[arc] += by;
                node = tail;
            } else {
                flows[arc] -= by;
                node = head;
            }
        }
    }
}

impl Sharer {
    /// What it gets beyond what it has for certain.
    fn got(&self, flows: &[i64]) -> i64 {
        flows[self.arc] - self.low
    }
}

/// Sets targets that sum to `total`: in proportion to weight, but no more than each can get.
/// Remainders go to the largest, then by id; what no one has a weight for goes by id.
fn aim(part: &mut [Sharer], total: i64) {
    let wide = i128::from;
    let mut rest = total;
    // Those that stand from here on can get more than their share.
    let mut open = 0;
    let mut weight: i128 = part.iter().map(|one| wide(one.weight)).sum();
    while weight > 0 {
        let before = open;
        let (left, sum) = (wide(rest), weight);
        for at in before..part.len() {
            let one = &mut part[at];
            if wide(one.most) * sum <= left * wide(one.weight) {
                one.target = one.most;
                rest -= one.most;
                weight -= wide(one.weight);
                part.swap(open, at);
                open += 1;
            }
        }
        if open == before {
            break;
        }
    }
    let open = &mut part[open..];
    let mut short = rest;
    if weight > 0 {
        for one in &mut *open {
            one.target = (wide(rest) * wide(one.weight) / weight) as i64;
            short -= one.target;
        }
        let remainder = |one: &Sharer| wide(rest) * wide(one.weight) % weight;
        open.sort_unstable_by_key(|one| (std::cmp::Reverse(remainder(one)), one.field));
        for one in open.iter_mut().take(short as usize) {
            one.target += 1;
        }
    } else {
        open.sort_unstable_by_key(|one| one.field);
        for one in open {
            one.target = short.min(one.most);
            short -= one.target;
        }
    }
}
