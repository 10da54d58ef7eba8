//! What exists: fields, hubs, markets, links, and the settings of a run.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::units::{Barrels, BarrelsPerDay, Fraction, MilliUsdPerBarrel, Seconds};

use super::{Crew, Dynamics, Grade, Hazard, Money, Quota, Regime, Series, Service};

/// A validated scenario under its strategies.
///
/// All lists are sorted by id, so that the order of tables in a file changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// First day; midnight UTC is second 0.
    pub start: Date,
    /// Length.
    pub horizon: Seconds,
    /// How it is run.
    pub simulation: Simulation,
    /// How oil is allocated.
    pub allocation: Allocation,
    /// What is counted in money beside prices and costs.
    pub money: Money,
    /// Kinds of crude.
    pub grades: Vec<Grade>,
    /// Where barrels enter.
    pub fields: Vec<Field>,
    /// Where they pass.
    pub hubs: Vec<Hub>,
    /// Where they are delivered.
    pub markets: Vec<Market>,
    /// Lines, sea lanes, moorings.
    pub links: Vec<Link>,
    /// Named ways out.
    pub routes: Vec<Route>,
    /// Other people's oil on our links.
    pub transits: Vec<Transit>,
    /// What may go wrong.
    pub hazards: Vec<Hazard>,
    /// Regimes that multiply the rates of hazards; empty if there are none.
    pub regimes: Vec<Regime>,
    /// Repair crews.
    pub crews: Vec<Crew>,
    /// What elements depend on besides oil.
    pub services: Vec<Service>,
    /// Production quotas.
    pub quotas: Vec<Quota>,
    /// Where figures come from, by id.
    pub sources: BTreeMap<String, Source>,
    /// Strategies applied to the base, in order; empty for the baseline.
    pub strategies: Vec<Strategy>,
}

/// How a scenario is run; the command line overrides.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// Number of replications.
    pub replications: u64,
    /// Seed of all random streams.
    pub seed: u64,
    /// When to stop early.
    pub stop: Option<Stop>,
    /// What is gathered.
    pub collect: Collect,
    /// What counts as a shortfall.
    pub shortfall: Shortfall,
    /// What counts as recovered.
    pub recovery: Recovery,
}

/// Stop as soon as a mean is known well enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Name of a system metric.
    pub metric: String,
    /// Half-width of its 95 % interval relative to its mean.
    pub relative_error: f64,
}

/// What a run gathers; the less, the faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Collect {
    /// System totals only.
    System,
    /// And each market, field and route.
    Markets,
    /// Everything.
    All,
}

/// A shortfall: an unbroken time in which deliveries stay below plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortfall {
    /// Deliveries may stay this share below plan.
    pub tolerance: Fraction,
    /// Shortfalls separated by less than this are one.
    pub gap: Seconds,
}

/// Recovery from a shortfall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// Deliveries this share below plan are outside the band.
    pub band: Fraction,
    /// They must stay inside this long.
    pub hold: Seconds,
}

/// How oil is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// What is maximised.
    pub objective: Objective,
    /// How cuts are shared.
    pub sharing: Sharing,
    /// How tanks share a way out.
    pub storing: Storing,
    /// How several hazards on one target combine.
    pub combine: Combine,
}

/// What an allocation maximises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// Volume delivered, then cost.
    Volume,
    /// What is committed, then netback, then volume.
    Netback,
}

/// How cuts are shared among fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// By least cost.
    Cost,
    /// In equal shares of plan, as far as the network allows.
    ProRata,
    /// First to each what it is entitled to; what others leave unused goes in equal shares of what
    /// is planned beyond that.
    Entitlement,
}

/// How tanks of equal rank that compete for a way out share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storing {
    /// So that the times until they are full become equal.
    TimeToFull,
    /// By least cost.
    Cost,
}

impl Storing {
    /// As a scenario says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimeToFull => "time-to-full",
            Self::Cost => "cost",
        }
    }
}

