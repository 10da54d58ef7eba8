//! Values of a tree, as the model counts them.
//!
//! Every function returns `None` for a value that is wrong, after putting the problem into the
//! report. What `shape` has reported already is passed over in silence.

use jiff::civil::{Date, DateTime};

use crate::units::round_half_even;
use crate::units::{Barrels, BarrelsPerDay, Fraction, MAX_RATE, MilliUsdPerBarrel, Seconds};

use super::counted::Of;
use super::csv::CsvFiles;
use super::doubt::Doubts;
use super::problem::{Report, shown};
use super::quantity::{self, Dimension};
use super::text::Place;
use super::time;
use super::tree::{Node, Table, Value};

/// The largest volume a scenario may state: 1 Tb.
const MAX_VOLUME: f64 = 1e12;

/// The longest time a scenario may state, in days: a million years.
const MAX_DAYS: f64 = 365.25e6;

/// Reads values.
pub(super) struct Reader<'a> {
    pub(super) report: &'a Report,
    pub(super) files: &'a CsvFiles<'a>,
    /// Figures in doubt; `None` where doubt has no effect.
    pub(super) doubts: Option<&'a Doubts<'a>>,
    /// First day.
    pub(super) start: Date,
    /// Length.
    pub(super) horizon: Seconds,
    /// Whether first day and length are the scenario's, and not stand-ins for wrong ones.
    pub(super) is_calendar_known: bool,
}

/// Barrels in a tonne, where a grade says so.
pub(super) type Grade = Option<f64>;

