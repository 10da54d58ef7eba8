//! Small random worlds: networks, hazards and tanks, as data that can be changed and written out.
#![expect(
    clippy::format_push_string,
    reason = "scenario text is put together from parts that read as they stand"
)]

use std::fmt::Write as _;

use keruen::model::Model;
use proptest::prelude::*;

use crate::worlds::{head, model};

/// A node of a random world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Field(usize),
    Hub(usize),
    Market(usize),
}

/// Where oil is sold.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) demand: Option<u32>,
    /// At most the demand.
    pub(crate) commitment: Option<u32>,
    pub(crate) priority: u8,
}

/// A link; rates in kb/d.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) from: Node,
    pub(crate) to: Node,
    pub(crate) capacity: u32,
    pub(crate) nomination: Option<u32>,
    /// Between hubs only.
    pub(crate) both_ways: bool,
}

/// A hazard on a field, a hub or a link.
#[derive(Clone, Debug)]
pub(crate) struct Hazard {
    /// Field, hub or link by a number that is taken modulo how many there are.
    pub(crate) target: (u8, usize),
    pub(crate) up_days: u32,
    pub(crate) down_days: u32,
    /// Quarters left, so that what is left of whole kb/d is whole.
    pub(crate) quarters_left: u32,
    pub(crate) poisson: bool,
}

/// A random world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) days: u32,
    pub(crate) plans: Vec<u32>,
    /// Size of each hub's tank, kb; 0 for none.
    pub(crate) tanks: Vec<u32>,
    /// Tanks begin empty, not half full.
    pub(crate) tanks_begin_empty: bool,
    pub(crate) markets: Vec<Market>,
    pub(crate) links: Vec<Link>,
    pub(crate) hazards: Vec<Hazard>,
    /// Multiplies all volumes.
    pub(crate) scale: u32,
    /// What is put before the id of everything that no hazard names.
    pub(crate) prefix: &'static str,
    /// Whether tables are written from last to first.
    pub(crate) is_backward: bool,
    /// More text.
    pub(crate) more: String,
}

impl World {
    fn id(&self, kind: u8, index: usize) -> String {
        let named = self
            .hazards
            .iter()
            .any(|hazard| self.hit(hazard) == (kind, index));
        let letter = ["f", "h", "l", "m"][kind as usize];
        let prefix = if named { "" } else { self.prefix };
        format!("{prefix}{letter}{index}")
    }

    /// Kind and number of what a hazard hits.
    pub(crate) fn hit(&self, hazard: &Hazard) -> (u8, usize) {
        let (kind, index) = hazard.target;
        match kind % 3 {
            0 => (0, index % self.plans.len()),
            1 if !self.tanks.is_empty() => (1, index % self.tanks.len()),
            _ => (2, index % self.links.len()),
        }
    }

    /// Id of a node.
    pub(crate) fn node(&self, node: Node) -> String {
        match node {
            Node::Field(index) => self.id(0, index),
            Node::Hub(index) => self.id(1, index),
            Node::Market(index) => self.id(3, index),
        }
    }

    /// Id of a link.
    pub(crate) fn link(&self, index: usize) -> String {
        self.id(2, index)
    }

