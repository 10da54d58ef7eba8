//! Grades of crude: which may go where, and whether telling them apart changes anything.
//!
//! Oil of all grades is one commodity as long as no grade meets a limit that another does not
//! (Hu 1963 on why it matters: with several commodities a maximum flow is no minimum cut). What is
//! decided here holds for a whole scenario, whatever its capacities are.

use std::collections::BTreeSet;

use crate::units::MilliUsdPerBarrel;

use super::{Market, Model, NodeRef};

/// What a field without a grade is said to produce.
pub const NO_GRADE: &str = "no grade";

/// A kind of crude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Grades of one swap are delivered in place of each other at equal value.
    pub swap: Option<String>,
}

impl Grade {
    /// What the allocation knows it as: its swap, else itself.
    #[must_use]
    pub fn commodity(&self) -> &str {
        self.swap.as_deref().unwrap_or(&self.id)
    }
}

/// Whether grades have to be told apart, and which may go where if they are.
///
/// Commodities are indices into `names`: grades, or several grades that are swapped.
#[derive(Clone, Debug, PartialEq)]
pub struct Grading {
    /// What fields produce, sorted; what has no grade comes last.
    pub names: Vec<String>,
    /// Whether all may be counted as one commodity.
    pub is_exact: bool,
    /// Why, as the end of a sentence.
    pub reason: String,
    /// Commodity of each field.
    pub field: Vec<usize>,
    /// By link: commodities that can pass with its direction, and against it.
    pub link: Vec<[Vec<bool>; 2]>,
    /// By hub: commodities that can be there.
    pub hub: Vec<Vec<bool>>,
    /// By market: commodities that can be delivered.
    pub market: Vec<Vec<bool>>,
    /// By market: price of each commodity.
    pub price: Vec<Vec<MilliUsdPerBarrel>>,
}

/// Nodes, and for each whether it is reached.
type Reached = Vec<bool>;

impl Model {
    /// How grades are told apart; `None` if nothing in the scenario speaks of them: at most one
    /// commodity, no restriction and no price by grade.
    #[must_use]
    pub fn grading(&self) -> Option<Grading> {
        let restricted = self.links.iter().any(|link| link.grades.is_some())
            || self.hubs.iter().any(|hub| hub.grades.is_some())
            || self
                .markets
                .iter()
                .any(|market| market.grades.is_some() || !market.prices.is_empty());
        let named: BTreeSet<&str> = self
            .fields
            .iter()
            .filter_map(|field| field.commodity.as_deref())
            .collect();
        let has_none = self.fields.iter().any(|field| field.commodity.is_none());
        if named.len() + usize::from(has_none) < 2 && !restricted {
            return None;
        }
        let mut names: Vec<String> = named.into_iter().map(str::to_owned).collect();
        let count = names.len() + usize::from(has_none);
        let field = self
            .fields
            .iter()
            .map(|field| match &field.commodity {
                Some(commodity) => names.binary_search(commodity).unwrap_or(0),
                None => names.len(),
            })
            .collect();
        if has_none {
            names.push(NO_GRADE.to_owned());
        }
        let price = self
            .markets
            .iter()
            .map(|market| {
                let of = |name: &String| {
                    let own = market.prices.iter().find(|(grade, _)| grade == name);
                    own.map_or(market.price, |&(_, price)| price)
                };
                names.iter().map(of).collect()
            })
            .collect();
        let mut grading = Grading {
            names,
            is_exact: true,
            reason: String::new(),
            field,
            link: vec![[vec![false; count], vec![false; count]]; self.links.len()],
            hub: vec![vec![false; count]; self.hubs.len()],
            market: vec![vec![false; count]; self.markets.len()],
            price,
        };
        for commodity in 0..count {
            grading.find_ways(self, commodity);
        }
        let problem = (0..count)
            .find_map(|commodity| grading.barrier(self, commodity))
            .or_else(|| grading.unequal_price(self));
        grading.is_exact = problem.is_none();
        grading.reason = problem.unwrap_or_else(|| {
            if restricted {
                "each may take every way that is open to any and that it can reach, at one price"
            } else {
                "no link, hub or market is closed to a grade, and no price goes by grade"
            }
            .to_owned()
        });
        Some(grading)
    }

