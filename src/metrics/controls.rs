//! Control variates: what is known exactly takes noise out of what is estimated.

use super::sampled_means::SampledMeans;
use super::wide::{Big, ratio};

/// A control of which less than this share of its variance is its own, beside those before it,
/// says nothing new: it is left out.
const OWN_SHARE: f64 = 1e-8;
/// Replications for each control, at least, from which coefficients are learnt.
const PER_CONTROL: u64 = 20;
/// Occurrences that are expected of a control, at least, where its coefficient is learnt.
const OCCURRENCES: f64 = 30.0;

/// Sums of controls and values over replications, all exact: merging gives the same bits in
/// whatever order.
///
/// Of some replications the products are kept too, from which coefficients are learnt. So memory
/// does not grow with replications, and a long run need not form all products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlSums {
    controls: usize,
    all: Sums,
    learnt: Sums,
    /// Products of control `i` with those from `i` on, then with each value; `i` by `i`.
    products: Vec<i128>,
    squares: Vec<i128>,
    /// Products of one block, before they are added.
    block: Vec<i64>,
}

/// Counts and sums.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sums {
    count: u64,
    controls: Vec<i128>,
    values: Vec<i128>,
}

/// What is known of a control beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownMean {
    /// Its mean in a replication.
    pub mean: f64,
    /// Chance that it is not 0 in a replication.
    pub occurs: f64,
}

/// A mean estimated with controls.
#[derive(Clone, Debug, PartialEq)]
pub struct Controlled {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Share of the variance that the controls explain.
    pub r_squared: f64,
    /// Which controls were used, and the coefficient of each.
    pub coefficients: Vec<(usize, f64)>,
}

impl Sums {
    fn new(controls: usize, values: usize) -> Self {
        Self {
            count: 0,
            controls: vec![0; controls],
            values: vec![0; values],
        }
    }

    fn add(&mut self, rows: &[i64], values: &[&[i64]]) {
        let controls = self.controls.len();
        self.count += (rows.len() / controls.max(1)) as u64;
        // Many small sums first: a long run does nothing else with controls.
        let bits = rows.iter().fold(0, |bits, &control| bits | control);
        let small = if (0..1 << 40).contains(&bits) {
            1 << 20
        } else {
            1
        };
        let mut sums = vec![0_i64; controls];
        for rows in rows.chunks(controls.max(1) * small) {
            sums.fill(0);
            for row in rows.chunks_exact(controls.max(1)) {
                for (sum, control) in sums.iter_mut().zip(row) {
                    *sum += control;
                }
            }
            for (sum, &more) in self.controls.iter_mut().zip(&sums) {
                *sum += i128::from(more);
            }
        }
        for (sum, values) in self.values.iter_mut().zip(values) {
            *sum += values.iter().map(|&value| i128::from(value)).sum::<i128>();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (sum, more) in self.controls.iter_mut().zip(&other.controls) {
            *sum += more;
        }
        for (sum, more) in self.values.iter_mut().zip(&other.values) {
            *sum += more;
        }
    }

    fn mean(&self, control: usize) -> f64 {
        self.controls[control] as f64 / self.count as f64
    }
}

impl ControlSums {
    /// With nothing in it.
    #[must_use]
    pub fn new(controls: usize, values: usize) -> Self {
        let products = controls * (controls + 1) / 2 + controls * values;
        Self {
            controls,
            all: Sums::new(controls, values),
            learnt: Sums::new(controls, values),
            products: vec![0; products],
            squares: vec![0; values],
            block: vec![0; products],
        }
    }

    /// How many replications so many controls take.
    #[must_use]
    pub fn least(controls: usize) -> u64 {
        PER_CONTROL * controls as u64
    }