    /// The scenario as text.
    pub(crate) fn text(&self) -> String {
        let rate = |kbd: u32| format!("\"{} kb/d\"", kbd * self.scale);
        let mut tables = Vec::new();
        for (index, &plan) in self.plans.iter().enumerate() {
            tables.push(format!(
                "[field.{}]\nplan = {}\n",
                self.id(0, index),
                rate(plan)
            ));
        }
        for (index, &tank) in self.tanks.iter().enumerate() {
            let mut table = format!("[hub.{}]\n", self.id(1, index));
            if tank > 0 {
                let size = tank * self.scale;
                let initial = if self.tanks_begin_empty { 0.0 } else { 0.5 };
                writeln!(
                    table,
                    "tank = {{ capacity = \"{size} kb\", initial = {initial:?}, target = 0.0 }}"
                )
                .expect("a string takes all that is written to it");
            }
            tables.push(table);
        }
        for (index, market) in self.markets.iter().enumerate() {
            let mut table = format!(
                "[market.{}]\npriority = {}\n",
                self.id(3, index),
                market.priority
            );
            if let Some(demand) = market.demand {
                table += &format!("demand = {}\n", rate(demand));
            }
            if let Some(commitment) = market.commitment {
                table += &format!("commitment = {}\n", rate(commitment));
            }
            tables.push(table);
        }
        for (index, link) in self.links.iter().enumerate() {
            let mut table = format!(
                "[link.{}]\nfrom = \"{}\"\nto = \"{}\"\ncapacity = {}\n",
                self.link(index),
                self.node(link.from),
                self.node(link.to),
                rate(link.capacity),
            );
            // No two sums of different tariffs are equal, so the cheapest flow is the only one.
            table += &format!("tariff = \"{} USD/bbl\"\n", f64::from(1 << index) / 1_000.0);
            if let Some(nomination) = link.nomination {
                table += &format!("nomination = {}\n", rate(nomination));
            }
            if link.both_ways {
                table += "both_ways = true\n";
            }
            tables.push(table);
        }
        for (index, hazard) in self.hazards.iter().enumerate() {
            let (kind, target) = self.hit(hazard);
            let place = format!(
                "{}.{}",
                ["field", "hub", "link"][kind as usize],
                self.id(kind, target)
            );
            let occurs = if hazard.poisson {
                format!(
                    "{{ poisson = {{ rate = \"{:?} /d\" }} }}",
                    1.0 / f64::from(hazard.up_days)
                )
            } else {
                format!(
                    "{{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}",
                    hazard.up_days
                )
            };
            tables.push(format!(
                "[hazard.z{index}]\nhits = [\"{place}\"]\noccurs = {occurs}\nleft = {:?}\n\
                 duration = {{ gamma = {{ mean = \"{} d\", shape = 2.0 }} }}\n",
                f64::from(hazard.quarters_left) / 4.0,
                hazard.down_days,
            ));
        }
        if self.is_backward {
            tables.reverse();
        }
        let head = head(&format!("{} d", self.days));
        format!("{head}{}{}", tables.concat(), self.more)
    }

    /// The scenario, read.
    pub(crate) fn model(&self) -> Model {
        model(&self.text())
    }
}

fn hazards(most: usize) -> impl Strategy<Value = Vec<Hazard>> {
    let hazard = (
        (0..3_u8, 0..16_usize),
        8..60_u32,
        1..12_u32,
        0..4_u32,
        any::<bool>(),
    );
    let hazard = hazard.prop_map(
        |(target, up_days, down_days, quarters_left, poisson)| Hazard {
            target,
            up_days,
            down_days,
            quarters_left,
            poisson,
        },
    );
    prop::collection::vec(hazard, 0..=most)
}

