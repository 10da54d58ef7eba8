//! From the model to arcs.

use super::costs::{Costs, Count, tie_weight};
use super::several::{self, Several};
use super::{Claims, Problem};
use crate::model::{Element, Hazard, Model, NodeRef};
use crate::units::MilliUsdPerBarrel;

/// What stands for "no limit": more than any rate a scenario may state.
pub const UNLIMITED: i64 = 4_000_000_000;

/// What an arc stands for. Numbers are indices into the model's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArcRole {
    /// Oil enters at a field.
    Source(usize),
    /// Oil moves along a link.
    Link {
        /// Which.
        link: usize,
        /// The part of its capacity up to the nomination.
        nominated: bool,
        /// Against the link's direction.
        backward: bool,
    },
    /// Oil passes a hub that can limit it.
    Through(usize),
    /// Oil goes into a tank.
    Fill(usize),
    /// Oil comes out of a tank.
    Draw(usize),
    /// Oil is delivered.
    Sell {
        /// To which market.
        market: usize,
        /// The part of its demand under commitment.
        committed: bool,
    },
    /// Oil of one grade comes to a market that pays for it by grade.
    Grade(usize),
    /// What a tank gains or loses of one grade. Nothing flows here: it leads from outside to outside, and says what
    /// flows on the tank's own arcs.
    Part {
        /// Which of the network's [parts](Network::parts).
        part: usize,
        /// What is lost.
        drawn: bool,
    },
}

/// An arc of the network. An end that is `None` lies outside: where oil comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowArc {
    /// What it stands for.
    pub role: ArcRole,
    /// Node it leaves.
    pub tail: Option<usize>,
    /// Node it enters.
    pub head: Option<usize>,
}

/// The arcs of one tank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TankArcs {
    /// Index of its hub.
    pub hub: usize,
    /// Arc into it.
    pub fill: usize,
    /// Arc out of it.
    pub draw: usize,
    /// 1 for a tank with no tank upstream, one more for each tank passed on the way to it.
    pub rank: u32,
    /// Fields whose oil can reach it without passing another tank.
    pub feeders: Vec<usize>,
    /// Points that this oil passes on its way, those before which it passes no other first, its hub last: at each the
    /// arcs by which it comes, and the place in this list of the point where the arc begins; none for that of a field.
    pub ways: Vec<Vec<(usize, Option<usize>)>>,
}

/// The oil of one commodity at a market that pays for it by grade: before it is sold it passes an arc of its own, so
/// that it is known what it earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Which market.
    pub market: usize,
    /// Which commodity, as [`crate::model::Grading`] counts them.
    pub commodity: usize,
    /// What it is paid above the market's price; less than 0 if it is paid less.
    pub premium: MilliUsdPerBarrel,
    /// Its arc.
    pub arc: usize,
}

/// What a tank that several grades told apart can be in holds of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which tank.
    pub tank: usize,
    /// Which commodity, as [`crate::model::Grading`] counts them.
    pub commodity: usize,
    /// Arc that says what it gains.
    pub gained: usize,
    /// Arc that says what it loses; without a capacity while there is nothing of it.
    pub drawn: usize,
}

/// The network of a model: arcs with dense indices, and the reduced problem over them.
#[derive(Clone, Debug)]
pub struct Network {
    /// Number of nodes.
    pub nodes: usize,
    /// All arcs: sources, links, hubs, tanks, markets, lots, parts, each kind in order of id.
    pub arcs: Vec<FlowArc>,
    /// Source arc of each field.
    pub source_of: Vec<usize>,
    /// Arcs of each link: nominated part, the rest, backward.
    pub link_arcs: Vec<[Option<usize>; 3]>,
    /// Arc through each hub that can limit what passes.
    pub through_of: Vec<Option<usize>>,
    /// Arcs to each market: under commitment, the rest.
    pub sell_arcs: Vec<[Option<usize>; 2]>,
    /// The tanks, in order of hub id.
    pub tanks: Vec<TankArcs>,
    /// What comes by grade to markets that pay by grade, in order of market id.
    pub lots: Vec<Lot>,
    /// What tanks hold by grade where several told apart can be in them, tank by tank.
    pub parts: Vec<Part>,
    /// What has to be solved.
    pub problem: Problem,
}