    /// Adds some replications.
    ///
    /// - `rows`: the controls, replication by replication; `values`: for each value, a number for
    ///   each replication. Sums of products have to stay below 2¹²⁷.
    /// - `learns`: whether coefficients are learnt from these replications, too.
    pub fn add(&mut self, rows: &[i64], values: &[&[i64]], learns: bool) {
        self.all.add(rows, values);
        if !learns || self.controls == 0 {
            return;
        }
        self.learnt.add(rows, values);
        for (sum, values) in self.squares.iter_mut().zip(values) {
            let squares = values.iter().map(|&value| i128::from(value).pow(2));
            *sum += squares.sum::<i128>();
        }
        let largest = |numbers: &[i64]| {
            let sizes = numbers.iter().map(|number| number.unsigned_abs());
            u128::from(sizes.max().unwrap_or(0))
        };
        let control = largest(rows);
        let other = values.iter().map(|values| largest(values)).max();
        let most = control * control.max(other.unwrap_or(0));
        let count = rows.len() / self.controls;
        let fits = most.checked_mul(count as u128);
        if fits.is_some_and(|sum| sum < 1 << 63) {
            self.add_products(rows, values);
        } else {
            self.add_large_products(rows, values);
        }
    }

    /// Adds the products of a block in which none of their sums passes 2⁶³.
    fn add_products(&mut self, rows: &[i64], values: &[&[i64]]) {
        self.block.fill(0);
        for (at, row) in rows.chunks_exact(self.controls).enumerate() {
            let mut rest = self.block.as_mut_slice();
            for (first, &control) in row.iter().enumerate() {
                let (own, next) = rest.split_at_mut(self.controls - first + values.len());
                rest = next;
                // Most hazards spare most replications.
                if control == 0 {
                    continue;
                }
                let (products, with_values) = own.split_at_mut(self.controls - first);
                for (product, &other) in products.iter_mut().zip(&row[first..]) {
                    *product += control * other;
                }
                for (product, values) in with_values.iter_mut().zip(values) {
                    *product += control * values[at];
                }
            }
        }
        for (sum, &more) in self.products.iter_mut().zip(&self.block) {
            *sum += i128::from(more);
        }
    }

    fn add_large_products(&mut self, rows: &[i64], values: &[&[i64]]) {
        for (at, row) in rows.chunks_exact(self.controls).enumerate() {
            let mut sums = self.products.iter_mut();
            for (first, &control) in row.iter().enumerate() {
                let others = row[first..].iter().copied();
                let values = values.iter().map(|values| values[at]);
                for (other, sum) in others.chain(values).zip(&mut sums) {
                    *sum += i128::from(control) * i128::from(other);
                }
            }
        }
    }

    /// Adds the replications of another.
    pub fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        self.learnt.merge(&other.learnt);
        for (sum, more) in self.products.iter_mut().zip(&other.products) {
            *sum += more;
        }
        for (sum, more) in self.squares.iter_mut().zip(&other.squares) {
            *sum += more;
        }
    }

    /// The mean of a control, as it came.
    #[must_use]
    pub fn mean(&self, control: usize) -> f64 {
        self.all.mean(control)
    }

