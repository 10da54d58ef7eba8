//! Cuts shared among fields where grades are told apart, by linear programs.
//!
//! What the fields of a class can produce is no polymatroid then, so it is not decomposed: the least share is made as
//! high as can be; those that can have no more keep what they have; and so on with the others (Megiddo 1974).

use std::collections::BTreeMap;

use crate::network::NO_ARC;

use super::multi::{Goal, Held, Lane, MORE_SLACK, Multi, SLACK};

/// What counts as more, in units of the programs: above what tolerances add up to.
const MORE: f64 = 1e-5;

/// A field whose production is to be `base` and its share of `weight`, but no more than `most` beyond `base`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// Its place among the lanes.
    pub(super) lane: usize,
    pub(super) base: f64,
    pub(super) weight: f64,
    pub(super) most: f64,
}

impl Multi {
    /// Holds the production of fields at fair shares of what levels above have left open. `None` if some program has no
    /// optimum.
    pub(super) fn share(&self, lanes: &[Lane], most: &[i64], held: &mut Vec<Held>) -> Option<()> {
        let claims = self.claims();
        let mut by_class = BTreeMap::<u8, Vec<usize>>::new();
        for (field, claim) in claims.fields.iter().enumerate() {
            if claim.arc != NO_ARC {
                by_class.entry(claim.class).or_default().push(field);
            }
        }
        for fields in by_class.into_values().filter(|fields| fields.len() > 1) {
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
                let base = 0.0;
                Some((
                    field,
                    Aim {
                        lane,
                        base,
                        weight,
                        most,
                    },
                ))
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
        let solve = |costs: &[f64], held: &[Held], aims: &[Aim]| {
            let goal = |slack| Goal { costs, slack, aims };
            let first = self.program(lanes, most, &goal(SLACK), held);
            first.or_else(|| self.program(lanes, most, &goal(MORE_SLACK), held))
        };
        let mut got: Vec<f64> = aims.iter().map(|aim| aim.base).collect();
        let mut rising: Vec<usize> = (0..aims.len())
            .filter(|&at| aims[at].weight > MORE && aims[at].most > MORE)
            .collect();
        while !rising.is_empty() {
            let now: Vec<Aim> = rising.iter().map(|&at| aims[at]).collect();
            let share = *solve(&vec![0.0; lanes.len()], &held, &now)?.last()?;
            for &at in &rising {
                got[at] = aims[at].base + aims[at].weight * share;
            }
            let floors = rising
                .iter()
                .map(|&at| at_least(lanes, aims[at].lane, got[at]));
            let with_floors: Vec<Held> = held.iter().cloned().chain(floors).collect();
            // Who could have more: all that have it at once need not be asked again.
            let mut stuck = rising.clone();
            loop {
                let is_open = |at: &usize| got[*at] - aims[*at].base < aims[*at].most - MORE;
                let asked: Vec<usize> = stuck.iter().copied().filter(is_open).collect();
                let mut costs = vec![0.0; lanes.len()];
                for &at in &asked {
                    costs[aims[at].lane] = -1.0;
                }
                if asked.is_empty() {
                    break;
                }
                let flow = solve(&costs, &with_floors, &[])?;
                let before = stuck.len();
                stuck.retain(|&at| !asked.contains(&at) || flow[aims[at].lane] <= got[at] + MORE);
                if stuck.len() == before {
                    break;
                }
            }
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
}

/// That a lane carries so much at least.
fn at_least(lanes: &[Lane], lane: usize, rate: f64) -> Held {
    let mut costs = vec![0.0; lanes.len()];
    costs[lane] = -1.0;
    (costs, -rate)
}
