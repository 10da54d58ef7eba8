//! The scenario's header and settings, and the order in which the rest is lowered.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use crate::model::{
    Allocation, Collect, Combine, Model, Objective, Recovery, Sharing, Shortfall, Simulation,
    Source, Stop, Storing,
};
use crate::scenario::csv::CsvFiles;
use crate::scenario::doubt::Doubts;
use crate::scenario::problem::Report;
use crate::scenario::read::{Grade, Reader, count, owned_text, text};
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table, Value};
use crate::units::{Fraction, MilliUsdPerBarrel, Seconds};

/// What holds in place of a first day or a length that is wrong.
const STAND_IN_START: Date = Date::constant(2000, 1, 1);
const STAND_IN_DAYS: f64 = 366.0;

/// The longest horizon: 200 years.
const MAX_HORIZON_DAYS: f64 = 200.0 * 365.25;

/// Barrels per tonne and quality by id of the grade, and what holds where none is named.
pub(super) struct Grades {
    by_id: BTreeMap<String, Grade>,
    default: Grade,
    quality: BTreeMap<String, MilliUsdPerBarrel>,
    default_quality: MilliUsdPerBarrel,
    pub(super) list: Vec<crate::model::Grade>,
    pub(super) default_id: Option<String>,
}

impl Grades {
    /// The grade that an element names, else the scenario's.
    pub(super) fn of(&self, reader: &Reader<'_>, table: &Table) -> Grade {
        let Some(node) = table.get("grade") else {
            return self.default;
        };
        let id = node.text()?;
        if let Some(grade) = self.by_id.get(id) {
            return *grade;
        }
        let known = self.by_id.keys().map(String::as_str);
        reader.unknown_id("scenario::unknown_grade", node.at, id, "grade", known);
        // The problem is reported; a stand-in keeps every quantity below from adding another.
        Some(1.0)
    }

    /// What a barrel of the grade that an element names, else of the scenario's, earns above a
    /// market's price. A grade that does not exist is reported elsewhere.
    pub(super) fn quality_of(&self, table: &Table) -> MilliUsdPerBarrel {
        let named = table.get("grade").and_then(Node::text);
        named.map_or(self.default_quality, |id| {
            self.quality
                .get(id)
                .copied()
                .unwrap_or(MilliUsdPerBarrel::ZERO)
        })
    }
}

/// Lowers a tree whose shape has been checked.
///
/// What is wrong goes into the report and is replaced by a stand-in, so that the rest can be
/// looked at too: the model may be used only if no error was reported.
///
/// Figures in doubt are read through `doubts`, but for first day, length and rules.
pub(in crate::scenario) fn lower(
    report: &Report,
    files: &CsvFiles<'_>,
    doubts: &Doubts<'_>,
    tree: &Table,
) -> Model {
    doubts.learn(tree);
    let empty = Table::default();
    let header = tree.table("scenario").unwrap_or(&empty);
    let calendar = Reader {
        report,
        files,
        doubts: None,
        start: Date::ZERO,
        horizon: Seconds::ZERO,
        is_calendar_known: false,
    };
    let start = header.get("start").and_then(|node| day(&calendar, node));
    let length = header
        .get("horizon")
        .and_then(|node| horizon(&calendar, node, start));
    let is_calendar_known = start.is_some() && length.is_some();
    let start = start.unwrap_or(STAND_IN_START);
    let horizon = length.unwrap_or(Seconds::from_days(STAND_IN_DAYS));
    let reader = Reader {
        report,
        files,
        doubts: Some(doubts),
        start,
        horizon,
        is_calendar_known,
    };

    let grades = grades(&reader, tree, header);
    let mut model = Model {
        name: owned_text(header, "name").unwrap_or_default(),
        about: owned_text(header, "about").unwrap_or_default(),
        start,
        horizon,
        simulation: simulation(&reader, tree.table("simulation").unwrap_or(&empty)),
        allocation: allocation(tree.table("allocation").unwrap_or(&empty)),
        money: super::money::money(&reader, tree.table("money").unwrap_or(&empty)),
        grades: grades.list.clone(),
        fields: super::nodes::fields(&reader, &grades, tree),
        hubs: super::nodes::hubs(&reader, &grades, tree),
        markets: super::nodes::markets(&reader, &grades, tree),
        links: Vec::new(),
        routes: Vec::new(),
        transits: Vec::new(),
        hazards: Vec::new(),
        regimes: Vec::new(),
        crews: Vec::new(),
        services: Vec::new(),
        quotas: Vec::new(),
        sources: sources(tree),
        strategies: Vec::new(),
    };
    let nodes = super::nodes::Nodes::of(&reader, tree);
    model.links = super::links::links(&reader, &grades, &nodes, tree);
    model.routes = super::links::routes(&reader, &model.links, tree);
    model.transits = super::links::transits(&reader, &grades, &nodes, &model.links, tree);
    model.quotas = super::quota::quotas(&reader, &grades, &model.fields, tree);
    model.regimes = super::shared::regimes(&reader, tree);
    model.crews = super::shared::crews(&reader, tree);
    model.services = super::shared::services(&reader, &model, tree);
    model.hazards = super::hazards::hazards(&reader, &model, tree);
    model
}

fn day(reader: &Reader<'_>, node: &Node) -> Option<Date> {
    let instant = reader.instant(node)?;
    if instant.time() != Time::midnight() {
        reader
            .report
            .error(
                "scenario::bad_date",
                node.at,
                "not a day",
                "a scenario starts at midnight, UTC",
            )
            .help("give the first day without a time of day")
            .file();
        return None;
    }
    Some(instant.date())
}