/// How several hazards on one target combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The smallest share is left.
    Min,
    /// The shares multiply.
    Product,
}

/// Who decides to cut a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The investors.
    Investors,
    /// The state.
    State,
}

/// Where barrels enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Country code.
    pub country: Option<String>,
    /// Longitude, latitude.
    pub at: Option<[f64; 2]>,
    /// What it means to produce.
    pub plan: Series<BarrelsPerDay>,
    /// Who decides to cut it.
    pub control: Option<Control>,
    /// Class: the oil of class 1 is cut last.
    pub priority: u8,
    /// Rate at which it may ship before others get what it leaves; its plan if absent.
    pub entitlement: Option<Series<BarrelsPerDay>>,
    /// Share of what it produces that counts under a quota; the rest is condensate.
    pub crude_share: Fraction,
    /// Share of its plan below which a quota does not cut it.
    pub floor: Fraction,
    /// How it comes back after a cut, and what stops destroy.
    pub dynamics: Dynamics,
    /// What a barrel of its grade earns above a market's price; below 0 if less.
    pub quality: MilliUsdPerBarrel,
    /// Cost of producing a barrel; `None` if the scenario does not say.
    pub lifting_cost: Option<MilliUsdPerBarrel>,
    /// What it produces: a grade, or the swap it belongs to; `None` for oil without a grade.
    pub commodity: Option<String>,
}

/// A junction, pump station, tank farm, port or border point.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Country code.
    pub country: Option<String>,
    /// Jurisdictions it lies in.
    pub jurisdiction: Vec<String>,
    /// Longitude, latitude.
    pub at: Option<[f64; 2]>,
    /// What it is, for presentation.
    pub role: Role,
    /// Throughput limit; unlimited if absent.
    pub capacity: Option<Series<BarrelsPerDay>>,
    /// Sizes of parallel units under the common capacity; empty if it is one piece.
    pub units: Vec<BarrelsPerDay>,
    /// Its tank.
    pub tank: Option<Tank>,
    /// Commodities that may pass or be stored; all if absent.
    pub grades: Option<Vec<String>>,
}

/// What a hub is, for presentation only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Pump station.
    PumpStation,
    /// Terminal.
    Terminal,
    /// Port.
    Port,
    /// Border point.
    Border,
    /// Junction.
    Junction,
}

/// Storage at a hub.
#[derive(Clone, Debug, PartialEq)]
pub struct Tank {
    /// Usable volume.
    pub capacity: Series<Barrels>,
    /// Contents at the start, as a share of capacity.
    pub initial: Fraction,
    /// Stock below this share of capacity is not drawn.
    pub target: Fraction,
    /// Oil is kept in it rather than sold for less.
    pub reserve_price: Option<MilliUsdPerBarrel>,
    /// Greatest rate in; unlimited if absent.
    pub fill: Option<BarrelsPerDay>,
    /// Greatest rate out; unlimited if absent.
    pub draw: Option<BarrelsPerDay>,
}

/// Where barrels are delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Country code.
    pub country: Option<String>,
    /// Longitude, latitude.
    pub at: Option<[f64; 2]>,
    /// The most it takes; unlimited if absent.
    pub demand: Option<Series<BarrelsPerDay>>,
    /// Contract volume, served in the market's class.
    pub commitment: Option<Series<BarrelsPerDay>>,
    /// Price paid.
    pub price: MilliUsdPerBarrel,
    /// Prices of commodities that are paid otherwise, by name.
    pub prices: Vec<(String, MilliUsdPerBarrel)>,
    /// Commodities that it takes; all if absent.
    pub grades: Option<Vec<String>>,
    /// Whether deliveries are exports.
    pub export: bool,
    /// Class: 1 is served first.
    pub priority: u8,
}

/// A node of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeRef {
    /// Index into [`Model::fields`].
    Field(usize),
    /// Index into [`Model::hubs`].
    Hub(usize),
    /// Index into [`Model::markets`].
    Market(usize),
}

