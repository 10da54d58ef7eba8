//! What the replications of one draw of uncertain figures gave.

use crate::metrics::{CrossMoments, Group, Moments};

use super::column::UNDEFINED;
use super::gathered::Plan;

/// The sums over the replications of one draw; its memory is used again for the next.
#[derive(Clone, Debug)]
pub struct DrawSums {
    columns: Vec<Moments>,
    ratios: Vec<CrossMoments>,
    ratio_columns: Vec<(usize, usize)>,
    fan: Vec<Moments>,
    months: Vec<Moments>,
}

/// Means and variances of one draw, in the whole numbers of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawMeans {
    /// By column of the plan.
    pub columns: Vec<Group>,
    /// By ratio of the plan.
    pub ratios: Vec<Group>,
    /// By bin of the fan, b/d.
    pub fan: Vec<Group>,
    /// By monthly number, whole barrels.
    pub months: Vec<Group>,
}

impl DrawSums {
    /// With nothing in it.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let ratio_columns = plan.ratios.iter().map(|&(_, over, under)| (over, under));
        Self {
            columns: vec![Moments::default(); plan.columns.len()],
            ratios: vec![CrossMoments::default(); plan.ratios.len()],
            ratio_columns: ratio_columns.collect(),
            fan: vec![Moments::default(); plan.fan.map_or(0, |(bins, _)| bins)],
            months: vec![Moments::default(); plan.monthly],
        }
    }

    /// Adds one replication: its number for each column.
    pub fn add(&mut self, values: &[i64]) {
        for (moments, &value) in self.columns.iter_mut().zip(values) {
            if value != UNDEFINED {
                moments.add(value);
            }
        }
        for (ratio, &(over, under)) in self.ratios.iter_mut().zip(&self.ratio_columns) {
            ratio.add(values[over], values[under]);
        }
    }

    /// Adds the mean rate of one replication in each bin of the fan, b/d.
    pub fn add_fan(&mut self, rates: impl Iterator<Item = i64>) {
        for (moments, rate) in self.fan.iter_mut().zip(rates) {
            moments.add(rate);
        }
    }

    /// Adds the monthly volumes of one replication, whole barrels.
    pub fn add_months(&mut self, barrels: &[i64]) {
        for (moments, &value) in self.months.iter_mut().zip(barrels) {
            moments.add(value);
        }
    }

    /// The means so far; begins anew.
    pub fn close(&mut self) -> DrawMeans {
        let taken = |all: &mut Vec<Moments>| -> Vec<Group> {
            all.iter_mut()
                .map(|moments| group(&std::mem::take(moments)))
                .collect()
        };
        DrawMeans {
            columns: taken(&mut self.columns),
            ratios: self
                .ratios
                .iter_mut()
                .map(|ratio| ratio_group(&std::mem::take(ratio)))
                .collect(),
            fan: taken(&mut self.fan),
            months: taken(&mut self.months),
        }
    }
}

fn group(moments: &Moments) -> Group {
    Group {
        count: moments.count(),
        mean: moments.mean().unwrap_or(0.0),
        variance: moments.variance(),
    }
}

/// A ratio as if each replication gave it: its variance is that of its linear part.
fn ratio_group(ratio: &CrossMoments) -> Group {
    let n = ratio.count() as f64;
    Group {
        count: if ratio.ratio().is_some() {
            ratio.count()
        } else {
            0
        },
        mean: ratio.ratio().unwrap_or(0.0),
        variance: ratio.ratio_std_error().map(|error| n * error * error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accumulate::{Column, Group as About};

    #[test]
    fn a_draw_is_closed_and_the_next_begins_anew() {
        let columns = [
            "undelivered",
            "delivered",
            "shut_in",
            "planned",
            "deliverability",
        ]
        .map(|name| Column::barrels(About::System, name))
        .to_vec();
        let mut sums = DrawSums::new(&Plan::new(columns, Some((1, 10)), 1));
        for delivered in [4, 6] {
            sums.add(&[10 - delivered, delivered, UNDEFINED, 10, 0]);
            sums.add_fan([delivered].into_iter());
            sums.add_months(&[delivered]);
        }
        let means = sums.close();
        let group = |count, mean, variance| Group {
            count,
            mean,
            variance,
        };
        assert_eq!(means.columns[1], group(2, 5.0, Some(2.0)));
        assert_eq!(means.columns[2], group(0, 0.0, None));
        assert_eq!((means.fan[0].mean, means.months[0].mean), (5.0, 5.0));
        let ratio = means.ratios[0];
        assert_eq!((ratio.count, ratio.mean), (2, 0.5));
        assert!((ratio.variance.expect("two") - 0.02).abs() < 1e-12);
        assert_eq!(sums.close().columns[1].count, 0);
    }
}
