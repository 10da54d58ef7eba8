//! Figures in doubt: what their doubt means, and what a draw makes of them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::maths::{inverse_normal, inverse_regularized_beta, inverse_regularized_gamma};

use super::text::Place;
use super::tree::{Node, Table, Value};

/// A draw of all figures in doubt: a number inside (0, 1) for each path.
pub type Draw<'a> = dyn Fn(&str) -> f64 + 'a;

/// A figure in doubt that the model is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Where it stands: `hazard.storm.occurs.poisson.rate`.
    pub path: String,
    /// What is known: `range`, `events in exposure` or `events in trials`.
    pub form: &'static str,
    /// What a run without draws takes.
    pub value: String,
    /// Exceeded with probability 95 %.
    pub low: String,
    /// Exceeded with probability 5 %.
    pub high: String,
    /// Ids of its sources, or else of those of the table it stands in.
    pub sources: Vec<String>,
}

/// Tables whose figures are rules or the frame of a scenario and are never drawn.
const FIXED: [&str; 4] = ["scenario", "simulation", "allocation", "source"];

/// Jeffreys' prior: half an event, and of a share half a failure too.
pub(super) const HALF: f64 = 0.5;

/// Share of draws at either end that are drawn in to the ends of the others, for stated ranges.
const CUT: f64 = 0.001;

/// What is known about a figure, in its base unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Law {
    /// 5 %, 50 % and 95 % points.
    Range {
        low: f64,
        value: f64,
        high: f64,
        /// Whether it is a share: on a straight scale and at most 1.
        is_share: bool,
    },
    /// A gamma posterior of a rate.
    Rate { events: f64, exposure: f64 },
    /// A beta posterior of a share.
    Share { events: f64, others: f64 },
}

impl Law {
    pub(super) fn form(self) -> &'static str {
        match self {
            Self::Range { .. } => "range",
            Self::Rate { .. } => "events in exposure",
            Self::Share { .. } => "events in trials",
        }
    }

    /// Whether there is any doubt.
    fn is_open(self) -> bool {
        match self {
            Self::Range {
                low, value, high, ..
            } => low < value || high > value,
            Self::Rate { .. } | Self::Share { .. } => true,
        }
    }

    /// What a run without draws takes: the value, or the mean of the posterior.
    pub(super) fn value(self) -> f64 {
        match self {
            Self::Range { value, .. } => value,
            Self::Rate { events, exposure } => events / exposure,
            Self::Share { events, others } => events / (events + others),
        }
    }

    /// The figure that lies above a share `u` of what it may be.
    pub(super) fn at(self, u: f64) -> f64 {
        match self {
            Self::Range {
                low,
                value,
                high,
                is_share,
            } => {
                let z = inverse_normal(u.clamp(CUT, 1.0 - CUT)) / inverse_normal(0.95);
                let end = if z < 0.0 { low } else { high };
                let drawn = if low > 0.0 && !is_share {
                    value * libm::pow(end / value, z.abs())
                } else {
                    value + (end - value) * z.abs()
                };
                // Only a difference of prices has an end below 0.
                let least = if low < 0.0 { f64::MIN } else { 0.0 };
                drawn.clamp(least, if is_share { 1.0 } else { f64::MAX })
            }
            Self::Rate { events, exposure } => inverse_regularized_gamma(u, events) / exposure,
            Self::Share { events, others } => inverse_regularized_beta(u, events, others),
        }
    }
}

/// The figures in doubt of one tree: where they stand, what is drawn, and what was read.
pub(super) struct Doubts<'a> {
    /// Paths of tables that may hold doubt, by the place of what such a table must have.
    paths: RefCell<BTreeMap<Place, String>>,
    draw: Option<&'a Draw<'a>>,
    read: RefCell<BTreeMap<String, Doubt>>,
}

impl<'a> Doubts<'a> {
    /// With the values that the files state, or with those of a draw.
    pub(super) fn new(draw: Option<&'a Draw<'a>>) -> Self {
        Self {
            paths: RefCell::default(),
            draw,
            read: RefCell::default(),
        }
    }

    pub(super) fn is_draw(&self) -> bool {
        self.draw.is_some()
    }

