//! Volumes within stated times, future by future: what a record is compared with.

use std::ops::Range;

use crate::model::{Flow, Hazard, Model};
use crate::sampling::Timeline;
use crate::units::{Seconds, Volume};

use super::replication::{Follower, play};
use super::settings::{Observer, Progress, RunError};
use super::state::State;
use super::undisturbed::through;
use super::world::World;

/// Flows that are added up over a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The flows; their sum counts.
    pub of: Vec<Flow>,
    /// Beginning, since the start.
    pub from: Seconds,
    /// End, since the start.
    pub until: Seconds,
}

/// Volumes within windows, bbl.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows {
    /// By window: if nothing goes wrong.
    pub undisturbed: Vec<f64>,
    /// By window, then by replication.
    pub volumes: Vec<Vec<f64>>,
    /// Whether the observer ended it early.
    pub interrupted: bool,
}

/// Plays replications under these hazards (a model's own, or stated closures) and adds up what
/// flows within each window.
///
/// # Errors
/// [`RunError`] if the network is too large or tanks do not come to rest.
pub fn windows(
    model: &Model,
    hazards: &[Hazard],
    seed: u64,
    replications: Range<u64>,
    windows: &[Window],
    observer: &mut dyn Observer,
) -> Result<Windows, RunError> {
    let world = World::new(model, hazards, seed, 0)?;
    let mut state = State::new(&world, false);
    let mut sums = Sums {
        windows,
        volumes: vec![0; windows.len()],
    };
    play(&world, &mut state, 0, &Timeline::default(), &mut sums)?;
    let mut found = Windows {
        undisturbed: sums.barrels().collect(),
        volumes: vec![Vec::new(); windows.len()],
        interrupted: false,
    };
    let mut timeline = Timeline::default();
    let total = replications.end.saturating_sub(replications.start);
    for replication in replications {
        if observer.is_cancelled() {
            found.interrupted = true;
            break;
        }
        world.timelines.sample(replication, &mut timeline);
        sums.volumes.fill(0);
        play(&world, &mut state, replication, &timeline, &mut sums)?;
        for (volumes, volume) in found.volumes.iter_mut().zip(sums.barrels()) {
            volumes.push(volume);
        }
        let done = found.volumes.first().map_or(0, Vec::len) as u64;
        if done.is_multiple_of(32) || done == total {
            observer.progress(&Progress {
                done,
                total,
                mean: 0.0,
                std_error: 0.0,
                metric: String::new(),
            });
        }
    }
    Ok(found)
}

struct Sums<'w> {
    windows: &'w [Window],
    volumes: Vec<i64>,
}

impl Sums<'_> {
    fn barrels(&self) -> impl Iterator<Item = f64> + '_ {
        let barrels = |&volume: &i64| Volume(volume).to_barrels().0 as f64;
        self.volumes.iter().map(barrels)
    }
}

impl Follower for Sums<'_> {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        // Only what is looked for is worth asking.
        let is_inside = |window: &Window| window.from < to && from < window.until;
        if !self.windows.iter().any(is_inside) {
            return;
        }
        let through = through(state);
        let elements = state.world.elements;
        let model = state.world.model;
        let rate = |flow: &Flow| -> i64 {
            match *flow {
                Flow::Field(field) => through[elements.field(field)],
                Flow::Link(link) => through[elements.link(link)],
                Flow::Route(route) => {
                    let gates = model.routes[route].gates.iter();
                    gates.map(|&gate| through[elements.link(gate)]).sum()
                }
                Flow::Transit(transit) => state.transit_flow[transit],
                Flow::Production => state.rates.produced,
                Flow::Exports => state.rates.exported,
                Flow::Deliveries => state.rates.delivered,
            }
        };
        for (window, volume) in self.windows.iter().zip(&mut self.volumes) {
            let time = window.until.min(to).0 - window.from.max(from).0;
            if time > 0 {
                *volume += window.of.iter().map(&rate).sum::<i64>() * time;
            }
        }
    }
}
