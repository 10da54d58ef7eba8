//! What all replications of a range gave.

use crate::metrics::{CrossMoments, Moments};

use super::column::{Column, Group, Tally};
use super::fan::FanCounts;

/// System metrics whose exact sample a run keeps, in order of replication; all else has moments and
/// a sketch.
pub const EXACT: [&str; 4] = ["undelivered", "delivered", "shut_in", "deliverability"];

/// What is gathered: fixed for a run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// One whole number per replication each.
    pub columns: Vec<Column>,
    /// Indices of the columns of [`EXACT`], in its order.
    pub exact: [usize; 4],
    /// Ratio metrics: their column, and those of numerator and denominator.
    pub ratios: Vec<(usize, usize, usize)>,
    /// Bins of the fan, and the largest rate it tells apart; none if it is not gathered.
    pub fan: Option<(usize, i64)>,
    /// Numbers per month, over all months.
    pub monthly: usize,
    /// Numbers on quotas per month, over all months; 0 unless set.
    pub quota_months: usize,
    /// Instants at which tanks are looked at; 0 unless set.
    pub instants: usize,
    /// The most that each tank holds, bbl; none unless set.
    pub tanks: Vec<i64>,
}

impl Plan {
    /// For these columns.
    ///
    /// # Panics
    /// If a column of [`EXACT`], or one that a ratio is made of, is not among them: a mistake in
    /// the list of columns.
    #[must_use]
    pub fn new(columns: Vec<Column>, fan: Option<(usize, i64)>, monthly: usize) -> Self {
        let find = |name: &str| {
            columns
                .iter()
                .position(|column| column.group == Group::System && column.name == name)
        };
        let needed = |name: &str| find(name).expect("every run gathers the system's ledger");
        let exact = EXACT.map(needed);
        let mut ratios = vec![(
            needed("deliverability"),
            needed("delivered"),
            needed("planned"),
        )];
        if let (Some(ratio), Some(over)) =
            (find("production_availability"), find("available_delivery"))
        {
            ratios.push((ratio, over, needed("planned")));
        }
        Self {
            columns,
            exact,
            ratios,
            fan,
            monthly,
            quota_months: 0,
            instants: 0,
            tanks: Vec::new(),
        }
    }
}

/// The sums over a range of replications.
#[derive(Clone, Debug)]
pub struct Gathered {
    tallies: Vec<Tally>,
    ratios: Vec<CrossMoments>,
    sketched: Vec<bool>,
    ratio_columns: Vec<(usize, usize)>,
    fan: Option<FanCounts>,
    monthly: Vec<Moments>,
    quota_months: Vec<Tally>,
    tanks: Vec<FanCounts>,
    /// Replications that left the band and had not recovered by the horizon.
    censored: u64,
    replications: u64,
}

impl Gathered {
    /// With nothing in it.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let mut sketched = vec![true; plan.columns.len()];
        for &column in &plan.exact {
            sketched[column] = false;
        }
        Self {
            tallies: vec![Tally::default(); plan.columns.len()],
            ratios: vec![CrossMoments::default(); plan.ratios.len()],
            sketched,
            ratio_columns: plan
                .ratios
                .iter()
                .map(|&(_, over, under)| (over, under))
                .collect(),
            fan: plan
                .fan
                .map(|(bins, largest)| FanCounts::new(bins, largest)),
            monthly: vec![Moments::default(); plan.monthly],
            quota_months: vec![Tally::default(); plan.quota_months],
            tanks: plan
                .tanks
                .iter()
                .map(|&most| FanCounts::new(plan.instants, most))
                .collect(),
            censored: 0,
            replications: 0,
        }
    }

    /// Adds one replication: its number for each column.
    pub fn add(&mut self, values: &[i64], censored: bool) {
        for ((tally, &value), &sketched) in self.tallies.iter_mut().zip(values).zip(&self.sketched)
        {
            tally.add(value, sketched);
        }
        for (ratio, &(over, under)) in self.ratios.iter_mut().zip(&self.ratio_columns) {
            ratio.add(values[over], values[under]);
        }
        self.censored += u64::from(censored);
        self.replications += 1;
    }

    /// Adds the mean rate of one replication in each bin of the fan, b/d.
    pub fn add_fan(&mut self, rates: impl Iterator<Item = i64>) {
        if let Some(fan) = &mut self.fan {
            fan.add(rates);
        }
    }

    /// Adds the monthly volumes of one replication, whole barrels.
    pub fn add_months(&mut self, barrels: &[i64]) {
        for (moments, &value) in self.monthly.iter_mut().zip(barrels) {
            moments.add(value);
        }
    }

    /// Adds what quotas came to in each month of one replication, whole barrels.
    pub fn add_quota_months(&mut self, barrels: &[i64]) {
        for (tally, &value) in self.quota_months.iter_mut().zip(barrels) {
            tally.add(value, true);
        }
    }

    /// Adds what the tanks of one replication hold: all at the first instant, then at the second, and so on; whole
    /// barrels.
    pub fn add_tanks(&mut self, barrels: &[i64]) {
        let tanks = self.tanks.len();
        for (tank, fan) in self.tanks.iter_mut().enumerate() {
            fan.add(barrels.iter().skip(tank).step_by(tanks).copied());
        }
    }

    /// Adds the replications that follow.
    pub fn merge(&mut self, later: &Self) {
        for (tally, other) in self.tallies.iter_mut().zip(&later.tallies) {
            tally.merge(other);
        }
        for (ratio, other) in self.ratios.iter_mut().zip(&later.ratios) {
            ratio.merge(other);
        }
        if let (Some(fan), Some(other)) = (&mut self.fan, &later.fan) {
            fan.merge(other);
        }
        for (moments, other) in self.monthly.iter_mut().zip(&later.monthly) {
            moments.merge(other);
        }
        for (tally, other) in self.quota_months.iter_mut().zip(&later.quota_months) {
            tally.merge(other);
        }
        for (fan, other) in self.tanks.iter_mut().zip(&later.tanks) {
            fan.merge(other);
        }
        self.censored += later.censored;
        self.replications += later.replications;
    }

    /// Replications gathered.
    #[must_use]
    pub fn replications(&self) -> u64 {
        self.replications
    }

    /// Replications that left the band and had not recovered by the horizon.
    #[must_use]
    pub fn censored(&self) -> u64 {
        self.censored
    }

    /// The moments of a column.
    #[must_use]
    pub fn moments(&self, column: usize) -> &Moments {
        &self.tallies[column].moments
    }

    /// The sketch of a column; empty for those whose exact sample is kept.
    #[must_use]
    pub fn sketch(&self, column: usize) -> &crate::metrics::Sketch {
        &self.tallies[column].sketch
    }

    /// Moments and sketch of the `index`-th number on quotas by month, whole barrels.
    #[must_use]
    pub fn quota_month(&self, index: usize) -> (&Moments, &crate::metrics::Sketch) {
        let tally = &self.quota_months[index];
        (&tally.moments, &tally.sketch)
    }

    /// What each tank holds by instant, if it was gathered, bbl.
    #[must_use]
    pub fn tanks(&self) -> &[FanCounts] {
        &self.tanks
    }

    /// Sums of the `index`-th ratio.
    #[must_use]
    pub fn ratio(&self, index: usize) -> &CrossMoments {
        &self.ratios[index]
    }

    /// The fan, if it was gathered.
    #[must_use]
    pub fn fan(&self) -> Option<&FanCounts> {
        self.fan.as_ref()
    }

    /// Moments of the monthly numbers, whole barrels.
    #[must_use]
    pub fn monthly(&self) -> &[Moments] {
        &self.monthly
    }
}