impl Network {
    /// Compiles a model under its own hazards.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self::under(model, &model.hazards)
    }

    /// Compiles a model under these hazards: a hub can be limited if it has a capacity or one of
    /// them hits it.
    #[must_use]
    pub fn under(model: &Model, hazards: &[Hazard]) -> Self {
        let mut network = Arcs::of(model, hazards).network;
        let costs = Costs::of(model, &network);
        network.problem = network.reduced(model, &costs, false);
        network
    }

    /// The problem over the same arcs with another tie-break than that of [`Network::under`].
    #[must_use]
    pub fn with_tie(&self, model: &Model, tie: &dyn Fn(&FlowArc) -> i128) -> Problem {
        self.reduced(
            model,
            &Costs::with_tie(model, self, Count::Rules, tie),
            false,
        )
    }

    /// The problem with grades told apart even if counting them as one is exact, so that the two
    /// can be compared.
    #[must_use]
    pub fn told_apart(&self, model: &Model) -> Problem {
        self.reduced(model, &Costs::of(model, self), true)
    }

    fn reduced(&self, model: &Model, costs: &Costs, tells_apart: bool) -> Problem {
        let Some(grading) = model.grading() else {
            let mut problem = Problem::presolve(self.nodes, &self.arcs, costs, &|_| true);
            problem.claims = Claims::of(model, &problem, &self.source_of, costs);
            return problem;
        };
        let allowed = several::allowed(self, &grading);
        let is_open = |arc: usize| allowed[arc].contains(&true);
        let mut problem = Problem::presolve(self.nodes, &self.arcs, costs, &is_open);
        if tells_apart || !grading.is_exact {
            let commodities = grading.names.len();
            problem.several = Some(Several::new(
                model,
                self,
                commodities,
                &allowed,
                &problem,
                costs,
            ));
            // What one grade does in one direction and another in the other is no circle.
            problem.circles.clear();
        }
        problem.claims = Claims::of(model, &problem, &self.source_of, costs);
        problem
    }

    /// What a barrel on an arc earns: what the market pays and its quality earns on top, less tariff, freight and
    /// war risk.
    #[must_use]
    pub fn worth(&self, model: &Model, arc: usize) -> MilliUsdPerBarrel {
        match self.arcs[arc].role {
            ArcRole::Source(field) => model.fields[field].quality,
            ArcRole::Link { link, .. } => MilliUsdPerBarrel(-model.links[link].cost().0),
            ArcRole::Sell { market, .. } => model.markets[market].price,
            ArcRole::Grade(lot) => self.lots[lot].premium,
            ArcRole::Through(_) | ArcRole::Fill(_) | ArcRole::Draw(_) | ArcRole::Part { .. } => {
                MilliUsdPerBarrel::default()
            }
        }
    }

    /// The most that a market pays for a barrel, of the grade that it pays best.
    #[must_use]
    pub fn best_price(&self, model: &Model, market: usize) -> MilliUsdPerBarrel {
        let lots = self.lots.iter().filter(|lot| lot.market == market);
        let best = lots.map(|lot| lot.premium).max();
        model.markets[market].price + best.unwrap_or_default()
    }

    /// The tank of a hub, if it has one.
    #[must_use]
    pub fn tank_of_hub(&self, hub: usize) -> Option<usize> {
        self.tanks.iter().position(|tank| tank.hub == hub)
    }
}

/// The arcs while they are being laid out.
struct Arcs {
    network: Network,
}

