//! How long deliveries and production go on after a loss, with tanks as they are at the start.

use crate::allocation::Endurance;
use crate::model::{Model, Part};
use crate::network::NO_ARC;
use crate::units::Fraction;

use super::foresight::could_carry;
use super::settings::RunError;
use super::state::State;
use super::world::World;

/// How long nobody notices a loss; `None` where that is beyond the horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Survival {
    /// Until less is delivered than without the loss, days.
    pub deliveries: Option<f64>,
    /// Until some field that could produce is shut in, days.
    pub production: Option<f64>,
}

/// What is kept up as long as it can be, b/d: what flows at the start with nothing wrong, and with
/// no help from tanks.
struct Obligations {
    delivered: i64,
    /// By market, of its commitment.
    committed: Vec<i64>,
    /// By field.
    produced: Vec<i64>,
}

/// How long deliveries and production go on after each of some losses, with plans, capacities and
/// stocks as at the start, whatever dispatch could do best.
///
/// - `losses`: each the parts that are left with a share of their capacity; parts that no hazard
///   of the model hits are passed over.
///
/// # Errors
/// [`RunError`] if the network is too large, or a linear program is not solved.
pub fn survival(
    model: &Model,
    losses: &[Vec<(Part, Fraction)>],
) -> Result<Vec<Survival>, RunError> {
    let due = obligations(model)?;
    let world = World::new(model, &model.hazards, 0, 0)?;
    let mut state = State::new(&world, false);
    let mut found = Vec::with_capacity(losses.len());
    for loss in losses {
        let slots = world.timelines.slots();
        let hit: Vec<(u32, Fraction)> = loss
            .iter()
            .filter_map(|(part, left)| {
                let slot = slots.binary_search(&(part.element, part.unit)).ok()?;
                Some((slot as u32, *left))
            })
            .collect();
        for &(slot, left) in &hit {
            state.begin(slot, 0, left);
        }
        found.push(survives(&mut state, &due)?);
        for &(slot, left) in &hit {
            state.end(slot, 0, left);
        }
    }
    Ok(found)
}

fn obligations(model: &Model) -> Result<Obligations, RunError> {
    let mut plain = model.clone();
    for hub in &mut plain.hubs {
        hub.tank = None;
    }
    let world = World::new(&plain, &[], 0, 0)?;
    let mut state = State::new(&world, false);
    state.allocate();
    let owed = state.rates.sold.iter().zip(&state.commitment);
    Ok(Obligations {
        delivered: state.rates.departed,
        committed: owed
            .map(|(&sold, &commitment)| sold.min(commitment))
            .collect(),
        produced: (0..model.fields.len())
            .map(|field| state.produced(field))
            .collect(),
    })
}

fn survives(state: &mut State<'_>, due: &Obligations) -> Result<Survival, RunError> {
    state.refresh();
    let world = state.world;
    let problem = &world.network.problem;
    let capacity = problem.arcs.iter().map(|arc| {
        let members = arc.members.iter();
        members
            .map(|&member| could_carry(state, member))
            .min()
            .unwrap_or(0)
    });
    let endurance = Endurance {
        capacity: capacity.collect(),
        tanks: world.tank_arcs.clone(),
        stock: state
            .tanks
            .iter()
            .map(|tank| (tank.volume - tank.floor).max(0))
            .collect(),
        room: state
            .tanks
            .iter()
            .map(|tank| (tank.top - tank.volume).max(0))
            .collect(),
    };
    let mut sales: Vec<Vec<usize>> = vec![Vec::new(); world.model.markets.len()];
    for sale in &world.sales {
        sales[sale.market].push(sale.arc);
    }
    let all = sales.iter().flatten().copied().collect();
    let mut deliveries = vec![(all, due.delivered)];
    deliveries.extend(sales.into_iter().zip(due.committed.iter().copied()));
    let production = due
        .produced
        .iter()
        .enumerate()
        .filter_map(|(field, &produced)| {
            let arc = problem.carrier[world.network.source_of[field]];
            // What a field cannot produce is not shut in.
            let possible = state.available[world.elements.field(field)];
            (arc != NO_ARC).then(|| (vec![arc], produced.min(possible)))
        });
    let production: Vec<(Vec<usize>, i64)> = production.collect();
    let horizon = world.model.horizon.days();
    let time = |promised: &[(Vec<usize>, i64)]| -> Result<Option<f64>, RunError> {
        let longest = endurance.longest(problem, promised, horizon);
        let days = longest.map_err(|_| RunError::Unsolved {
            place: "the time to survive of an element".to_owned(),
        })?;
        Ok((days < horizon * (1.0 - 1e-9)).then_some(days))
    };
    Ok(Survival {
        deliveries: time(&deliveries)?,
        production: time(&production)?,
    })
}
