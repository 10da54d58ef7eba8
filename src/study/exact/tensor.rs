//! A number for every joint value of independent variables, and its mean under any of their laws.

use crate::metrics::Compensated;

/// Numbers over joint values; the last variable changes fastest.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    pub(super) sizes: Vec<usize>,
    pub(super) numbers: Vec<i64>,
}

impl Tensor {
    /// Mean if the variables have these laws: summed up variable by variable, the last first.
    pub(super) fn mean(&self, laws: &[Vec<f64>]) -> f64 {
        let keep = usize::MAX;
        self.means(laws, keep).first().copied().unwrap_or(0.0)
    }

    /// Mean for each value of one variable, under the laws of the others.
    pub(super) fn means(&self, laws: &[Vec<f64>], keep: usize) -> Vec<f64> {
        let mut numbers: Vec<f64> = self.numbers.iter().map(|&number| number as f64).collect();
        // After each step: the variables not summed up yet, times the values of the one kept.
        let mut inner = 1;
        for (variable, law) in laws.iter().enumerate().rev() {
            if variable == keep {
                inner = law.len();
                continue;
            }
            let row = law.len() * inner;
            let outer = numbers.len() / row.max(1);
            let mut summed = Vec::with_capacity(outer * inner);
            for before in 0..outer {
                for after in 0..inner {
                    let terms = law.iter().enumerate().map(|(value, likely)| {
                        likely * numbers[before * row + value * inner + after]
                    });
                    summed.push(terms.collect::<Compensated>().value());
                }
            }
            numbers = summed;
        }
        numbers
    }

    /// Steps in the numbers from one value of a variable to the next.
    pub(super) fn stride(&self, variable: usize) -> usize {
        self.sizes[variable + 1..].iter().product()
    }
}

/// Goes through joint values in the order of a [`Tensor`].
pub(super) struct Odometer {
    sizes: Vec<usize>,
    pub(super) values: Vec<usize>,
}

impl Odometer {
    /// At the first joint value.
    pub(super) fn new(sizes: &[usize]) -> Self {
        Self {
            sizes: sizes.to_vec(),
            values: vec![0; sizes.len()],
        }
    }

    /// Goes on, telling each variable that changes with its value before and after; `false` after
    /// the last.
    pub(super) fn next(&mut self, changed: &mut dyn FnMut(usize, usize, usize)) -> bool {
        for variable in (0..self.sizes.len()).rev() {
            let before = self.values[variable];
            let after = if before + 1 < self.sizes[variable] {
                before + 1
            } else {
                0
            };
            self.values[variable] = after;
            if before != after {
                changed(variable, before, after);
            }
            if after > 0 {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_agree_with_a_sum_over_all() {
        let tensor = Tensor {
            sizes: vec![2, 3, 2],
            numbers: (1..=12).map(|number| number * number).collect(),
        };
        let laws = vec![vec![0.25, 0.75], vec![0.5, 0.2, 0.3], vec![0.9, 0.1]];
        let mut sum = 0.0;
        let mut by_middle = [0.0; 3];
        let mut place = 0;
        let mut odometer = Odometer::new(&tensor.sizes);
        loop {
            let [a, b, c] = odometer.values[..] else {
                unreachable!()
            };
            let number = tensor.numbers[place] as f64;
            sum += laws[0][a] * laws[1][b] * laws[2][c] * number;
            by_middle[b] += laws[0][a] * laws[2][c] * number;
            place += 1;
            if !odometer.next(&mut |_, _, _| {}) {
                break;
            }
        }
        assert_eq!(place, 12);
        assert!((tensor.mean(&laws) - sum).abs() < 1e-12);
        for (mean, expected) in tensor.means(&laws, 1).iter().zip(by_middle) {
            assert!((mean - expected).abs() < 1e-12);
        }
        assert_eq!(tensor.stride(0), 6);
    }
}
