//! Spread of the volume lost within a horizon, for processes that are up and down at exponential
//! times: what is delivered is taken apart into what each set of processes contributes, and each
//! part forgets at the sum of the rates of its processes.

use crate::metrics::Compensated;

use super::component::Component;
use super::face::Face;

/// Most processes of a part of the network.
const MOST: usize = 20;

/// Variance of a volume, in (b/d · d)², and the part of it due to single processes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    pub(super) variance: f64,
    pub(super) additive: f64,
}

/// The spread over a horizon in equilibrium, or why it cannot be said.
pub(super) fn spread(
    faces: &[Face],
    components: &[Component],
    days: f64,
) -> Result<Spread, String> {
    let mut variance = Compensated::default();
    let mut additive = Compensated::default();
    for face in faces {
        let members: Vec<usize> = face
            .variables
            .iter()
            .flat_map(|variable| variable.components.iter().copied())
            .filter(|&component| components[component].law.len() > 1)
            .collect();
        let rates: Option<Vec<(f64, f64)>> = members
            .iter()
            .map(|&component| components[component].rates)
            .collect();
        let Some(rates) = rates else {
            return Err(
                "it is known in closed form only if all up and down times are exponential and \
                 each hazard leaves one share"
                    .to_owned(),
            );
        };
        if members.len() > MOST {
            return Err(format!(
                "it is worked out for at most {MOST} processes in a part of the network, and there \
                 are {}",
                members.len()
            ));
        }
        let place = |component: usize| members.iter().position(|&member| member == component);
        let mut share: Vec<f64> = (0..1_usize << members.len())
            .map(|state| {
                let state_of =
                    |component: usize| place(component).map_or(0, |bit| state >> bit & 1);
                face.at(&state_of) as f64
            })
            .collect();
        for (bit, &(fails, repairs)) in rates.iter().enumerate() {
            let down = fails / (fails + repairs);
            let scale = libm::sqrt(down * (1.0 - down));
            for state in (0..share.len()).filter(|state| state >> bit & 1 == 0) {
                let (up, low) = (share[state], share[state | 1 << bit]);
                share[state] = (1.0 - down) * up + down * low;
                share[state | 1 << bit] = scale * (low - up);
            }
        }
        let mut forgets = vec![0.0; share.len()];
        for set in 1..share.len() {
            let (fails, repairs) = rates[set.trailing_zeros() as usize];
            forgets[set] = forgets[set & (set - 1)] + fails + repairs;
            let term = share[set] * share[set] * memory(forgets[set], days);
            variance.add(term);
            if set.is_power_of_two() {
                additive.add(term);
            }
        }
    }
    Ok(Spread {
        variance: variance.value(),
        additive: additive.value(),
    })
}

/// Variance of the time integral of what forgets at a rate and has variance 1.
fn memory(rate: f64, days: f64) -> f64 {
    let x = rate * days;
    if x < 1e-3 {
        return days * days * (1.0 - x / 3.0 + x * x / 12.0 - x * x * x / 60.0);
    }
    2.0 * (days / rate + libm::expm1(-x) / (rate * rate))
}

#[cfg(test)]
mod tests {
    use super::memory;

    #[test]
    fn what_hardly_forgets_in_the_horizon_has_no_gap() {
        let (below, above) = (memory(0.999_999e-3, 1.0), memory(1.000_001e-3, 1.0));
        assert!((below - above).abs() < 1e-8);
        assert!((memory(1e-12, 10.0) - 100.0).abs() < 1e-6);
        let long = memory(1.0, 1e6);
        assert!((long / 2e6 - 1.0).abs() < 2e-6);
    }
}