impl Reader<'_> {
    /// A quantity in its base unit; only a difference may be negative.
    pub(super) fn quantity(&self, node: &Node, dimension: Dimension, grade: Grade) -> Option<f64> {
        let of = match dimension {
            Dimension::Frequency => Of::Rate,
            _ => Of::Other,
        };
        self.doubted(node, of, |node| self.measured(node, dimension, grade))
    }

    fn measured(&self, node: &Node, dimension: Dimension, grade: Grade) -> Option<f64> {
        let text = node.text()?;
        let measured = match quantity::parse(text, dimension) {
            Ok(measured) => measured,
            Err(fault) => {
                self.report
                    .error(
                        "scenario::bad_quantity",
                        node.at,
                        fault.label,
                        fault.message,
                    )
                    .maybe_help(fault.help)
                    .file();
                return None;
            }
        };
        let value = if measured.tonnes {
            let Some(bbl_per_tonne) = grade else {
                self.report
                    .error("scenario::no_grade", node.at, "tonnes of what?", "tonnes need a grade")
                    .help("set `grade` here or in `[scenario]`, to a `[grade.ID]` with `bbl_per_tonne`; or write barrels")
                    .file();
                return None;
            };
            measured.value * bbl_per_tonne
        } else {
            measured.value
        };
        if value < 0.0 && !dimension.is_signed() {
            self.negative(node.at);
            return None;
        }
        Some(value)
    }

    pub(super) fn negative(&self, at: Place) {
        self.report
            .error(
                "scenario::negative",
                at,
                "below 0",
                "a negative value has no meaning here",
            )
            .help("write 0 or more")
            .file();
    }

    /// A rate in whole barrels a day.
    pub(super) fn rate(&self, node: &Node, grade: Grade) -> Option<BarrelsPerDay> {
        let value = self.quantity(node, Dimension::Flow, grade)?;
        self.whole_rate(value, node.at)
    }

    pub(super) fn whole_rate(&self, value: f64, at: Place) -> Option<BarrelsPerDay> {
        if value > MAX_RATE.0 as f64 {
            self.report
                .error("scenario::too_large", at, "too large", "a rate of more than 1 Gb/d")
                .help("the whole world produces 0.1 Gb/d: is the unit right? Leave a limit out where there is none")
                .file();
            return None;
        }
        Some(BarrelsPerDay(self.rounded(value, at)))
    }

    /// A volume in whole barrels.
    pub(super) fn volume(&self, node: &Node, grade: Grade) -> Option<Barrels> {
        let value = self.quantity(node, Dimension::Volume, grade)?;
        if value > MAX_VOLUME {
            self.report
                .error(
                    "scenario::too_large",
                    node.at,
                    "too large",
                    "a volume of more than 1 Tb",
                )
                .help("is the unit right?")
                .file();
            return None;
        }
        Some(Barrels(self.rounded(value, node.at)))
    }

    /// Whole barrels; a warning if none are left of some.
    fn rounded(&self, value: f64, at: Place) -> i64 {
        let whole = round_half_even(value);
        if whole == 0 && value > 0.0 {
            self.report
                .warning(
                    "scenario::rounds_to_zero",
                    at,
                    "counts as 0",
                    "less than half a barrel rounds to nothing",
                )
                .help("barrels are counted whole: is the unit right? Write 0 if nothing is meant")
                .file();
        }
        whole
    }

    /// A length of time in days.
    pub(super) fn days(&self, node: &Node) -> Option<f64> {
        let days = self.quantity(node, Dimension::Time, None)?;
        if days > MAX_DAYS {
            self.report
                .error(
                    "scenario::too_large",
                    node.at,
                    "too long",
                    "a time of more than a million years",
                )
                .help("is the unit right?")
                .file();
            return None;
        }
        Some(days)
    }

    /// A length of time in days that is not 0.
    pub(super) fn some_days(&self, node: &Node) -> Option<f64> {
        let days = self.days(node)?;
        if days > 0.0 {
            return Some(days);
        }
        self.report
            .error(
                "scenario::zero",
                node.at,
                "takes no time",
                "a time of 0 has no meaning here",
            )
            .help("give a time above 0")
            .file();
        None
    }

    pub(super) fn seconds(&self, node: &Node) -> Option<Seconds> {
        self.days(node).map(Seconds::from_days)
    }

    pub(super) fn price(&self, node: &Node) -> Option<MilliUsdPerBarrel> {
        self.money_per_barrel(node, Dimension::Price)
    }

    /// What a barrel is worth more than another; below 0 if it is worth less.
    pub(super) fn price_difference(&self, node: &Node) -> Option<MilliUsdPerBarrel> {
        self.money_per_barrel(node, Dimension::Difference)
    }

    fn money_per_barrel(&self, node: &Node, dimension: Dimension) -> Option<MilliUsdPerBarrel> {
        let value = self.quantity(node, dimension, None)?;
        if value.abs() > 1e9 {
            self.report
                .error(
                    "scenario::too_large",
                    node.at,
                    "too large",
                    "more than a million USD/bbl",
                )
                .help("is the unit right?")
                .file();
            return None;
        }
        Some(MilliUsdPerBarrel(round_half_even(value)))
    }

    /// A finite number.
    pub(super) fn number(&self, node: &Node) -> Option<f64> {
        self.doubted(node, Of::Other, |node| {
            let number = node.number()?;
            if number.is_finite() {
                return Some(number);
            }
            self.report
                .error(
                    "scenario::not_finite",
                    node.at,
                    "not finite",
                    "neither infinity nor `nan` can be counted with",
                )
                .help("write a finite number, or leave the key out")
                .file();
            None
        })
    }

    /// A finite number above 0.
    pub(super) fn positive(&self, node: &Node) -> Option<f64> {
        let number = self.number(node)?;
        if number > 0.0 {
            return Some(number);
        }
        self.report
            .error(
                "scenario::out_of_range",
                node.at,
                "not above 0",
                "this number must be above 0",
            )
            .help("give a number above 0")
            .file();
        None
    }

    /// A share.
    pub(super) fn share(&self, node: &Node) -> Option<Fraction> {
        let share = self.doubted(node, Of::Share, |node| {
            let number = node.number()?;
            if Fraction::new(number).is_some() {
                return Some(number);
            }
            self.report
                .error(
                    "scenario::not_a_share",
                    node.at,
                    "outside 0 to 1",
                    format!("{number} is not a share"),
                )
                .help(if (2.0..=100.0).contains(&number) {
                    format!("shares lie from 0 to 1: {number} % is {}", number / 100.0)
                } else {
                    "shares lie from 0 to 1".to_owned()
                })
                .file();
            None
        })?;
        Fraction::new(share)
    }

    /// An instant.
    pub(super) fn instant(&self, node: &Node) -> Option<DateTime> {
        if !matches!(node.value, Value::Text(_) | Value::Date(_)) {
            return None;
        }
        match time::instant(node) {
            Ok(instant) => Some(instant),
            Err(fault) => {
                self.report
                    .error("scenario::bad_date", node.at, "not a date", fault)
                    .help("write a date, 2026-07-01, or a date-time, 2026-07-01T06:00:00Z; without an offset it is UTC")
                    .file();
                None
            }
        }
    }

    /// An instant, in seconds since the start.
    pub(super) fn moment(&self, node: &Node) -> Option<Seconds> {
        Some(time::since(self.start, self.instant(node)?))
    }

    /// Complains about an instant outside the horizon.
    pub(super) fn outside(&self, at: Place, what: &str) {
        if !self.is_calendar_known {
            return;
        }
        self.report
            .error(
                "scenario::outside_horizon",
                at,
                "outside the horizon",
                format!("{what} outside the horizon of the scenario, so it would never matter"),
            )
            .help(format!(
                "the scenario runs from {} for {} days",
                self.start,
                self.horizon.days()
            ))
            .file();
    }

    /// Complains about a beginning before the start, which may matter but is not simulated.
    pub(super) fn before_start(&self, at: Place, what: &str) {
        if !self.is_calendar_known {
            return;
        }
        self.report
            .error(
                "scenario::outside_horizon",
                at,
                "before the start",
                format!("{what} before the start of the scenario, and nothing begins before it"),
            )
            .help(format!(
                "the scenario runs from {} for {} days: what began earlier and reaches into it belongs in a `log`, which gives its end and is cut at the start; or let it begin on the first day for the time that is left",
                self.start,
                self.horizon.days()
            ))
            .file();
    }

    /// Complains about a reference to something that does not exist.
    pub(super) fn unknown_id<'k>(
        &self,
        code: &'static str,
        at: Place,
        written: &str,
        what: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        if let Some(removal) = self.report.removal(written) {
            self.report
                .error(
                    code,
                    at,
                    "removed by a strategy",
                    format!("{what} `{}` is removed", shown(written)),
                )
                .also(removal, "it is removed")
                .help("remove what refers to it too, or let it refer to something else")
                .file();
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let advice = self.report.did_you_mean(written, known.iter().copied());
        let help = advice.unwrap_or_else(|| match known.len() {
            0 => format!("the scenario has no {what} at all"),
            _ => format!("known: {}", super::problem::listed(known)),
        });
        self.report
            .error(
                code,
                at,
                format!("no {what} has this id"),
                format!("unknown {what} `{}`", shown(written)),
            )
            .help(help)
            .file();
    }
}

/// A string under a key.
pub(super) fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key)?.text()
}

pub(super) fn owned_text(table: &Table, key: &str) -> Option<String> {
    text(table, key).map(str::to_owned)
}

/// A truth under a key, or what holds if it is absent.
pub(super) fn truth(table: &Table, key: &str, absent: bool) -> bool {
    match table.get(key).map(|node| &node.value) {
        Some(Value::Bool(truth)) => *truth,
        _ => absent,
    }
}

/// A whole number that is not negative.
pub(super) fn count(node: &Node) -> Option<u64> {
    match node.value {
        Value::Integer(Some(number)) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// One string or several, each with its place.
pub(super) fn strings(node: &Node) -> Vec<(&str, Place)> {
    match &node.value {
        Value::Text(text) => vec![(text.as_str(), node.at)],
        Value::Array(nodes) => nodes
            .iter()
            .filter_map(|node| Some((node.text()?, node.at)))
            .collect(),
        _ => Vec::new(),
    }
}

/// The strings under a key, without their places.
pub(super) fn owned_strings(table: &Table, key: &str) -> Vec<String> {
    let nodes = table.get(key).map(strings).unwrap_or_default();
    nodes.into_iter().map(|(text, _)| text.to_owned()).collect()
}
