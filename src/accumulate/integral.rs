//! Rates summed over time, touched only where they change.

/// How many rates are compared at once.
const LANES: usize = 8;

/// Integrals of rates that are constant between changes.
///
/// What was kept of a rate r that held until t is the integral up to t less r t, so a time in which
/// it stays the same costs nothing. Sums wrap, which is exact as long as the integrals themselves
/// fit.
#[derive(Clone, Debug, Default)]
pub struct Integral {
    rates: Vec<i64>,
    sums: Vec<i64>,
}

impl Integral {
    /// Of so many rates, all 0.
    #[must_use]
    pub fn new(rates: usize) -> Self {
        Self {
            rates: vec![0; rates],
            sums: vec![0; rates],
        }
    }

    /// From the start again, at rates of 0.
    pub fn reset(&mut self) {
        self.rates.fill(0);
        self.sums.fill(0);
    }

    /// From `at` on these are the rates; more than it was made for are left out.
    #[inline]
    pub fn change(&mut self, at: i64, rates: &[i64]) {
        let count = self.rates.len().min(rates.len());
        let (now, last_now) = rates[..count].as_chunks::<LANES>();
        let (before, last_before) = self.rates[..count].as_chunks_mut::<LANES>();
        let (sums, last_sums) = self.sums[..count].as_chunks_mut::<LANES>();
        for ((before, sums), now) in before.iter_mut().zip(sums).zip(now) {
            if before != now {
                replace(at, before, sums, now);
            }
        }
        replace(at, last_before, last_sums, last_now);
    }

    /// The integrals up to `at`, during which rates have not changed since they last did.
    pub fn up_to(&self, at: i64) -> impl Iterator<Item = i64> + '_ {
        let each = self.sums.iter().zip(&self.rates);
        each.map(move |(sum, rate)| sum.wrapping_add(rate.wrapping_mul(at)))
    }

    /// At `at` everything stops.
    pub fn close(&mut self, at: i64) {
        for (sum, rate) in self.sums.iter_mut().zip(&mut self.rates) {
            *sum = sum.wrapping_add(std::mem::take(rate).wrapping_mul(at));
        }
    }

    /// The integrals once [closed](Self::close).
    #[must_use]
    pub fn totals(&self) -> &[i64] {
        &self.sums
    }
}

/// Has some rates change.
#[inline]
fn replace(at: i64, rates: &mut [i64], sums: &mut [i64], now: &[i64]) {
    for ((rate, sum), &now) in rates.iter_mut().zip(sums).zip(now) {
        *sum = sum.wrapping_add(rate.wrapping_sub(now).wrapping_mul(at));
        *rate = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_summed_at_changes_is_what_is_summed_step_by_step() {
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
                        (word >> 33) as i64 - (1 << 30)
                    }
                })
                .collect();
            integral.change(at, &rates);
            let time = 1 + (word >> 40) as i64;
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