impl Arcs {
    fn of(model: &Model, hazards: &[Hazard]) -> Self {
        let fields = model.fields.len();
        let hubs = model.hubs.len();
        let markets = model.markets.len();
        let can_limit = can_limit(model, hazards);
        // Nodes: fields, hubs (what comes in), markets, then what leaves the hubs that can limit, then what is sold
        // where grades are paid differently.
        let mut nodes = fields + hubs + markets;
        let out_node: Vec<usize> = (0..hubs)
            .map(|hub| {
                if can_limit[hub] {
                    nodes += 1;
                    nodes - 1
                } else {
                    fields + hub
                }
            })
            .collect();
        let enter = |node: NodeRef| match node {
            NodeRef::Field(field) => field,
            NodeRef::Hub(hub) => fields + hub,
            NodeRef::Market(market) => fields + hubs + market,
        };
        let leave = |node: NodeRef| match node {
            NodeRef::Hub(hub) => out_node[hub],
            other => enter(other),
        };
        let graded = by_grade(model);
        let sold_at: Vec<usize> = (graded.iter().enumerate())
            .map(|(market, premiums)| {
                if premiums.is_empty() {
                    enter(NodeRef::Market(market))
                } else {
                    nodes += 1;
                    nodes - 1
                }
            })
            .collect();

        let mut arcs: Vec<FlowArc> = Vec::new();
        let mut push = |role, tail, head| {
            arcs.push(FlowArc { role, tail, head });
            arcs.len() - 1
        };
        let source_of = (0..fields)
            .map(|field| push(ArcRole::Source(field), None, Some(field)))
            .collect();
        let link_arcs = model
            .links
            .iter()
            .enumerate()
            .map(|(index, link)| {
                let mut arc = |nominated, backward| {
                    let (from, to) = if backward {
                        (link.to, link.from)
                    } else {
                        (link.from, link.to)
                    };
                    let role = ArcRole::Link {
                        link: index,
                        nominated,
                        backward,
                    };
                    push(role, Some(leave(from)), Some(enter(to)))
                };
                let nominated = link.nomination.is_some().then(|| arc(true, false));
                let rest = Some(arc(false, false));
                let back = link.both_ways.then(|| arc(false, true));
                [nominated, rest, back]
            })
            .collect();
        let through_of = (0..hubs)
            .map(|hub| {
                can_limit[hub].then(|| {
                    push(
                        ArcRole::Through(hub),
                        Some(fields + hub),
                        Some(out_node[hub]),
                    )
                })
            })
            .collect();
        let mut tanks = Vec::new();
        for (hub, _) in model
            .hubs
            .iter()
            .enumerate()
            .filter(|(_, hub)| hub.tank.is_some())
        {
            let tank = tanks.len();
            tanks.push(TankArcs {
                hub,
                fill: push(ArcRole::Fill(tank), Some(fields + hub), None),
                draw: push(ArcRole::Draw(tank), None, Some(fields + hub)),
                rank: 1,
                feeders: Vec::new(),
                ways: Vec::new(),
            });
        }
        let sell_arcs = model
            .markets
            .iter()
            .enumerate()
            .map(|(market, sells)| {
                let mut arc = |committed| {
                    push(
                        ArcRole::Sell { market, committed },
                        Some(sold_at[market]),
                        None,
                    )
                };
                let committed = sells.commitment.is_some().then(|| arc(true));
                [committed, Some(arc(false))]
            })
            .collect();
        let mut lots = Vec::new();
        for (market, premiums) in graded.into_iter().enumerate() {
            for (commodity, premium) in premiums {
                let (tail, head) = (enter(NodeRef::Market(market)), sold_at[market]);
                let arc = push(ArcRole::Grade(lots.len()), Some(tail), Some(head));
                lots.push(Lot {
                    market,
                    commodity,
                    premium,
                    arc,
                });
            }
        }
        let mut parts = Vec::new();
        for (tank, commodity) in by_tank(model, &tanks) {
            let mut arc = |drawn| {
                let part = parts.len();
                push(ArcRole::Part { part, drawn }, None, None)
            };
            let (gained, drawn) = (arc(false), arc(true));
            parts.push(Part {
                tank,
                commodity,
                gained,
                drawn,
            });
        }

        let mut network = Network {
            nodes,
            arcs,
            source_of,
            link_arcs,
            through_of,
            sell_arcs,
            tanks,
            lots,
            parts,
            problem: Problem::default(),
        };
        place_tanks(model, &mut network);
        Self { network }
    }
}

