//! When disruptions begin.

use crate::model::{Decision, Occurs, Target};
use crate::scenario::quantity::Dimension;
use crate::scenario::read::{Reader, text};
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table};
use crate::units::{Fraction, Seconds};

use super::hazards::Lowering;

/// Most decisions within a horizon.
const MAX_DECISIONS: i64 = 1_000_000;

/// The largest branching ratio that a draw of figures in doubt makes of a range below 1.
const MOST_BRANCHING: f64 = 0.99;

impl Lowering<'_, '_> {
    pub(super) fn occurs(&self, targets: &[Target]) -> Option<Occurs> {
        let process = self.process()?;
        let node = self.table.table("occurs")?.get(process)?;
        match process {
            "poisson" => {
                let rate = node.table()?.get("rate")?;
                let rate_per_day = self.reader.quantity(rate, Dimension::Frequency, None)?;
                Some(Occurs::Poisson { rate_per_day })
            }
            "renewal" => {
                let up = self.reader.time_law(node.table()?.get("up")?)?;
                Some(Occurs::Renewal { up })
            }
            "campaign" => self.campaign(node.table()?),
            "decisions" => self.decisions(node.table()?, node.at),
            "after" => self.after(node.table()?),
            "dates" => moments(self.reader, node).map(Occurs::Dates),
            "once" => once(self.reader, node.table()?),
            "every" => every(self.reader, node.table()?),
            "log" => self.log(node, targets),
            _ => None,
        }
    }
}

impl Lowering<'_, '_> {
    fn campaign(&self, table: &Table) -> Option<Occurs> {
        let rate = table
            .get("rate")
            .and_then(|node| self.reader.quantity(node, Dimension::Frequency, None));
        let branching = table.get("branching").and_then(|node| self.branching(node));
        let memory = table
            .get("memory")
            .and_then(|node| self.reader.some_days(node));
        let history = table
            .get("history")
            .map_or(Some(Vec::new()), |node| self.history(node));
        Some(Occurs::Campaign {
            rate_per_day: rate?,
            branching: branching?,
            half_life_days: memory?,
            history: history?,
        })
    }

    /// A branching ratio, whose doubt stays below 1 too.
    fn branching(&self, node: &Node) -> Option<f64> {
        let branching = self.reader.number(node)?;
        if self.reader.is_draw() {
            // A range is drawn beyond its ends now and then; a campaign that never dies down is
            // no campaign.
            return Some(branching.min(MOST_BRANCHING));
        }
        let high = node.table().and_then(|table| table.get("high"));
        let ends = [
            Some((node.at, branching)),
            high.and_then(|node| Some((node.at, node.number()?))),
        ];
        for (at, number) in ends.into_iter().flatten() {
            if number < 0.0 {
                self.reader.negative(at);
                return None;
            }
            if number >= 1.0 {
                self.reader
                    .report
                    .error(
                        "scenario::explosive_campaign",
                        at,
                        "not below 1",
                        format!("with {number} followers to each event the campaign never dies down: it grows without end"),
                    )
                    .help("give a mean number of followers below 1: with 0.5 a cluster has 2 events on average, with 0.8 it has 5")
                    .file();
                return None;
            }
        }
        Some(branching)
    }

    /// Instants before the start.
    fn history(&self, node: &Node) -> Option<Vec<Seconds>> {
        let reader = self.reader;
        let read = |node: &Node| {
            let moment = reader.moment(node)?;
            if moment < Seconds::ZERO {
                return Some(moment);
            }
            if reader.is_calendar_known {
                reader
                    .report
                    .error(
                        "scenario::history_after_start",
                        node.at,
                        "not before the start",
                        "history lies before the start of the scenario",
                    )
                    .help(format!(
                        "the scenario starts on {}: what is known of the time after that is a hazard of its own, with `dates` or a `log`",
                        reader.start
                    ))
                    .file();
            }
            None
        };
        let found: Vec<Option<Seconds>> = node.array()?.iter().map(read).collect();
        let mut moments: Vec<Seconds> = found.into_iter().collect::<Option<_>>()?;
        moments.sort_unstable();
        Some(moments)
    }

    fn decisions(&self, table: &Table, at: Place) -> Option<Occurs> {
        let share = |key: &str| table.get(key).map(|node| self.reader.share(node));
        let renewed = share("renewed").flatten();
        let reopened = share("reopened").unwrap_or(Some(Fraction::ZERO));
        let times = self.decision_times(table, at);
        let (times, renewed, reopened) = (times?, renewed?, reopened?);
        let decision = |time: Seconds| Decision {
            time,
            renewed,
            reopened,
        };
        Some(Occurs::Decisions {
            decisions: times.into_iter().map(decision).collect(),
            is_open: text(table, "state") != Some("closed"),
        })
    }

