//! Rates summed over time, in one go for all the time that they last.

/// Integrals of rates that are constant between changes.
#[derive(Clone, Debug, Default)]
pub struct Integral {
    rates: Vec<i64>,
    sums: Vec<i64>,
    /// Until when rates are summed up.
    since: i64,
}

impl Integral {
    /// Of so many rates, all 0.
    #[must_use]
    pub fn new(rates: usize) -> Self {
        Self {
            rates: vec![0; rates],
            sums: vec![0; rates],
            since: 0,
        }
    }

    /// From the start again, at rates of 0.
    pub fn reset(&mut self) {
        self.rates.fill(0);
        self.sums.fill(0);
        self.since = 0;
    }

    /// From `at` on these are the rates, none negative; more than it was made for are left out.
    #[inline]
    pub fn change(&mut self, at: i64, rates: &[i64]) {
        self.sum_up(at);
        let count = self.rates.len();
        self.rates.copy_from_slice(&rates[..count]);
    }

    /// The rates that hold now.
    #[must_use]
    pub fn rates(&self) -> &[i64] {
        &self.rates
    }

    fn sum_up(&mut self, at: i64) {
        let mut left = (at - self.since) as u64;
        self.since = at;
        while left > 0 {
            // Rates fit into 32 bits, and products of two such numbers are found several at a time.
            let time = left.min(u64::from(u32::MAX));
            for (sum, &rate) in self.sums.iter_mut().zip(&self.rates) {
                debug_assert!(u32::try_from(rate).is_ok(), "rates fit into 32 bits");
                *sum += (u64::from(rate as u32) * time) as i64;
            }
            left -= time;
        }
    }

    /// The integrals up to `at`, during which rates have not changed since they last did.
    pub fn up_to(&self, at: i64) -> impl Iterator<Item = i64> + '_ {
        let each = self.sums.iter().zip(&self.rates);
        each.map(move |(sum, rate)| sum + rate * (at - self.since))
    }

    /// At `at` everything stops.
    pub fn close(&mut self, at: i64) {
        self.sum_up(at);
        self.rates.fill(0);
    }

    /// The integrals once [closed](Self::close).
    #[must_use]
    pub fn totals(&self) -> &[i64] {
        &self.sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_summed_in_one_go_is_what_is_summed_step_by_step() {
        let mut integral = Integral::new(11);
        let mut plain = [0_i64; 11];
        let (mut at, mut word) = (0_i64, 1_u64);
        for step in 0..200 {
            let rates: Vec<i64> = (0..11)
                .map(|index| {
                    word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let is_kept = step > 0 && word >> 62 != 0;
                    if is_kept {
                        integral.rates[index]
                    } else {
                        (word >> 33) as i64
                    }
                })
                .collect();
            integral.change(at, &rates);
            let time = 1 + if step == 7 {
                10_000_000_000
            } else {
                (word >> 44) as i64
            };
            for (sum, rate) in plain.iter_mut().zip(&rates) {
                *sum += rate * time;
            }
            at += time;
            assert!(integral.up_to(at).eq(plain));
        }
        integral.close(at);
        assert_eq!(integral.totals(), plain);
        integral.reset();
        assert!(integral.up_to(at).eq([0; 11]));
    }
}