    /// Learns the paths of a tree that is about to be read.
    pub(super) fn learn(&self, tree: &Table) {
        let mut paths = self.paths.borrow_mut();
        for (name, entry) in &tree.0 {
            if !FIXED.contains(&name.as_str()) {
                walk(&entry.node, &mut name.clone(), &mut paths);
            }
        }
    }

    /// What is read of a figure in doubt: its value, or what is drawn.
    ///
    /// - `written`: value, low end and high end, for people.
    pub(super) fn resolve(&self, table: &Table, law: Law, written: impl Fn() -> Written) -> f64 {
        let paths = self.paths.borrow();
        let path = key_place(table).and_then(|place| paths.get(&place));
        let (Some(path), true) = (path, law.is_open()) else {
            return law.value();
        };
        if let Some(draw) = self.draw {
            return law.at(draw(path));
        }
        let Written { value, low, high } = written();
        let doubt = Doubt {
            path: path.clone(),
            form: law.form(),
            value,
            low,
            high,
            sources: Vec::new(),
        };
        self.read.borrow_mut().insert(path.clone(), doubt);
        law.value()
    }

    /// The figures in doubt that were read, by path.
    pub(super) fn into_read(self) -> BTreeMap<String, Doubt> {
        self.read.into_inner()
    }
}

/// A figure in doubt, for people.
pub(super) struct Written {
    pub(super) value: String,
    pub(super) low: String,
    pub(super) high: String,
}

/// The place by which a table with doubt is known. Tables themselves may have no place of their
/// own, because their keys may be written with dots.
fn key_place(table: &Table) -> Option<Place> {
    let node = table.get("value").or_else(|| table.get("events"))?;
    Some(node.at)
}

/// Notes the paths of figures in doubt below a node; what stands at `path` is the same afterwards.
fn walk(node: &Node, path: &mut String, paths: &mut BTreeMap<Place, String>) {
    let own = path.len();
    match &node.value {
        Value::Table(table) => {
            if let Some(place) = key_place(table) {
                paths.insert(place, path.clone());
            }
            for (name, entry) in &table.0 {
                path.push('.');
                path.push_str(name);
                walk(&entry.node, path, paths);
                path.truncate(own);
            }
        }
        Value::Array(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                walk(node, path, paths);
                path.truncate(own);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        let miss = (found - expected).abs();
        assert!(
            miss <= 1e-9 * expected.abs(),
            "{found} instead of {expected}"
        );
    }

    /// KA12 `epistemic`.
    #[test]
    fn four_events_in_3_75_years_leave_a_wide_band() {
        let law = Law::Rate {
            events: 4.0 + HALF,
            exposure: 3.75,
        };
        close(law.value(), 1.2);
        close(law.at(0.05), 0.443_348_379_075_6);
        close(law.at(0.95), 2.255_863_680_616);
        assert!(
            Law::Rate {
                events: HALF,
                exposure: 3.75
            }
            .at(1e-9)
                > 0.0
        );
    }

    #[test]
    fn a_range_has_its_ends_where_a_twentieth_lies_beyond() {
        let range = |low, value, high, is_share| Law::Range {
            low,
            value,
            high,
            is_share,
        };
        let law = range(2.0, 4.0, 16.0, false);
        close(law.at(0.05), 2.0);
        close(law.at(0.5), 4.0);
        close(law.at(0.95), 16.0);
        // On a logarithmic scale, drawn in at the ends.
        let z = inverse_normal(0.999) / inverse_normal(0.95);
        close(law.at(1.0 - 1e-12), 4.0 * libm::pow(4.0, z));
        // A missing side is fixed at the value; from 0 on the scale is straight.
        close(range(4.0, 4.0, 16.0, false).at(0.05), 4.0);
        close(range(0.0, 4.0, 6.0, false).at(0.95), 6.0);
        assert_eq!(range(0.0, 4.0, 6.0, false).at(0.001), 0.0);
        assert_eq!(range(0.5, 0.8, 1.0, true).at(0.999), 1.0);
        close(range(0.5, 0.8, 1.0, true).at(0.05), 0.5);
    }

    #[test]
    fn counts_of_trials_are_a_beta_posterior() {
        let law = Law::Share {
            events: 3.5,
            others: 7.5,
        };
        close(law.value(), 3.5 / 11.0);
        close(law.at(0.3), inverse_regularized_beta(0.3, 3.5, 7.5));
    }
}