/// Of each market that pays by grade, what it can get and pays for each above its price; nothing of the others.
fn by_grade(model: &Model) -> Vec<Vec<(usize, MilliUsdPerBarrel)>> {
    let grading = model.grading();
    let of_market = |market: usize| {
        let grading = grading.as_ref()?;
        let usual = model.markets[market].price;
        grading.pays_by_grade(market).then(|| {
            let sold =
                (0..grading.names.len()).filter(|&commodity| grading.market[market][commodity]);
            sold.map(|commodity| (commodity, grading.price[market][commodity] - usual))
                .collect()
        })
    };
    let markets = 0..model.markets.len();
    markets
        .map(|market| of_market(market).unwrap_or_default())
        .collect()
}

/// Tanks that several grades told apart can be in, with each of them.
fn by_tank(model: &Model, tanks: &[TankArcs]) -> Vec<(usize, usize)> {
    let Some(grading) = model.grading().filter(|grading| !grading.is_exact) else {
        return Vec::new();
    };
    let held = |tank: usize| {
        let there = &grading.hub[tanks[tank].hub];
        (0..there.len()).filter(|&commodity| there[commodity])
    };
    let shared = (0..tanks.len()).filter(|&tank| held(tank).count() > 1);
    shared
        .flat_map(|tank| held(tank).map(move |commodity| (tank, commodity)))
        .collect()
}

/// Of each hub, whether something can limit what passes it: a capacity, units, or a hazard.
fn can_limit(model: &Model, hazards: &[Hazard]) -> Vec<bool> {
    let hubs = model.hubs.iter();
    let mut found: Vec<bool> = hubs
        .map(|hub| hub.capacity.is_some() || !hub.units.is_empty())
        .collect();
    let targets = hazards.iter().flat_map(|hazard| &hazard.targets);
    for part in targets.flat_map(|target| &target.parts) {
        if let Element::Hub(hub) = part.element {
            found[hub] = true;
        }
    }
    found
}

/// Ranks tanks by the tanks upstream of them, and finds the fields that feed each.
fn place_tanks(model: &Model, network: &mut Network) {
    let fields = model.fields.len();
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); network.nodes];
    for arc in &network.arcs {
        if let (Some(tail), Some(head)) = (arc.tail, arc.head) {
            onward[tail].push(head);
        }
    }
    let tank_at = |node: usize| {
        network
            .tanks
            .iter()
            .position(|tank| fields + tank.hub == node)
    };
    // What each start reaches without going on from a tank.
    let reach = |start: usize| {
        let mut seen = vec![false; network.nodes];
        let mut tanks = Vec::new();
        let mut stack = vec![start];
        seen[start] = true;
        while let Some(node) = stack.pop() {
            for &next in &onward[node] {
                if !seen[next] {
                    seen[next] = true;
                    match tank_at(next) {
                        Some(tank) => tanks.push(tank),
                        None => stack.push(next),
                    }
                }
            }
        }
        tanks
    };
    let count = network.tanks.len();
    let mut feeders = vec![Vec::new(); count];
    for field in 0..fields {
        for tank in reach(field) {
            feeders[tank].push(field);
        }
    }
    let after: Vec<Vec<usize>> = network
        .tanks
        .iter()
        .map(|tank| reach(fields + tank.hub))
        .collect();
    // Longest chains; a tank that can reach itself through others stops growing after `count`.
    let mut rank = vec![1_u32; count];
    for _ in 0..count {
        for tank in 0..count {
            for &next in &after[tank] {
                let longer = (rank[tank] + 1).min(count as u32);
                rank[next] = rank[next].max(longer);
            }
        }
    }
    for (tank, arcs) in network.tanks.iter_mut().enumerate() {
        arcs.rank = rank[tank];
        arcs.feeders = std::mem::take(&mut feeders[tank]);
    }
    let ways: Vec<_> = network
        .tanks
        .iter()
        .map(|tank| ways(network, fields, tank.hub))
        .collect();
    for (tank, ways) in network.tanks.iter_mut().zip(ways) {
        tank.ways = ways;
    }
}