    /// Lets each market's price be the one that all it can get are paid, where there is one such
    /// price.
    pub fn settle_prices(&mut self) {
        let Some(grading) = self.grading() else {
            return;
        };
        for (index, market) in self.markets.iter_mut().enumerate() {
            let mut paid = grading.paid(index);
            let first = paid.next();
            if let Some(price) = first.filter(|&first| paid.all(|price| price == first)) {
                market.price = price;
            }
        }
    }

    /// Whether any market pays for what it gets.
    #[must_use]
    pub fn is_priced(&self) -> bool {
        let paid =
            |market: &Market| market.price.0 > 0 || market.prices.iter().any(|price| price.1.0 > 0);
        self.markets.iter().any(paid)
    }

    fn node_number(&self, node: NodeRef) -> usize {
        match node {
            NodeRef::Field(index) => index,
            NodeRef::Hub(index) => self.fields.len() + index,
            NodeRef::Market(index) => self.fields.len() + self.hubs.len() + index,
        }
    }

    /// Directions of all links as (link, against its direction, from, to).
    fn passages(&self) -> impl Iterator<Item = (usize, bool, usize, usize)> {
        self.links.iter().enumerate().flat_map(|(index, link)| {
            let (from, to) = (self.node_number(link.from), self.node_number(link.to));
            let back = link.both_ways.then_some((index, true, to, from));
            [Some((index, false, from, to)), back].into_iter().flatten()
        })
    }

    fn node_count(&self) -> usize {
        self.fields.len() + self.hubs.len() + self.markets.len()
    }
}

/// Whether a list of commodities, absent for all, has one.
fn accepts(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|listed| listed == name))
}

/// Nodes that can be reached from `starts` along the passages.
fn reach(mut reached: Reached, passages: &[(usize, usize)]) -> Reached {
    let mut next = vec![Vec::new(); reached.len()];
    for &(from, to) in passages {
        next[from].push(to);
    }
    let mut todo: Vec<usize> = (0..reached.len()).filter(|&node| reached[node]).collect();
    while let Some(node) = todo.pop() {
        for &to in &next[node] {
            if !reached[to] {
                reached[to] = true;
                todo.push(to);
            }
        }
    }
    reached
}

impl Grading {
    /// Whether some field can get its oil to a market or into a tank.
    #[must_use]
    pub fn reaches_market(&self, commodity: usize) -> bool {
        self.market.iter().any(|market| market[commodity])
    }