    fn decision_times(&self, table: &Table, at: Place) -> Option<Vec<Seconds>> {
        let reader = self.reader;
        let error = |at: Place, label: &str, message: &str, help: &str| {
            reader
                .report
                .error("scenario::bad_decisions", at, label, message)
                .help(help)
                .file();
        };
        match (table.get("dates"), table.get("every")) {
            (Some(dates), None) => {
                if let Some(first) = table.key_at("first") {
                    error(
                        first,
                        "no meaning here",
                        "only a rhythm has a first decision",
                        "remove it: `dates` says when the first is taken",
                    );
                }
                let mut times = moments(reader, dates)?;
                times.dedup();
                Some(times)
            }
            (None, Some(every)) => {
                let (period, first) = rhythm(reader, table, "every")?;
                let count = ((reader.horizon - first).0 - 1) / period.0 + 1;
                if count > MAX_DECISIONS {
                    reader
                        .report
                        .error(
                            "scenario::too_many_disruptions",
                            every.at,
                            format!("{count} of them"),
                            format!("a replication would have {count} decisions"),
                        )
                        .help("at most a million are simulated: is the unit of time right?")
                        .file();
                    return None;
                }
                let times = (0..count).map(|index| Seconds(first.0 + index * period.0));
                Some(times.collect())
            }
            _ => {
                error(
                    at,
                    "exactly one is due here",
                    "decisions have either `dates` or a rhythm",
                    "give `dates = [2026-05-01, …]`, or `every = \"91 d\"` with the `first`",
                );
                None
            }
        }
    }

    fn after(&self, table: &Table) -> Option<Occurs> {
        let hazard = table.get("hazard").and_then(|node| self.hazard_id(node));
        let chance = table
            .get("chance")
            .map_or(Some(Fraction::ONE), |node| self.reader.share(node));
        Some(Occurs::After {
            hazard: hazard?,
            chance: chance?,
            lasts_with_cause: self.lasts_with_cause(),
        })
    }

    /// Whether it is a consequence that is over with its cause.
    pub(super) fn lasts_with_cause(&self) -> bool {
        let occurs = self.table.table("occurs");
        let after = occurs.and_then(|occurs| occurs.table("after"));
        after.and_then(|after| text(after, "lasts")) == Some("as-cause")
    }

    /// The id of a hazard that exists.
    fn hazard_id(&self, node: &Node) -> Option<String> {
        let id = node.text()?;
        self.known_hazard(id, node.at).then(|| id.to_owned())
    }

    /// Complains about an id that no hazard has.
    pub(super) fn known_hazard(&self, id: &str, at: Place) -> bool {
        let is_known = self.ids.binary_search(&id).is_ok();
        if !is_known {
            let known = self.ids.iter().copied();
            self.reader
                .unknown_id("scenario::unknown_hazard", at, id, "hazard", known);
        }
        is_known
    }
}

/// Instants within the horizon, at least one, in order.
fn moments(reader: &Reader<'_>, node: &Node) -> Option<Vec<Seconds>> {
    let nodes = node.array()?;
    if nodes.is_empty() {
        reader
            .report
            .error(
                "scenario::empty",
                node.at,
                "no dates",
                "there is no date at which it occurs",
            )
            .help("give at least one date")
            .file();
        return None;
    }
    // All of them are looked at before the first that is wrong ends it.
    let found: Vec<Option<Seconds>> = nodes
        .iter()
        .map(|node| within(reader, node, "this date lies"))
        .collect();
    let mut moments: Vec<Seconds> = found.into_iter().collect::<Option<_>>()?;
    moments.sort_unstable();
    Some(moments)
}

/// An instant within the horizon.
fn within(reader: &Reader<'_>, node: &Node, what: &str) -> Option<Seconds> {
    let moment = reader.moment(node)?;
    if moment < Seconds::ZERO {
        reader.before_start(node.at, what);
        None
    } else if moment >= reader.horizon {
        reader.outside(node.at, what);
        None
    } else {
        Some(moment)
    }
}

fn once(reader: &Reader<'_>, table: &Table) -> Option<Occurs> {
    let probability = table
        .get("probability")
        .map_or(Some(Fraction::ONE), |node| reader.share(node));
    let (from_node, until_node) = (table.get("from")?, table.get("until")?);
    let (from, until) = (reader.moment(from_node), reader.moment(until_node));
    let (from, until) = (from?, until?);
    if until <= from {
        reader
            .report
            .error(
                "scenario::empty_window",
                until_node.at,
                "not later",
                "the window ends before it begins",
            )
            .also(from_node.at, "begins here")
            .help("`until` is later than `from`")
            .file();
        return None;
    }
    if until <= Seconds::ZERO || from >= reader.horizon {
        reader.outside(from_node.at, "this window lies");
        return None;
    }
    Some(Occurs::Once {
        probability: probability?,
        from,
        until,
    })
}

fn every(reader: &Reader<'_>, table: &Table) -> Option<Occurs> {
    let (period, first) = rhythm(reader, table, "period")?;
    Some(Occurs::Every { period, first })
}

/// A period under a key, and the first instant.
fn rhythm(reader: &Reader<'_>, table: &Table, key: &str) -> Option<(Seconds, Seconds)> {
    let period_node = table.get(key)?;
    let period = reader.some_days(period_node).map(Seconds::from_days);
    let first = table.get("first").map_or(Some(Seconds::ZERO), |node| {
        within(reader, node, "the first one begins")
    });
    let (period, first) = (period?, first?);
    if period < Seconds(1) {
        reader
            .report
            .error(
                "scenario::zero",
                period_node.at,
                "too short",
                "a period of less than a second",
            )
            .help("give a period of at least 1 s")
            .file();
        return None;
    }
    Some((period, first))
}
