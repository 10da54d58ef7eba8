//! Whether one of two, which met the same futures, may be given up for the other.

use crate::maths::student_t_quantile;

use super::selection::Screening;

/// How two are told apart after a number of replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elimination {
    /// A difference smaller than this does not matter, in the unit of the values.
    pub indifference: f64,
    /// Replications so far.
    count: u64,
    screening: Option<Screening>,
    /// Standard errors by which a difference must be above noise.
    errors: f64,
    /// Size that a difference is taken to have where none has been seen.
    unseen: f64,
}

/// What becomes of the first of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Kept,
    /// It is no better by as much as matters, but perhaps better.
    NotWorthMore,
    /// It is worse.
    Worse,
}

impl Elimination {
    /// After `count` replications.
    ///
    /// - `rivals`: how many each is compared with, and `looks`: how often; the chance that one is
    ///   given up wrongly stays below `alpha` over all of them, half of it for each of two rules.
    /// - `degrees`: of freedom of the values' mean: replications less one, or less where only a tail
    ///   of them counts.
    /// - `unseen`: the size that a difference is taken to have where none has been seen.
    #[must_use]
    pub fn new(
        (count, degrees): (u64, f64),
        (rivals, looks): (usize, usize),
        alpha: f64,
        (indifference, unseen): (f64, f64),
    ) -> Self {
        let each = alpha / 2.0 / (rivals.max(1) * looks.max(1)) as f64;
        let errors = if degrees >= 1.0 {
            student_t_quantile(1.0 - each, degrees)
        } else {
            f64::INFINITY
        };
        // With few values in the tail, a variance says too little for the sequential rule too.
        let first = degrees.floor().max(0.0) as u64 + 1;
        let screening = (indifference > 0.0)
            .then(|| Screening::new(rivals + 1, first, alpha / 2.0))
            .flatten();
        Self {
            indifference,
            count,
            screening,
            errors,
            unseen,
        }
    }

    /// Weighs the first against the second, which costs no more; smaller values are better. Values
    /// are replications, or influence values of what is compared.
    ///
    /// Three parts are added to what noise may hide: a multiple of the standard error, or the band of
    /// [`Screening`] if that is narrower; and the rule of three for differences that have not been seen
    /// yet, 3 / n times their size so far.
    ///
    /// - `is_cheaper`: whether the second costs less, so that the first has to be better by the
    ///   indifference to be worth it.
    #[must_use]
    pub fn verdict(&self, first: &[f64], second: &[f64], is_cheaper: bool) -> Verdict {
        let count = first.len().min(second.len()) as f64;
        let (mut sum, mut squares, mut sizes, mut different) = (0.0, 0.0, 0.0, 0.0);
        for (one, other) in first.iter().zip(second) {
            let difference = one - other;
            sum += difference;
            squares += difference * difference;
            sizes += difference.abs();
            different += f64::from(u8::from(difference != 0.0));
        }
        if count < 2.0 || self.count < 2 {
            return Verdict::Kept;
        }
        let mean = sum / count;
        let variance = ((squares - sum * mean) / (count - 1.0)).max(0.0);
        let size = if different > 0.0 {
            sizes / different
        } else {
            self.unseen
        };
        let hidden = 3.0 / count * size;
        let noise = self.errors * (variance / count).sqrt();
        let band = self.screening.map_or(f64::INFINITY, |screening| {
            screening.band(variance, self.indifference, self.count)
        });
        if mean > noise.min(band) + hidden {
            return Verdict::Worse;
        }
        if is_cheaper && mean >= noise + hidden - self.indifference {
            return Verdict::NotWorthMore;
        }
        Verdict::Kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(indifference: f64) -> Elimination {
        Elimination::new((100, 99.0), (7, 5), 0.05, (indifference, 10.0))
    }

    fn values(step: f64, shift: f64) -> Vec<f64> {
        (0..100)
            .map(|at| f64::from(at % 10) * step + shift)
            .collect()
    }

    #[test]
    fn what_is_worse_beyond_noise_goes() {
        let (first, second) = (values(1.0, 5.0), values(1.2, 0.0));
        assert_eq!(rule(0.5).verdict(&first, &second, false), Verdict::Worse);
        assert_eq!(rule(0.5).verdict(&second, &first, true), Verdict::Kept);
    }

    #[test]
    fn what_is_hardly_better_is_not_worth_more() {
        let (dear, cheap) = (values(1.0, 0.0), values(1.0, 0.1));
        assert_eq!(
            rule(0.5).verdict(&dear, &cheap, true),
            Verdict::NotWorthMore
        );
        assert_eq!(rule(0.5).verdict(&dear, &cheap, false), Verdict::Kept);
        assert_eq!(rule(0.05).verdict(&dear, &cheap, true), Verdict::Kept);
    }

    /// A hundred futures without a difference do not show that there is none.
    #[test]
    fn what_has_not_been_seen_may_come() {
        let same = values(1.0, 0.0);
        assert_eq!(rule(0.2).verdict(&same, &same, true), Verdict::Kept);
        assert_eq!(rule(0.5).verdict(&same, &same, true), Verdict::NotWorthMore);
    }

    /// A true best by the indifference zone is given up no more often than promised.
    #[test]
    fn the_best_is_kept_as_often_as_promised() {
        let mut lost = 0;
        let draws = 400;
        for draw in 0..draws {
            let mut state = 88_172_645_463_325_252_u64.wrapping_add(draw * 7_919 + 1);
            let mut noise = || {
                (0..12)
                    .map(|_| {
                        state ^= state << 13;
                        state ^= state >> 7;
                        state ^= state << 17;
                        (state >> 11) as f64 / (1_u64 << 53) as f64
                    })
                    .sum::<f64>()
                    - 6.0
            };
            let best: Vec<f64> = (0..640).map(|_| noise()).collect();
            let others: Vec<Vec<f64>> = (0..7)
                .map(|_| (0..640).map(|_| noise() + 0.2).collect())
                .collect();
            let gone = [40, 80, 160, 320, 640].into_iter().any(|count| {
                let degrees = (count - 1) as f64;
                let rule = Elimination::new((count as u64, degrees), (7, 5), 0.05, (0.2, 1.0));
                let mut others = others.iter();
                others.any(|other| {
                    rule.verdict(&best[..count], &other[..count], false) != Verdict::Kept
                })
            });
            lost += u64::from(gone);
        }
        assert!(lost as f64 / (draws as f64) < 0.05, "{lost} of {draws}");
    }
}
