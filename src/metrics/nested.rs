//! Two levels of chance: draws of what is not known well, and replications within each draw.

use super::Interval;
use crate::maths::inverse_beta;

/// What the replications of one draw say about one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// Replications in which it is defined.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their sample variance; `None` with fewer than two.
    pub variance: Option<f64>,
}

/// A mean with its two errors apart: the one that more replications remove, and the one that
/// only better knowledge removes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nested {
    /// Mean of all replications.
    pub mean: f64,
    /// Its standard error, from how means of draws differ: √(MSB / n). Replications of one draw
    /// are alike, so this is more than their spread over √n.
    pub std_error: f64,
    /// The part of what is not known; `None` if no draw has two replications, or the draws have
    /// too few for both parts.
    pub split: Option<Split>,
}

/// Variance between draws and within them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Variance of the mean over what is not known, (MSB − MSW) / m, as it comes out: below 0 if
    /// noise hides it.
    pub variance_raw: f64,
    /// Variance within a draw, MSW.
    pub aleatory_variance: f64,
    /// The points that a twentieth of the means of draws lie below and above, after these are
    /// drawn towards their mean so far that their variance is that of what is not known.
    pub band: Interval,
}

impl Split {
    /// Standard deviation over what is not known; 0 if noise hides it.
    #[must_use]
    pub fn std_dev(&self) -> f64 {
        self.variance_raw.max(0.0).sqrt()
    }

    /// Share of the variance of one replication that is due to what is not known; `None` if
    /// nothing varies.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let epistemic = self.variance_raw.max(0.0);
        let total = epistemic + self.aleatory_variance;
        (total > 0.0).then(|| epistemic / total)
    }
}

/// The analysis of variance of draws with replications in them. Draws in which a number is nowhere
/// defined do not count; draws may have different numbers of replications.
///
/// `None` with fewer than two draws.
///
/// # Source
/// Searle et al. (1992), *Variance Components*, for unequal numbers; Sun, Apley and Staum (2011),
/// *Operations Research* 59(4), for the use.
#[must_use]
pub fn nested(groups: &[Group]) -> Option<Nested> {
    let mut used: Vec<Group> = groups.iter().copied().filter(|g| g.count > 0).collect();
    let draws = used.len() as f64;
    if draws < 2.0 {
        return None;
    }
    let sum = |of: &dyn Fn(&Group) -> f64| used.iter().map(of).sum::<f64>();
    let n = sum(&|group| group.count as f64);
    let squares = sum(&|group| (group.count as f64) * (group.count as f64));
    let mean = sum(&|group| group.count as f64 * group.mean) / n;
    let away = |group: &Group| (group.mean - mean) * (group.mean - mean);
    let between = sum(&|group| group.count as f64 * away(group)) / (draws - 1.0);
    let freedom = n - draws;
    if freedom < 1.0 {
        let std_error = (between / n).sqrt();
        return Some(Nested {
            mean,
            std_error,
            split: None,
        });
    }
    let spread = |group: &Group| (group.count as f64 - 1.0) * group.variance.unwrap_or(0.0);
    let within = sum(&spread) / freedom;
    // The mean number of replications of a draw, as it counts here; of equal ones the number.
    let per_draw = (n - squares / n) / (draws - 1.0);
    let variance_raw = (between - within) / per_draw;
    let std_error = ((variance_raw * squares / n + within) / n).max(0.0).sqrt();

    let centre = sum(&|group| group.mean) / draws;
    let apart = |group: &Group| (group.mean - centre) * (group.mean - centre);
    let spread_of_means = sum(&apart) / (draws - 1.0);
    let pull = if spread_of_means > 0.0 {
        (variance_raw.max(0.0) / spread_of_means).sqrt().min(1.0)
    } else {
        0.0
    };
    used.sort_by(|one, other| one.mean.total_cmp(&other.mean));
    let point = |p: f64| mean + pull * (quantile_of_means(&used, p) - mean);
    Some(Nested {
        mean,
        std_error,
        split: Some(Split {
            variance_raw,
            aleatory_variance: within,
            band: Interval {
                low: point(0.05),
                high: point(0.95),
            },
        }),
    })
}

/// The quantile of sorted means that is right in the median whatever their law (Hyndman and Fan
/// 1996, *The American Statistician* 50(4), definition 8).
fn quantile_of_means(sorted: &[Group], p: f64) -> f64 {
    let last = sorted.len() - 1;
    let at = ((sorted.len() as f64 + 1.0 / 3.0) * p - 2.0 / 3.0).clamp(0.0, last as f64);
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    let part = at - below as f64;
    sorted[below].mean + part * (sorted[above].mean - sorted[below].mean)
}