/// The [ways](TankArcs::ways) to the tank of a hub. Where they lead in circles, the way round is left out.
fn ways(network: &Network, fields: usize, hub: usize) -> Vec<Vec<(usize, Option<usize>)>> {
    let is_tank = |node: usize| network.tanks.iter().any(|tank| fields + tank.hub == node);
    let mut entering: Vec<Vec<usize>> = vec![Vec::new(); network.nodes];
    for (index, arc) in network.arcs.iter().enumerate() {
        let comes_from = arc.tail.is_none_or(|tail| !is_tank(tail));
        if let Some(head) = arc
            .head
            .filter(|_| comes_from && !matches!(arc.role, ArcRole::Draw(_)))
        {
            entering[head].push(index);
        }
    }
    let mut places: Vec<Option<usize>> = vec![None; network.nodes];
    let mut begun = vec![false; network.nodes];
    let mut points = Vec::new();
    // Each node, and how many of its arcs have been followed back.
    let mut path = vec![(fields + hub, 0)];
    begun[fields + hub] = true;
    while let Some((node, next)) = path.last_mut() {
        let arc = entering[*node].get(*next).map(|&arc| &network.arcs[arc]);
        *next += 1;
        let Some(arc) = arc else {
            let arcs = entering[*node].iter();
            let way = |&arc: &usize| match network.arcs[arc].tail {
                Some(tail) => Some((arc, Some(places[tail]?))),
                None => Some((arc, None)),
            };
            let point = arcs.filter_map(way).collect();
            places[*node] = Some(points.len());
            points.push(point);
            path.pop();
            continue;
        };
        if let Some(tail) = arc.tail.filter(|&tail| !begun[tail]) {
            begun[tail] = true;
            path.push((tail, 0));
        }
    }
    points
}

impl FlowArc {
    /// The weight by which ties are broken: a hash of what the arc stands for. A way through a hub
    /// has none, so that it does not matter whether anything can limit the hub.
    #[must_use]
    pub fn tie_weight(&self, model: &Model) -> i64 {
        let name = match self.role {
            ArcRole::Source(field) => format!("field.{}", model.fields[field].id),
            ArcRole::Link { link, backward, .. } => {
                format!(
                    "link.{}{}",
                    model.links[link].id,
                    if backward { "<" } else { ">" }
                )
            }
            ArcRole::Through(_) | ArcRole::Grade(_) | ArcRole::Part { .. } => return 0,
            ArcRole::Fill(tank) => format!("hub.{}:fill", tank_hub_id(model, tank)),
            ArcRole::Draw(tank) => format!("hub.{}:draw", tank_hub_id(model, tank)),
            ArcRole::Sell { market, .. } => format!("market.{}", model.markets[market].id),
        };
        tie_weight(&name)
    }
}

/// Id of the hub of the `tank`-th tank, counted in order of hub id.
fn tank_hub_id(model: &Model, tank: usize) -> &str {
    model
        .hubs
        .iter()
        .filter(|hub| hub.tank.is_some())
        .nth(tank)
        .map_or("", |hub| &hub.id)
}