/// How a link moves oil, for presentation and selectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Pipeline.
    Pipeline,
    /// Tanker on an inland sea or river.
    Tanker,
    /// Rail.
    Rail,
    /// Sea lane.
    Sea,
    /// Berth or mooring.
    Loading,
}

impl Objective {
    /// As scenario files and results say it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Netback => "netback",
        }
    }
}

impl Role {
    /// As scenario files and results say it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PumpStation => "pump-station",
            Self::Terminal => "terminal",
            Self::Port => "port",
            Self::Border => "border",
            Self::Junction => "junction",
        }
    }
}

impl Mode {
    /// As scenario files and results say it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pipeline => "pipeline",
            Self::Tanker => "tanker",
            Self::Rail => "rail",
            Self::Sea => "sea",
            Self::Loading => "loading",
        }
    }
}

/// A line, sea lane or mooring.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Where it starts.
    pub from: NodeRef,
    /// Where it ends.
    pub to: NodeRef,
    /// Capacity; unlimited if absent.
    pub capacity: Option<Series<BarrelsPerDay>>,
    /// Sizes of parallel units under the common capacity; empty if it is one piece.
    pub units: Vec<BarrelsPerDay>,
    /// Flow up to this beats cost.
    pub nomination: Option<Series<BarrelsPerDay>>,
    /// Mode.
    pub mode: Mode,
    /// Operator.
    pub operator: Option<String>,
    /// Jurisdictions it crosses.
    pub jurisdiction: Vec<String>,
    /// Cost of moving a barrel.
    pub tariff: MilliUsdPerBarrel,
    /// Freight of a barrel, on top of the tariff.
    pub freight: MilliUsdPerBarrel,
    /// Insurance of a barrel against war, on top of both.
    pub war_risk: MilliUsdPerBarrel,
    /// Whether it carries oil in either direction.
    pub both_ways: bool,
    /// Commodities that may pass; all if absent.
    pub grades: Option<Vec<String>>,
    /// How long what is more than usual must be needed before it is let through.
    pub lag: Option<Seconds>,
    /// How long oil is under way on it; the allocation sees it go through at once.
    pub transit_time: Option<Seconds>,
}

impl Link {
    /// All that it costs to move a barrel: tariff, freight and insurance.
    #[must_use]
    pub fn cost(&self) -> MilliUsdPerBarrel {
        self.tariff + self.freight + self.war_risk
    }
}

/// A named way out, known by its gate links.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Indices into [`Model::links`].
    pub gates: Vec<usize>,
    /// Jurisdictions it depends on; the first is the one its volume is counted under.
    pub jurisdiction: Vec<String>,
}

/// Other people's oil that takes capacity on a given path.
#[derive(Clone, Debug, PartialEq)]
pub struct Transit {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Where it enters.
    pub from: NodeRef,
    /// Where it leaves.
    pub to: NodeRef,
    /// Indices into [`Model::links`], in order.
    pub path: Vec<usize>,
    /// Rate wanted.
    pub volume: Series<BarrelsPerDay>,
    /// Class: 1 goes before all that is ours, p after our deliveries of classes before p.
    pub priority: u8,
    /// Scaled by the least share left on its path, instead of taking what it wants first.
    pub yields: bool,
}

/// Where a figure comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: Option<String>,
    /// Date as written.
    pub date: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// Remark.
    pub note: Option<String>,
}

/// What we could do about it: the header of a strategy file.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Id: the file's stem.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Investment, USD.
    pub capex_usd: Option<f64>,
    /// What it may be as little as, USD.
    pub capex_low_usd: Option<f64>,
    /// What it may be as much as, USD.
    pub capex_high_usd: Option<f64>,
    /// Running cost, USD a year.
    pub opex_usd: Option<f64>,
    /// Lifetime, years.
    pub lifetime_years: Option<f64>,
    /// Discount rate a year.
    pub discount: Option<f64>,
    /// Time from the decision until it works, years.
    pub lead_time_years: Option<f64>,
    /// The patch holds from this instant on; from the start if absent.
    pub available: Option<Seconds>,
}
