//! The distribution of the delivered rate in each of many bins of time.

/// Levels of rate that are told apart.
const LEVELS: usize = 400;

/// Counts of replications by bin of time and level of rate.
#[derive(Clone, Debug, PartialEq)]
pub struct FanCounts {
    bins: usize,
    /// b/d per level.
    step: i64,
    counts: Vec<u32>,
    sums: Vec<i128>,
    replications: u64,
}

impl FanCounts {
    /// For `bins` bins and rates up to `largest`, b/d; what is above goes to the highest level.
    #[must_use]
    pub fn new(bins: usize, largest: i64) -> Self {
        Self {
            bins,
            step: (largest / LEVELS as i64).max(1) + 1,
            counts: vec![0; bins * LEVELS],
            sums: vec![0; bins],
            replications: 0,
        }
    }

    /// Adds a replication: the mean rate of each bin, b/d.
    pub fn add(&mut self, rates: impl Iterator<Item = i64>) {
        // Exact: rates have far fewer than 53 bits, so a quotient below a whole number is not rounded to it.
        let step = self.step as f64;
        for (bin, rate) in rates.take(self.bins).enumerate() {
            let level = (rate as f64 / step).clamp(0.0, (LEVELS - 1) as f64) as usize;
            self.counts[bin * LEVELS + level] += 1;
            self.sums[bin] += i128::from(rate);
        }
        self.replications += 1;
    }

    /// Adds what other replications gave.
    pub fn merge(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count += other;
        }
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            *sum += other;
        }
        self.replications += other.replications;
    }

    /// Mean rate of each bin, b/d.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let n = self.replications.max(1) as f64;
        self.sums.iter().map(|&sum| sum as f64 / n).collect()
    }

    /// The rate below which a share `p` of replications lies, b/d, for each bin; within a level
    /// replications are taken to be spread evenly.
    #[must_use]
    pub fn quantiles(&self, p: f64) -> Vec<f64> {
        let wanted = p * self.replications as f64;
        self.counts
            .chunks_exact(LEVELS)
            .map(|levels| {
                let mut below = 0.0;
                for (level, &count) in levels.iter().enumerate() {
                    let count = f64::from(count);
                    if count > 0.0 && below + count >= wanted {
                        let part = ((wanted - below) / count).clamp(0.0, 1.0);
                        return (level as f64 + part) * self.step as f64;
                    }
                    below += count;
                }
                0.0
            })
            .collect()
    }
}