    /// Replications that were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.all.count
    }

    /// The mean of a value, by regression on the controls: what it would be if each control had had
    /// its known mean.
    ///
    /// Controls are taken in their order. One that is expected less than thirty times in the
    /// replications that are learnt from is left out, whether it came or not, and so is one that
    /// those before it explain. The standard error has n − p − 1 degrees of freedom and counts in
    /// how far the means of the controls lie from those that are known. It also counts in
    /// `tolerance`, how far the known means may be off, in the unit of the controls: nobody knows
    /// better what is measured in whole units.
    ///
    /// `None` with fewer than twenty replications for each control, without any control that says
    /// something, or if the value does not vary.
    ///
    /// # Source
    /// Lavenberg and Welch (1981), *Management Science* 27(3).
    #[must_use]
    pub fn estimate(
        &self,
        value: usize,
        known: &[KnownMean],
        tolerance: f64,
    ) -> Option<Controlled> {
        self.estimate_with(value, known, tolerance, None)
    }

    /// The same where the means of the last controls were not known, but found in other futures that
    /// have nothing to do with the replications: the error of those means is added.
    ///
    /// # Source
    /// Schmeiser, Taaffe and Wang (2001), *IIE Transactions* 33(3); Gorodetsky, Geraci, Eldred and
    /// Jakeman (2020), *Journal of Computational Physics* 408.
    #[must_use]
    pub fn estimate_with(
        &self,
        value: usize,
        known: &[KnownMean],
        tolerance: f64,
        sampled: Option<SampledMeans<'_>>,
    ) -> Option<Controlled> {
        let n = self.learnt.count;
        let candidates: Vec<usize> = (0..self.controls)
            .filter(|&at| known[at].occurs * n as f64 >= OCCURRENCES)
            .filter(|&at| self.variation(at, at) > 0.0)
            .collect();
        if candidates.is_empty() || n < Self::least(candidates.len()) {
            return None;
        }
        let of_value = self.variation_of_value(value);
        if of_value <= 0.0 {
            return None;
        }
        let sizes = candidates.iter().map(|&at| self.variation(at, at).sqrt());
        let sizes: Vec<f64> = sizes.collect();
        let mut factor = Factor::default();
        let (mut explained, mut distance, mut correction) = (0.0, 0.0, 0.0);
        for (place, &at) in candidates.iter().enumerate() {
            let with = |other: usize| {
                let both = sizes[place] * sizes[other];
                self.variation(candidates[other], at) / both
            };
            if !factor.add(place, &with) {
                continue;
            }
            let with_value = self.variation_with_value(at, value) / sizes[place];
            let away = (self.all.mean(at) - known[at].mean) / sizes[place];
            let (loading, away) = factor.solve_last(with_value / of_value.sqrt(), away);
            explained += loading * loading;
            distance += away * away;
            correction += loading * away;
        }
        let used = factor.places.len() as u64;
        if used == 0 || n < used + 2 {
            return None;
        }
        let scale = of_value.sqrt();
        let left = (of_value * (1.0 - explained)).max(0.0) / (n - used - 1) as f64;
        let coefficients: Vec<(usize, f64)> = (factor.places.iter())
            .zip(factor.coefficients())
            .map(|(&place, coefficient)| (candidates[place], coefficient * scale / sizes[place]))
            .collect();
        let exact = sampled.map_or(self.controls, |sampled| sampled.first);
        let by_law = coefficients.iter().filter(|&&(at, _)| at < exact);
        let unknown = by_law.map(|(_, coefficient)| {
            let off = coefficient * tolerance;
            off * off
        });
        let of_means = sampled.map_or(0.0, |sampled| sampled.variance(&coefficients));
        let variance =
            left * (1.0 / self.all.count as f64 + distance) + unknown.sum::<f64>() + of_means;
        let crude = self.all.values[value] as f64 / self.all.count as f64;
        Some(Controlled {
            mean: crude - scale * correction,
            std_error: variance.sqrt(),
            r_squared: explained.min(1.0),
            coefficients,
        })
    }

    /// Where the products of a control begin.
    fn start(&self, control: usize) -> usize {
        let values = self.squares.len();
        control * (self.controls + values) - control * control.saturating_sub(1) / 2
    }

    /// Σ (a − ā)(b − b̄) of two controls, the first not after the second.
    pub(super) fn variation(&self, first: usize, second: usize) -> f64 {
        let product = self.products[self.start(first) + second - first];
        self.about_means(
            product,
            self.learnt.controls[first],
            self.learnt.controls[second],
        )
    }

    fn variation_with_value(&self, control: usize, value: usize) -> f64 {
        let product = self.products[self.start(control) + self.controls - control + value];
        self.about_means(
            product,
            self.learnt.controls[control],
            self.learnt.values[value],
        )
    }

    fn variation_of_value(&self, value: usize) -> f64 {
        let sum = self.learnt.values[value];
        self.about_means(self.squares[value], sum, sum)
    }

    /// Σ ab − Σa Σb / n, with one rounding.
    fn about_means(&self, product: i128, first: i128, second: i128) -> f64 {
        let n = Big::from(self.learnt.count);
        let squares = n.times(&Big::from(product));
        let less = Big::from(first).times(&Big::from(second));
        ratio(&squares.minus(&less), &n).unwrap_or(0.0)
    }
}

/// A triangular factor of the correlations of controls, row by row, and what was solved with it.
#[derive(Debug, Default)]
struct Factor {
    /// Which controls are in it.
    places: Vec<usize>,
    rows: Vec<Vec<f64>>,
    /// By row: the loading of the value, and how far the means are away.
    solved: Vec<(f64, f64)>,
}