    /// What a market pays for each of the commodities that it can get.
    fn paid(&self, market: usize) -> impl Iterator<Item = MilliUsdPerBarrel> + '_ {
        let prices = self.price[market].iter().zip(&self.market[market]);
        prices
            .filter(|(_, is_sold)| **is_sold)
            .map(|(&price, _)| price)
    }

    /// Whether a market pays differently for commodities that it can get.
    #[must_use]
    pub fn pays_by_grade(&self, market: usize) -> bool {
        let mut paid = self.paid(market);
        let first = paid.next();
        paid.any(|price| Some(price) != first)
    }

    /// Whether some commodity can pass a link, with its direction or against it.
    #[must_use]
    pub fn is_open(&self, link: usize, backward: bool) -> bool {
        self.link[link][usize::from(backward)].contains(&true)
    }

    /// Finds where a commodity can be of use: reached from its fields, and on the way to a market
    /// or a tank, through nothing that is closed to it.
    fn find_ways(&mut self, model: &Model, commodity: usize) {
        let name = self.names[commodity].clone();
        let fields = model.fields.len();
        let hub_open = |node: usize| {
            let hub = node
                .checked_sub(fields)
                .filter(|&hub| hub < model.hubs.len());
            hub.is_none_or(|hub| accepts(model.hubs[hub].grades.as_ref(), &name))
        };
        let open: Vec<(usize, bool, usize, usize)> = model
            .passages()
            .filter(|&(link, _, from, to)| {
                accepts(model.links[link].grades.as_ref(), &name) && hub_open(from) && hub_open(to)
            })
            .collect();
        let ends: Vec<(usize, usize)> = open.iter().map(|&(_, _, from, to)| (from, to)).collect();
        let back: Vec<(usize, usize)> = ends.iter().map(|&(from, to)| (to, from)).collect();
        let starts = (0..model.node_count())
            .map(|node| node < fields && self.field[node] == commodity)
            .collect();
        let fed = reach(starts, &ends);
        let outlets = (0..model.node_count())
            .map(|node| match node.checked_sub(fields) {
                None => false,
                Some(hub) if hub < model.hubs.len() => {
                    model.hubs[hub].tank.is_some() && hub_open(node)
                }
                Some(other) => {
                    let market = &model.markets[other - model.hubs.len()];
                    accepts(market.grades.as_ref(), &name)
                }
            })
            .collect();
        let drained = reach(outlets, &back);
        for (link, backward, from, to) in open {
            self.link[link][usize::from(backward)][commodity] = fed[from] && drained[to];
        }
        for (hub, spec) in model.hubs.iter().enumerate() {
            let is_open = accepts(spec.grades.as_ref(), &name);
            self.hub[hub][commodity] = is_open && fed[fields + hub];
        }
        for (market, spec) in model.markets.iter().enumerate() {
            let is_open = accepts(spec.grades.as_ref(), &name);
            let node = fields + model.hubs.len() + market;
            self.market[market][commodity] = is_open && fed[node];
        }
    }

    /// The first thing that is closed to a commodity which can physically reach it, over what is
    /// open to any.
    fn barrier(&self, model: &Model, commodity: usize) -> Option<String> {
        let open: Vec<_> = model
            .passages()
            .filter(|&(link, backward, ..)| self.is_open(link, backward))
            .collect();
        let ends: Vec<(usize, usize)> = open.iter().map(|&(_, _, from, to)| (from, to)).collect();
        let fields = model.fields.len();
        let starts = (0..model.node_count())
            .map(|node| node < fields && self.field[node] == commodity)
            .collect();
        let reached = reach(starts, &ends);
        let name = &self.names[commodity];
        for (link, backward, from, _) in open {
            if reached[from] && !self.link[link][usize::from(backward)][commodity] {
                let id = &model.links[link].id;
                return Some(format!(
                    "`{name}` cannot use link `{id}`, to which its oil could flow"
                ));
            }
        }
        let closed = |kind: &str, id: &str| {
            Some(format!(
                "{kind} `{id}` is closed to `{name}`, which could flow there"
            ))
        };
        for (hub, spec) in model.hubs.iter().enumerate() {
            let used = spec.tank.is_some() && self.hub[hub].contains(&true);
            if used && reached[fields + hub] && !self.hub[hub][commodity] {
                return closed("hub", &spec.id);
            }
        }
        for (market, spec) in model.markets.iter().enumerate() {
            let node = fields + model.hubs.len() + market;
            let used = self.market[market].contains(&true);
            if used && reached[node] && !self.market[market][commodity] {
                return closed("market", &spec.id);
            }
        }
        None
    }

    /// A market that pays differently for what it can get.
    pub(crate) fn unequal_price(&self, model: &Model) -> Option<String> {
        model
            .markets
            .iter()
            .enumerate()
            .find_map(|(index, market)| {
                let mut paid =
                    (0..self.names.len()).filter(|&commodity| self.market[index][commodity]);
                let first = paid.next()?;
                let other =
                    paid.find(|&other| self.price[index][other] != self.price[index][first])?;
                Some(format!(
                    "market `{}` does not pay the same for `{}` and `{}`",
                    market.id, self.names[first], self.names[other]
                ))
            })
    }
}
