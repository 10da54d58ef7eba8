//! Cuts shared among fields where grades are told apart, by linear programs.
//!
//! What the fields of a class can produce is no polymatroid then, so it is not decomposed: the least share is made as
//! high as can be; those that can have no more keep what they have; and so on with the others (Megiddo 1974).

use super::multi::{Aim, Goal, Held, Lane, Multi, with_slack};

/// What counts as more, in units of the programs: above what tolerances add up to.
const MORE: f64 = 1e-5;

impl Multi {
    /// Holds the production of fields at fair shares of what levels above have left open. `None` if some program has no
    /// optimum.
    pub(super) fn share(&self, lanes: &[Lane], most: &[i64], held: &mut Vec<Held>) -> Option<()> {
        let claims = self.claims();
        for fields in claims.classes() {
            let aim = |&field: &usize| {
                let arc = claims.fields[field].arc;
                let lane = lanes.iter().position(|lane| lane.arc == arc)?;
                let (plan, entitled) = self.claim_of(field);
                let can = self.rate_of(arc);
                let (weight, most) = if claims.by_entitlement {
                    (entitled, can.min(plan).min(entitled))
                } else {
                    (plan, can)
                };
                let aim = Aim {
                    lane,
                    base: 0.0,
                    weight,
                    most,
                };
                Some((field, aim))
            };
            let (fields, mut aims): (Vec<usize>, Vec<Aim>) = fields.iter().filter_map(aim).unzip();
            if aims.len() < 2 {
                continue;
            }
            let mut got = self.fairest(lanes, most, held, &aims)?;
            if claims.by_entitlement {
                for ((aim, &field), &got) in aims.iter_mut().zip(&fields).zip(&got) {
                    let (plan, _) = self.claim_of(field);
                    let can = self.rate_of(claims.fields[field].arc);
                    *aim = Aim {
                        base: got,
                        weight: plan - got,
                        most: can - got,
                        ..*aim
                    };
                }
                got = self.fairest(lanes, most, held, &aims)?;
            }
            held.extend(
                aims.iter()
                    .zip(got)
                    .map(|(aim, got)| at_least(lanes, aim.lane, got)),
            );
        }
        Some(())
    }

    /// What each has if the least share is as high as can be, then the next.
    fn fairest(
        &self,
        lanes: &[Lane],
        most: &[i64],
        held: &[Held],
        aims: &[Aim],
    ) -> Option<Vec<f64>> {
        let mut held = held.to_vec();
        held.extend(aims.iter().map(|aim| at_least(lanes, aim.lane, aim.base)));
        let mut got: Vec<f64> = aims.iter().map(|aim| aim.base).collect();
        let mut rising: Vec<usize> = (0..aims.len())
            .filter(|&at| aims[at].weight > MORE && aims[at].most > MORE)
            .collect();
        while !rising.is_empty() {
            let now: Vec<Aim> = rising.iter().map(|&at| aims[at]).collect();
            let idle = vec![0.0; lanes.len()];
            let share = *self.solved(lanes, most, &idle, &held, &now)?.last()?;
            for &at in &rising {
                got[at] = aims[at].base + aims[at].weight * share;
            }
            let floors = rising
                .iter()
                .map(|&at| at_least(lanes, aims[at].lane, got[at]));
            let with_floors: Vec<Held> = held.iter().cloned().chain(floors).collect();
            let is_full = |at: &usize| got[*at] - aims[*at].base >= aims[*at].most - MORE;
            let (mut stuck, open): (Vec<usize>, Vec<usize>) =
                rising.iter().partition(|&at| is_full(at));
            let floor = |&at: &usize| (aims[at].lane, got[at]);
            let open: Vec<(usize, f64)> = open.iter().map(floor).collect();
            let short = self.without_more(lanes, most, &with_floors, open)?;
            stuck.extend(rising.iter().filter(|&&at| short.contains(&aims[at].lane)));
            // For want of digits all might seem to have room.
            if stuck.is_empty() {
                stuck.clone_from(&rising);
            }
            held.extend(
                stuck
                    .iter()
                    .map(|&at| at_least(lanes, aims[at].lane, got[at])),
            );
            rising.retain(|at| !stuck.contains(at));
        }
        Some(got)
    }

    /// Of lanes with what they carry at least, those that cannot carry more. All that can at once need not be asked again.
    fn without_more(
        &self,
        lanes: &[Lane],
        most: &[i64],
        held: &[Held],
        mut asked: Vec<(usize, f64)>,
    ) -> Option<Vec<usize>> {
        loop {
            let mut costs = vec![0.0; lanes.len()];
            for &(lane, _) in &asked {
                costs[lane] = -1.0;
            }
            let before = asked.len();
            if before > 0 {
                let flow = self.solved(lanes, most, &costs, held, &[])?;
                asked.retain(|&(lane, floor)| flow[lane] <= floor + MORE);
            }
            if asked.len() == before {
                return Some(asked.into_iter().map(|(lane, _)| lane).collect());
            }
        }
    }

    fn solved(
        &self,
        lanes: &[Lane],
        most: &[i64],
        costs: &[f64],
        held: &[Held],
        aims: &[Aim],
    ) -> Option<Vec<f64>> {
        with_slack(|slack| self.program(lanes, most, &Goal { costs, slack, aims }, held))
    }
}

/// That a lane carries so much at least.
fn at_least(lanes: &[Lane], lane: usize, rate: f64) -> Held {
    let mut costs = vec![0.0; lanes.len()];
    costs[lane] = -1.0;
    (costs, -rate)
}