impl Factor {
    /// Takes a control in; `false` if those before it explain it.
    ///
    /// - `with`: its correlation with each of those before it.
    fn add(&mut self, place: usize, with: &dyn Fn(usize) -> f64) -> bool {
        let mut row: Vec<f64> = Vec::with_capacity(self.places.len() + 1);
        let mut own = 1.0;
        for (&other, before) in self.places.iter().zip(&self.rows) {
            let (diagonal, rest) = before.split_last().expect("a row has its diagonal");
            let known: f64 = rest.iter().zip(&row).map(|(a, b)| a * b).sum();
            let entry = (with(other) - known) / diagonal;
            own -= entry * entry;
            row.push(entry);
        }
        if own < OWN_SHARE {
            return false;
        }
        row.push(own.sqrt());
        self.places.push(place);
        self.rows.push(row);
        true
    }

    /// The next entries of what solves for these right sides.
    fn solve_last(&mut self, value: f64, away: f64) -> (f64, f64) {
        let row = self.rows.last().expect("a control was taken in");
        let (diagonal, rest) = row.split_last().expect("a row has its diagonal");
        let (mut value, mut away) = (value, away);
        for (entry, (loading, distance)) in rest.iter().zip(&self.solved) {
            value -= entry * loading;
            away -= entry * distance;
        }
        let last = (value / diagonal, away / diagonal);
        self.solved.push(last);
        last
    }