fn horizon(reader: &Reader<'_>, node: &Node, start: Option<Date>) -> Option<Seconds> {
    let days = reader.days(node)?;
    let bad = |message: &str| {
        reader
            .report
            .error(
                "scenario::bad_horizon",
                node.at,
                "not a usable length",
                message,
            )
            .help("a horizon is longer than 0 and at most 200 years: \"365 d\"")
            .file();
        None
    };
    let seconds = Seconds::from_days(days);
    if seconds < Seconds(1) {
        return bad("the scenario has no length");
    }
    if days > MAX_HORIZON_DAYS {
        return bad("the horizon is longer than 200 years");
    }
    let end = jiff::SignedDuration::from_secs(seconds.0);
    if start.is_some_and(|start| {
        start
            .to_datetime(Time::midnight())
            .checked_add(end)
            .is_err()
    }) {
        return bad("the horizon ends after the year 9999");
    }
    Some(seconds)
}

fn grades(reader: &Reader<'_>, tree: &Table, header: &Table) -> Grades {
    let by_id: BTreeMap<String, Grade> = tree
        .elements("grade")
        .map(|grade| {
            let node = grade.table.get("bbl_per_tonne");
            let number = node.and_then(|node| bbl_per_tonne(reader, node));
            (grade.id.to_owned(), Some(number.unwrap_or(1.0)))
        })
        .collect();
    let quality = tree
        .elements("grade")
        .map(|grade| {
            let node = grade.table.get("quality");
            let read = node.and_then(|node| reader.price_difference(node));
            (grade.id.to_owned(), read.unwrap_or(MilliUsdPerBarrel::ZERO))
        })
        .collect();
    let grades = Grades {
        by_id,
        default: None,
        quality,
        default_quality: MilliUsdPerBarrel::ZERO,
        list: super::grades::list(tree),
        default_id: owned_text(header, "grade"),
    };
    let default = header.get("grade").and_then(|_| grades.of(reader, header));
    let default_quality = grades.quality_of(header);
    Grades {
        default,
        default_quality,
        ..grades
    }
}

/// Crude has between 5.5 and 8.5 barrels a tonne, liquefied gas up to 12.
fn bbl_per_tonne(reader: &Reader<'_>, node: &Node) -> Option<f64> {
    let number = reader.positive(node)?;
    if (4.0..=12.0).contains(&number) {
        return Some(number);
    }
    reader
        .report
        .error(
            "scenario::out_of_range",
            node.at,
            "not between 4 and 12",
            format!("no crude has {number} barrels in a tonne"),
        )
        .help("light crude has about 7.9, heavier about 7.3")
        .file();
    None
}

/// Where figures come from, by id.
pub(in crate::scenario) fn sources(tree: &Table) -> BTreeMap<String, Source> {
    tree.elements("source")
        .map(|source| {
            let date = source.table.get("date").and_then(|node| match &node.value {
                Value::Date(date) => Some(date.to_string()),
                Value::Text(text) => Some(text.clone()),
                _ => None,
            });
            let read = Source {
                title: owned_text(source.table, "title").unwrap_or_default(),
                publisher: owned_text(source.table, "publisher"),
                date,
                url: owned_text(source.table, "url"),
                note: owned_text(source.table, "note"),
            };
            (source.id.to_owned(), read)
        })
        .collect()
}

fn simulation(reader: &Reader<'_>, table: &Table) -> Simulation {
    let empty = Table::default();
    let shortfall = table.table("shortfall").unwrap_or(&empty);
    let recovery = table.table("recovery").unwrap_or(&empty);
    let share = |table: &Table, key: &str, absent: f64| {
        let given = table.get(key).and_then(|node| reader.share(node));
        given.unwrap_or(Fraction::nearest(absent))
    };
    let time = |table: &Table, key: &str, absent: f64| {
        let given = table.get(key).and_then(|node| reader.seconds(node));
        given.unwrap_or(Seconds::from_days(absent))
    };
    let replications = table.get("replications");
    if let Some(node) = replications
        && count(node) == Some(0)
    {
        zero_count(reader, node.at);
    }
    Simulation {
        replications: replications.and_then(count).unwrap_or(10_000),
        seed: table.get("seed").and_then(count).unwrap_or(1),
        stop: table.table("stop").and_then(|stop| {
            Some(Stop {
                metric: text(stop, "metric")?.to_owned(),
                relative_error: reader.positive(stop.get("relative_error")?)?,
            })
        }),
        collect: match text(table, "collect") {
            Some("system") => Collect::System,
            Some("markets") => Collect::Markets,
            _ => Collect::All,
        },
        shortfall: Shortfall {
            tolerance: share(shortfall, "tolerance", 0.01),
            gap: time(shortfall, "gap", 1.0),
        },
        recovery: Recovery {
            band: share(recovery, "band", 0.05),
            hold: time(recovery, "hold", 3.0),
        },
    }
}

fn zero_count(reader: &Reader<'_>, at: Place) {
    reader
        .report
        .error(
            "scenario::zero",
            at,
            "none",
            "a run needs at least one replication",
        )
        .help("give 1 or more; 10000 is the default")
        .file();
}

fn allocation(table: &Table) -> Allocation {
    Allocation {
        objective: match text(table, "objective") {
            Some("netback") => Objective::Netback,
            _ => Objective::Volume,
        },
        sharing: match text(table, "sharing") {
            Some("pro-rata") => Sharing::ProRata,
            Some("entitlement") => Sharing::Entitlement,
            _ => Sharing::Cost,
        },
        storing: match text(table, "storing") {
            Some("cost") => Storing::Cost,
            _ => Storing::TimeToFull,
        },
        combine: match text(table, "combine") {
            Some("product") => Combine::Product,
            _ => Combine::Min,
        },
    }
}
