//! Distributions.

use crate::model::Law;
use crate::scenario::read::Reader;
use crate::scenario::shape::is_remark;
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table, Value};

/// Standard normal quantile of 0.95.
const Z95: f64 = 1.644_853_626_951_472_2;

/// What a law is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A duration in days.
    Time,
    /// A share.
    Share,
}

/// The largest coefficient of variation that a law may have.
const MOST_SPREAD: f64 = 1e3;

/// The sum of shapes beyond which a beta law is as good as its mean, and slow to draw from.
const MOST_CONCENTRATION: f64 = 1e8;

impl Reader<'_> {
    /// A distribution of a duration, in days.
    pub(in crate::scenario) fn time_law(&self, node: &Node) -> Option<Law> {
        self.law(node, Of::Time)
    }

    /// A distribution of a share.
    pub(in crate::scenario) fn share_law(&self, node: &Node) -> Option<Law> {
        self.law(node, Of::Share)
    }

    fn law(&self, node: &Node, of: Of) -> Option<Law> {
        let Value::Table(table) = &node.value else {
            return self.fixed(node, of);
        };
        if table.get("value").is_some() {
            return self.fixed(node, of);
        }
        let mut laws = table.0.iter().filter(|(name, _)| !is_remark(name));
        let (name, entry) = laws.next()?;
        if laws.next().is_some() {
            return None;
        }
        let wrong = match of {
            Of::Time => ["beta"].contains(&name.as_str()),
            Of::Share => ["exponential", "weibull", "gamma", "lognormal", "geometric"]
                .contains(&name.as_str()),
        };
        if wrong {
            let (what, help) = match of {
                Of::Time => (
                    "a length of time",
                    "lengths of time are fixed, exponential, weibull, gamma, lognormal, uniform, triangular, geometric, empirical or weighted",
                ),
                Of::Share => (
                    "a share",
                    "shares are fixed, uniform, triangular, beta, empirical or weighted, which stay within 0 to 1",
                ),
            };
            self.report
                .error(
                    "scenario::wrong_law",
                    entry.key,
                    "not here",
                    format!("{what} cannot be `{name}`"),
                )
                .help(help)
                .file();
            return None;
        }
        if let Some(values) = entry.node.array() {
            return self.empirical(values, entry.node.at, of);
        }
        self.parametric(name, entry.node.table()?, entry.key, of)
    }

    fn fixed(&self, node: &Node, of: Of) -> Option<Law> {
        match of {
            Of::Time => self.some_days(node).map(Law::Fixed),
            Of::Share => self.share(node).map(|share| Law::Fixed(share.get())),
        }
    }

    /// A parameter that is itself a duration or a share.
    fn value(&self, table: &Table, key: &str, of: Of) -> Option<f64> {
        let node = table.get(key)?;
        match of {
            Of::Time => self.days(node),
            Of::Share => self.share(node).map(crate::units::Fraction::get),
        }
    }

    /// A parameter that is a duration above 0.
    fn above_zero(&self, table: &Table, key: &str) -> Option<f64> {
        self.some_days(table.get(key)?)
    }

    fn parametric(&self, name: &str, table: &Table, at: Place, of: Of) -> Option<Law> {
        match name {
            "fixed" => self.fixed(table.get("value")?, of),
            "exponential" => {
                let mean = self.above_zero(table, "mean")?;
                Some(Law::Exponential { mean })
            }
            "weibull" | "gamma" => {
                let mean = self.above_zero(table, "mean");
                let shape = table.get("shape").and_then(|node| self.shape(node));
                let (mean, shape) = (mean?, shape?);
                Some(if name == "gamma" {
                    Law::Gamma { mean, shape }
                } else {
                    Law::Weibull { mean, shape }
                })
            }
            "lognormal" => self.lognormal(table, at),
            "uniform" => {
                let low = self.value(table, "low", of);
                let high = self.value(table, "high", of);
                let (low, high) = (low?, high?);
                self.ordered(at, &[low, high], "low ≤ high", of)?;
                Some(if low < high {
                    Law::Uniform { low, high }
                } else {
                    Law::Fixed(low)
                })
            }
            "triangular" => {
                let low = self.value(table, "low", of);
                let mode = self.value(table, "mode", of);
                let high = self.value(table, "high", of);
                let (low, mode, high) = (low?, mode?, high?);
                self.ordered(at, &[low, mode, high], "low ≤ mode ≤ high", of)?;
                Some(if low < high {
                    Law::Triangular { low, mode, high }
                } else {
                    Law::Fixed(low)
                })
            }
            "beta" => self.beta(table, at),
            "weighted" => self.weighted(table, at, of),
            "geometric" => {
                let mean = self.above_zero(table, "mean");
                let step = self.above_zero(table, "step");
                let (mean, step) = (mean?, step?);
                if mean < step {
                    self.bad_law(
                        at,
                        "the mean is shorter than one step",
                        "it lasts at least one step: give a mean of at least `step`",
                    );
                    return None;
                }
                Some(Law::Geometric { mean, step })
            }
            _ => None,
        }
    }

    /// The shape of a Weibull or gamma law: beyond these bounds their means cannot be counted with.
    fn shape(&self, node: &Node) -> Option<f64> {
        let shape = self.positive(node)?;
        if (0.05..=1_000.0).contains(&shape) {
            return Some(shape);
        }
        self.report
            .error(
                "scenario::out_of_range",
                node.at,
                "not between 0.05 and 1000",
                format!("{shape} is no usable shape"),
            )
            .help(
                "1 is the exponential law, less has a longer tail, more is closer to a fixed time",
            )
            .file();
        None
    }

    fn lognormal(&self, table: &Table, at: Place) -> Option<Law> {
        let given = |key: &str| table.get(key).is_some();
        let help = "give `median` and `p95`, or `mean` and `cv`";
        match (given("median"), given("p95"), given("mean"), given("cv")) {
            (true, true, false, false) => {
                let median = self.above_zero(table, "median");
                let p95 = self.above_zero(table, "p95");
                let (median, p95) = (median?, p95?);
                if p95 < median {
                    self.bad_law(
                        at,
                        "`p95` is below `median`",
                        "19 of 20 values lie below `p95`, so it is at least the median",
                    );
                    return None;
                }
                let sigma = libm::log(p95 / median) / Z95;
                Some(lognormal_or_fixed(libm::log(median), sigma, median))
            }
            (false, false, true, true) => {
                let mean = self.above_zero(table, "mean");
                let cv = table.get("cv").and_then(|node| self.positive(node));
                let (mean, cv) = (mean?, cv?);
                if cv > MOST_SPREAD {
                    self.bad_law(
                        at,
                        "a coefficient of variation beyond all use",
                        "`cv` is the standard deviation over the mean: is it a per cent?",
                    );
                    return None;
                }
                let variance = libm::log1p(cv * cv);
                Some(lognormal_or_fixed(
                    libm::log(mean) - variance / 2.0,
                    variance.sqrt(),
                    mean,
                ))
            }
            _ => {
                self.bad_law(
                    at,
                    "a log-normal law is given by two numbers that belong together",
                    help,
                );
                None
            }
        }
    }

    fn beta(&self, table: &Table, at: Place) -> Option<Law> {
        let mean = self.value(table, "mean", Of::Share);
        let sd = table.get("sd").and_then(|node| self.positive(node));
        let (mean, sd) = (mean?, sd?);
        let most = (mean * (1.0 - mean)).sqrt();
        let concentration = mean * (1.0 - mean) / (sd * sd) - 1.0;
        let (alpha, beta) = (mean * concentration, (1.0 - mean) * concentration);
        let usable = |shape: f64| shape.is_finite() && shape > 0.0;
        if concentration > MOST_CONCENTRATION {
            self.bad_law(
                at,
                "this standard deviation is next to nothing",
                &format!("write the share itself: {mean}"),
            );
            return None;
        }
        if sd >= most || !usable(alpha) || !usable(beta) {
            self.bad_law(
                at,
                "no beta law has this mean and standard deviation",
                &format!("with a mean of {mean}, `sd` lies between 0 and {most:.3}"),
            );
            return None;
        }
        Some(Law::Beta { alpha, beta })
    }

    fn empirical(&self, nodes: &[Node], at: Place, of: Of) -> Option<Law> {
        let mut values = self.values(nodes, of)?;
        if values.is_empty() {
            self.bad_law(
                at,
                "there is no value to choose from",
                "give at least one value",
            );
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Law::Empirical(values))
    }

    /// Values to choose from, each of which is possible.
    fn values(&self, nodes: &[Node], of: Of) -> Option<Vec<f64>> {
        // All of them are looked at before the first that is wrong ends it.
        let values: Vec<Option<f64>> = nodes
            .iter()
            .map(|node| match of {
                Of::Time => self.some_days(node),
                Of::Share => self.share(node).map(crate::units::Fraction::get),
            })
            .collect();
        values.into_iter().collect()
    }

    fn weighted(&self, table: &Table, at: Place, of: Of) -> Option<Law> {
        let values = self.values(table.get("values")?.array()?, of);
        let weights = table.get("weights")?.array()?.iter();
        let weights: Vec<Option<f64>> = weights.map(|node| self.number(node)).collect();
        let (values, weights) = (values?, weights.into_iter().collect::<Option<Vec<f64>>>()?);
        if values.len() != weights.len() {
            self.bad_law(
                at,
                &format!(
                    "it has {} values, but {} weights",
                    values.len(),
                    weights.len()
                ),
                "give one weight per value, in their order",
            );
            return None;
        }
        let total: f64 = weights.iter().sum();
        if weights.iter().any(|weight| *weight < 0.0) || total <= 0.0 || !total.is_finite() {
            self.bad_law(
                at,
                "its weights are no weights",
                "weights are 0 or above, and at least one is above 0",
            );
            return None;
        }
        let mut chances: Vec<(f64, f64)> = Vec::with_capacity(values.len());
        let mut given: Vec<(f64, f64)> = values.into_iter().zip(weights).collect();
        given.sort_by(|one, other| one.0.total_cmp(&other.0));
        for (value, weight) in given {
            match chances.last_mut() {
                Some(last) if last.0 == value => last.1 += weight / total,
                _ if weight > 0.0 => chances.push((value, weight / total)),
                _ => {}
            }
        }
        Some(Law::Weighted(chances))
    }

    fn ordered(&self, at: Place, values: &[f64], order: &str, of: Of) -> Option<()> {
        if values.windows(2).any(|pair| pair[1] < pair[0]) {
            self.bad_law(
                at,
                &format!("its values are not in the order {order}"),
                "put them in order",
            );
            return None;
        }
        if of == Of::Time && values.last().is_none_or(|high| *high <= 0.0) {
            self.bad_law(at, "it takes no time", "give a `high` above 0");
            return None;
        }
        Some(())
    }

    fn bad_law(&self, at: Place, message: &str, help: &str) {
        self.report
            .error("scenario::bad_law", at, "this distribution", message)
            .help(help)
            .file();
    }
}

fn lognormal_or_fixed(mu: f64, sigma: f64, value: f64) -> Law {
    if sigma > 0.0 {
        Law::LogNormal { mu, sigma }
    } else {
        Law::Fixed(value)
    }
}