    /// The coefficients, in units of the standard deviations.
    fn coefficients(&self) -> Vec<f64> {
        let mut found = vec![0.0; self.rows.len()];
        for at in (0..self.rows.len()).rev() {
            let later: f64 = (at + 1..self.rows.len())
                .map(|other| self.rows[other][at] * found[other])
                .sum();
            found[at] = (self.solved[at].0 - later) / self.rows[at][at];
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};

    /// `control`, in tenths.
    const CONTROL: [i64; 20] = [
        101, 8, 295, 90, 162, 497, 41, 198, 88, 390, 141, 72, 255, 31, 719, 188, 97, 333, 60, 222,
    ];
    const KNOWN: KnownMean = KnownMean {
        mean: 187.5,
        occurs: 2.0,
    };

    #[test]
    fn estimators_control_variate() {
        let mut sums = ControlSums::new(1, 1);
        sums.add(&CONTROL, &[&LOSSES], true);
        let found = sums.estimate(0, &[KNOWN], 0.0).unwrap();
        close(found.mean / 10.0, 20.553_686_631_73);
        close(found.std_error / 10.0, 0.410_490_289_714);
        close(found.r_squared, 0.993_003_659_997_1);
        assert_eq!(found.coefficients.len(), 1);
        close(found.coefficients[0].1, 1.194_380_981_743);
    }

    /// Numbers that look random and are the same everywhere.
    fn noise(seed: u64) -> impl Iterator<Item = i64> {
        let mut state = seed;
        std::iter::repeat_with(move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 44) as i64 - (1 << 19)
        })
    }

    #[test]
    fn a_value_made_of_controls_is_known_without_error() {
        let (first, second): (Vec<i64>, Vec<i64>) =
            (noise(1).take(200).collect(), noise(2).take(200).collect());
        let rows: Vec<i64> = first
            .iter()
            .zip(&second)
            .flat_map(|(&a, &b)| [a, b])
            .collect();
        let values: Vec<i64> = first
            .iter()
            .zip(&second)
            .map(|(&a, &b)| 3 * a - 7 * b)
            .collect();
        let mut sums = ControlSums::new(2, 1);
        sums.add(&rows, &[&values], true);
        let known = [100.0, -50.0].map(|mean| KnownMean { mean, occurs: 1.0 });
        let found = sums.estimate(0, &known, 0.0).unwrap();
        assert!((found.mean - 650.0).abs() < 1e-3, "{found:?}");
        assert!(found.std_error < 1.0, "{found:?}");
        let off = sums.estimate(0, &known, 0.5).unwrap();
        let expected = 58.0_f64.sqrt() / 2.0;
        assert!((off.std_error - expected).abs() < 0.5, "{off:?}");
    }

    #[test]
    fn what_says_nothing_new_is_left_out() {
        let control: Vec<i64> = noise(3).take(400).collect();
        let own: Vec<i64> = noise(4).take(400).collect();
        let values: Vec<i64> = control.iter().zip(&own).map(|(a, b)| a + b).collect();
        let alone = {
            let mut sums = ControlSums::new(1, 1);
            sums.add(&control, &[&values], true);
            sums.estimate(0, &[KNOWN], 0.0).unwrap()
        };
        let rows: Vec<i64> = control.iter().flat_map(|&a| [5, a, -2 * a, a]).collect();
        let mut sums = ControlSums::new(4, 1);
        sums.add(&rows, &[&values], true);
        let twice = KnownMean {
            mean: -375.0,
            occurs: 1.0,
        };
        let rare = KnownMean {
            mean: 5.0,
            occurs: 1.0,
        };
        let found = sums.estimate(0, &[rare, KNOWN, twice, KNOWN], 0.0).unwrap();
        assert_eq!(found.coefficients.len(), 1);
        assert_eq!(found.coefficients[0].0, 1);
        assert_eq!((found.mean, found.std_error), (alone.mean, alone.std_error));
    }

    #[test]
    fn what_is_too_rare_to_be_learnt_or_too_much_for_the_sample_is_not_told() {
        let mut sums = ControlSums::new(1, 1);
        sums.add(&CONTROL, &[&LOSSES], true);
        let rare = KnownMean {
            occurs: 0.01,
            ..KNOWN
        };
        assert_eq!(sums.estimate(0, &[rare], 0.0), None);
        let mut sums = ControlSums::new(1, 1);
        sums.add(&CONTROL[1..], &[&LOSSES[1..]], true);
        assert_eq!(sums.estimate(0, &[KNOWN], 0.0), None);
        let mut constant = ControlSums::new(1, 1);
        constant.add(&CONTROL, &[&[7; 20]], true);
        assert_eq!(constant.estimate(0, &[KNOWN], 0.0), None);
        assert_eq!(ControlSums::new(0, 1).estimate(0, &[], 0.0), None);
    }

    #[test]
    fn parts_merge_to_the_same_bits_and_large_numbers_are_summed_alike() {
        let rows: Vec<i64> = noise(5).take(600).collect();
        let values: Vec<i64> = noise(6).take(200).collect();
        let mut whole = ControlSums::new(3, 2);
        whole.add(&rows, &[&values, &values], true);
        let mut late = ControlSums::new(3, 2);
        late.add(&rows[450..], &[&values[150..], &values[150..]], true);
        let mut parts = ControlSums::new(3, 2);
        parts.merge(&late);
        parts.add(&rows[..450], &[&values[..150], &values[..150]], true);
        assert_eq!((&whole.products, &whole.all), (&parts.products, &parts.all));
        let mut large = ControlSums::new(3, 2);
        large.learnt.add(&rows, &[&values, &values]);
        large.add_large_products(&rows, &[&values, &values]);
        assert_eq!(whole.products, large.products);
    }

    /// Coefficients from some replications, the mean from all.
    #[test]
    fn a_long_run_learns_from_its_beginning() {
        let controls: Vec<i64> = noise(7).take(4_000).collect();
        let own: Vec<i64> = noise(8).take(4_000).map(|noise| noise / 8).collect();
        let values: Vec<i64> = controls.iter().zip(&own).map(|(a, b)| 2 * a + b).collect();
        let (mut all, mut some) = (ControlSums::new(1, 1), ControlSums::new(1, 1));
        all.add(&controls, &[&values], true);
        some.add(&controls[..500], &[&values[..500]], true);
        some.add(&controls[500..], &[&values[500..]], false);
        let known = [KnownMean {
            mean: 0.0,
            occurs: 1.0,
        }];
        let (all, some) = (
            all.estimate(0, &known, 0.0).unwrap(),
            some.estimate(0, &known, 0.0).unwrap(),
        );
        assert!(
            (all.std_error / some.std_error - 1.0).abs() < 0.1,
            "{all:?} {some:?}"
        );
        assert!(
            (all.mean - some.mean).abs() < all.std_error,
            "{all:?} {some:?}"
        );
    }
}