/// Networks of at most `most` links beyond those that let every field reach a market.
pub(crate) fn networks(most: usize) -> impl Strategy<Value = World> {
    let sizes = (1..=3_usize, 0..=3_usize, 1..=3_usize);
    sizes.prop_flat_map(move |(fields, hubs, markets)| {
        let ends = (
            0..16_usize,
            0..16_usize,
            0..24_u32,
            prop::option::weighted(0.3, 0..12_u32),
            prop::bool::weighted(0.3),
        );
        let commitment = prop::option::weighted(0.3, 0..10_u32);
        let market = (prop::option::weighted(0.6, 0..20_u32), commitment, 1..=3_u8);
        (
            prop::collection::vec(1..20_u32, fields),
            prop::collection::vec(market, markets),
            prop::collection::vec(ends.clone(), fields + hubs + markets),
            prop::collection::vec(ends, 0..=most),
            hazards(4),
        )
            .prop_map(move |(plans, markets, needed, extra, hazards)| {
                let link = |from: Node, end: usize, capacity, nomination, both_ways: bool| {
                    // Onward only: from a field to anywhere, from a hub to a later one.
                    let first = if let Node::Hub(hub) = from {
                        hub + 1
                    } else {
                        0
                    };
                    let choices = hubs - first + markets.len();
                    let to = first + end % choices;
                    let to = if to < hubs {
                        Node::Hub(to)
                    } else {
                        Node::Market(to - hubs)
                    };
                    let both_ways = both_ways && matches!((from, to), (Node::Hub(_), Node::Hub(_)));
                    Link {
                        from,
                        to,
                        capacity,
                        nomination,
                        both_ways,
                    }
                };
                let start = |number: usize| {
                    let number = number % (fields + hubs);
                    if number < fields {
                        Node::Field(number)
                    } else {
                        Node::Hub(number - fields)
                    }
                };
                let mut links = Vec::new();
                for (number, &(_, end, capacity, nomination, both_ways)) in
                    needed.iter().enumerate()
                {
                    if number < fields + hubs {
                        links.push(link(start(number), end, capacity, nomination, both_ways));
                    } else {
                        let market = Node::Market(number - fields - hubs);
                        let from = Node::Field(end % fields);
                        links.push(Link {
                            from,
                            to: market,
                            capacity,
                            nomination,
                            both_ways: false,
                        });
                    }
                }
                for &(from, end, capacity, nomination, both_ways) in &extra {
                    links.push(link(start(from), end, capacity, nomination, both_ways));
                }
                World {
                    days: 120,
                    plans,
                    tanks: vec![0; hubs],
                    tanks_begin_empty: false,
                    markets: markets
                        .iter()
                        .map(|&(demand, commitment, priority)| Market {
                            demand,
                            commitment: commitment.map(|most| most.min(demand.unwrap_or(most))),
                            priority,
                        })
                        .collect(),
                    links,
                    hazards,
                    scale: 1,
                    prefix: "",
                    is_backward: false,
                    more: String::new(),
                }
            })
    })
}

/// A field, hubs with tanks in a row, a market.
pub(crate) fn chains() -> impl Strategy<Value = World> {
    let hubs = prop::collection::vec((0..40_u32, 2..24_u32), 1..=3);
    (1..20_u32, hubs, 2..24_u32, hazards(4)).prop_map(|(plan, hubs, last, hazards)| {
        let node = |index: usize| {
            if index == 0 {
                Node::Field(0)
            } else {
                Node::Hub(index - 1)
            }
        };
        let mut links: Vec<Link> = hubs
            .iter()
            .enumerate()
            .map(|(index, &(_, capacity))| Link {
                from: node(index),
                to: Node::Hub(index),
                capacity,
                nomination: None,
                both_ways: false,
            })
            .collect();
        links.push(Link {
            from: node(hubs.len()),
            to: Node::Market(0),
            capacity: last,
            nomination: None,
            both_ways: false,
        });
        World {
            days: 120,
            plans: vec![plan],
            tanks: hubs.iter().map(|&(tank, _)| tank).collect(),
            tanks_begin_empty: false,
            markets: vec![Market {
                demand: None,
                commitment: None,
                priority: 1,
            }],
            links,
            hazards,
            scale: 1,
            prefix: "",
            is_backward: false,
            more: String::new(),
        }
    })
}

/// Networks with tanks at some of their hubs.
pub(crate) fn networks_with_tanks(most: usize) -> impl Strategy<Value = World> {
    let sizes = prop::collection::vec(prop::option::weighted(0.7, 1..60_u32), 3);
    (networks(most), sizes, any::<bool>()).prop_map(|(mut world, sizes, tanks_begin_empty)| {
        for (tank, size) in world.tanks.iter_mut().zip(sizes) {
            *tank = size.unwrap_or(0);
        }
        World {
            tanks_begin_empty,
            ..world
        }
    })
}