/// Clopper and Pearson's interval of a probability whose standard error is known to be
/// `std_error`, because its replications are not independent: as if there were as many independent
/// ones as give that error, and never more than there are.
///
/// `None` without replications, with a probability outside 0–1 or a confidence not inside (0, 1).
///
/// # Source
/// Korn and Graubard (1998), *Survey Methodology* 24(2).
#[must_use]
pub fn korn_graubard(
    probability: f64,
    std_error: f64,
    replications: u64,
    confidence: f64,
) -> Option<Interval> {
    let is_share = (0.0..=1.0).contains(&probability);
    if replications == 0 || !is_share || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let n = replications as f64;
    let spread = probability * (1.0 - probability);
    let size = if std_error > 0.0 && spread > 0.0 {
        (spread / (std_error * std_error)).min(n)
    } else {
        n
    };
    let miss = 0.5 * (1.0 - confidence);
    let (some, others) = (probability * size, (1.0 - probability) * size);
    let low = if some > 0.0 {
        inverse_beta(miss, 1.0 - miss, some, others + 1.0).0
    } else {
        0.0
    };
    let high = if others > 0.0 {
        inverse_beta(1.0 - miss, miss, some + 1.0, others).0
    } else {
        1.0
    };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;
    use crate::metrics::clopper_pearson;

    fn group(values: &[f64]) -> Group {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
        Group {
            count: values.len() as u64,
            mean,
            variance: (n > 1.0).then(|| squares / (n - 1.0)),
        }
    }

    /// KA14 `nested`.
    #[test]
    fn five_draws_of_three() {
        let groups = [
            [12.0, 15.0, 11.0],
            [20.0, 26.0, 23.0],
            [9.0, 10.0, 14.0],
            [31.0, 24.0, 29.0],
            [17.0, 19.0, 12.0],
        ]
        .map(|values| group(&values));
        let found = nested(&groups).expect("five draws");
        close(found.mean, 18.133_333_333_333_33);
        close(found.std_error, 3.212_129_788_439);
        let split = found.split.expect("three each");
        close(split.variance_raw, 48.5);
        close(split.aleatory_variance, 9.266_666_666_667);
        close(split.share().expect("varies"), 0.839_584_535_487_6);
        close(split.std_dev(), 48.5_f64.sqrt());
        // The outermost means, drawn in by √(48.5 / (154.7666… / 3)).
        let pull = (48.5_f64 / (154.766_666_666_667 / 3.0)).sqrt();
        close(split.band.low, found.mean + pull * (11.0 - found.mean));
        close(split.band.high, found.mean + pull * (28.0 - found.mean));
    }

    #[test]
    fn noise_that_hides_what_is_not_known_is_said() {
        let groups = [[1.0, 9.0], [9.0, 1.0], [1.0, 9.5]].map(|values| group(&values));
        let split = nested(&groups)
            .and_then(|found| found.split)
            .expect("split");
        assert!(split.variance_raw < 0.0);
        assert_eq!((split.std_dev(), split.share()), (0.0, Some(0.0)));
        assert_eq!(split.band.low, split.band.high);
    }

    #[test]
    fn single_replications_have_an_error_but_no_split() {
        let groups = [[1.0], [4.0], [7.0]].map(|values| group(&values));
        let found = nested(&groups).expect("three draws");
        assert_eq!((found.mean, found.split), (4.0, None));
        close(found.std_error, 3.0_f64.sqrt());
        assert_eq!(nested(&groups[..1]), None);
    }

    /// By hand: n = 5, MSB = 3.333…, MSW = 2 / 3, m = (5 − 13/5) / 1.
    #[test]
    fn draws_may_have_different_numbers() {
        let empty = Group {
            count: 0,
            mean: f64::NAN,
            variance: None,
        };
        let groups = [group(&[1.0, 1.0, 1.0]), empty, group(&[2.0, 4.0])];
        let found = nested(&groups).expect("two draws");
        close(found.mean, 1.8);
        let split = found.split.expect("split");
        close(split.aleatory_variance, 2.0 / 3.0);
        close(split.variance_raw, (4.8 - 2.0 / 3.0) / 2.4);
    }

    #[test]
    fn dependent_replications_count_for_less() {
        let independent = (0.1 * 0.9 / 1_000.0_f64).sqrt();
        let all = korn_graubard(0.1, independent, 1_000, 0.95).expect("possible");
        let exact = clopper_pearson(100, 1_000, 0.95).expect("possible");
        close(all.low, exact.low);
        close(all.high, exact.high);
        let wide = korn_graubard(0.1, 2.0 * independent, 1_000, 0.95).expect("possible");
        let fewer = clopper_pearson(25, 250, 0.95).expect("possible");
        close(wide.low, fewer.low);
        close(wide.high, fewer.high);
        assert_eq!(
            korn_graubard(0.0, 0.0, 100, 0.95).expect("possible").low,
            0.0
        );
    }
}
