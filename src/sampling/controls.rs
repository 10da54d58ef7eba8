//! Numbers of a replication whose means are known before anything is drawn.
//!
//! Such a number is the time that the disruptions of a hazard take of one target, each weighed by
//! the share that it takes. Where the mean of that is known, it is read off the timeline. Where
//! repairs wait for crews, parts or weather, where work is moved or events are turned away, it is
//! not; but there it is known what the same draws would bring if each event lasted as long as its
//! own work, begun at once: that is drawn again, and goes with what happens closely enough.

use crate::model::Model;
use crate::units::{SECONDS_PER_DAY, Seconds};

use super::draws;
use super::known::{Asked, Known};
use super::process::{Choice, Process};
use super::renewal::at_least_a_second;
use super::timeline::{Timeline, Work};
use super::timelines::Timelines;

/// Stands for "no control".
const NONE: u32 = u32::MAX;

/// Numbers of a replication whose means are known.
#[derive(Clone, Debug, Default)]
pub struct Controls {
    list: Vec<Control>,
    /// By hazard and slot: the control that is read off disruptions.
    read: Vec<u32>,
    slots: usize,
    drawn: Vec<Redrawn>,
    left_out: Vec<(usize, &'static str)>,
    is_too_large: bool,
}

/// A number whose mean is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// Index of the hazard.
    pub hazard: usize,
    /// Its mean in a replication, in seconds.
    pub mean: f64,
    /// About the chance that it is not 0.
    pub occurs: f64,
}

/// A process whose events are drawn again.
#[derive(Clone, Debug)]
struct Redrawn {
    process: usize,
    /// By target: the controls that an event adds to, and the share of its loss that counts.
    targets: Vec<Vec<(u32, f64)>>,
}

/// Work space for reading controls.
#[derive(Clone, Debug, Default)]
pub struct ControlSpace {
    work: Work,
    taken: Vec<u32>,
}

impl Controls {
    /// Most targets of all processes together: each pair of controls takes room and time.
    pub const MOST: usize = 200;

    /// Those of the processes of a model.
    #[must_use]
    pub fn of(model: &Model, timelines: &Timelines) -> Self {
        let (processes, regimes) = timelines.processes();
        let repairs = model.hazards.iter().map(|hazard| hazard.repair.is_plain());
        let has_plain_repair: Vec<bool> = repairs.collect();
        let asked = Asked {
            processes,
            has_plain_repair: &has_plain_repair,
            regimes,
        };
        let slots = timelines.slots().len();
        let mut controls = Self {
            list: Vec::new(),
            read: Vec::new(),
            slots,
            drawn: Vec::new(),
            left_out: Vec::new(),
            is_too_large: false,
        };
        let hit: usize = processes.iter().map(|process| process.targets.len()).sum();
        if hit > Self::MOST {
            controls.is_too_large = true;
            return controls;
        }
        controls.read = vec![NONE; slots * model.hazards.len()];
        for hazard in 0..model.hazards.len() {
            let own: Vec<usize> = (0..processes.len())
                .filter(|&at| processes[at].hazard as usize == hazard)
                .collect();
            if let Err(reason) = controls.add(hazard, &own, &asked) {
                controls.left_out.push((hazard, reason));
            }
        }
        controls
    }

    fn add(&mut self, hazard: usize, own: &[usize], asked: &Asked<'_>) -> Result<(), &'static str> {
        let process = |at: usize| &asked.processes[at];
        let is_renewal = |at: usize| !process(at).when.has_arrivals();
        let read: Result<Vec<Known>, _> = (own.iter())
            .map(|&at| {
                let is_told = is_renewal(at) || asked.is_as_drawn(process(at));
                if is_told {
                    asked.of(process(at), false)
                } else {
                    Err("")
                }
            })
            .collect();
        let is_read = read.is_ok();
        let known = match read {
            Ok(known) => known,
            Err(reason) if own.iter().any(|&at| is_renewal(at)) => return Err(reason),
            Err(_) => {
                let known = own.iter().map(|&at| asked.of(process(at), true));
                known.collect::<Result<_, _>>()?
            }
        };
        // All is known before anything is noted.
        let chances: Vec<Vec<f64>> = (own.iter())
            .map(|&at| Asked::chances(process(at)))
            .collect::<Result<_, _>>()?;
        let first = self.list.len() as u32;
        let mut of_slot = vec![NONE; self.slots];
        for &at in own {
            for slot in telling_slots(process(at)) {
                if of_slot[slot as usize] == NONE {
                    of_slot[slot as usize] = self.list.len() as u32;
                    self.list.push(Control {
                        hazard,
                        mean: 0.0,
                        occurs: 0.0,
                    });
                }
            }
        }
        for ((&at, known), chances) in own.iter().zip(&known).zip(&chances) {
            for (hits, chance) in process(at).targets.iter().zip(chances) {
                for &(slot, loss) in hits {
                    if let Some(control) = self.list.get_mut(of_slot[slot as usize] as usize) {
                        control.mean += known.days * chance * loss * SECONDS_PER_DAY as f64;
                        let occurs = -libm::expm1(-known.events * chance);
                        control.occurs = 1.0 - (1.0 - control.occurs) * (1.0 - occurs);
                    }
                }
            }
        }
        if is_read {
            let slots = hazard * self.slots;
            self.read[slots..slots + self.slots].copy_from_slice(&of_slot);
        } else {
            for &at in own {
                let adds = |&(slot, loss): &(u32, f64)| (of_slot[slot as usize], loss);
                let of_target = process(at).targets.iter().map(|hits| {
                    let adds = hits.iter().map(adds);
                    adds.filter(|&(control, _)| control != NONE).collect()
                });
                self.drawn.push(Redrawn {
                    process: at,
                    targets: of_target.collect(),
                });
            }
        }
        // What never happens tells nothing.
        debug_assert!(
            self.list[first as usize..]
                .iter()
                .all(|control| control.mean >= -1e-6)
        );
        Ok(())
    }

    /// The controls.
    #[must_use]
    pub fn list(&self) -> &[Control] {
        &self.list
    }

    /// Whether there are none because too much is hit by too many.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.is_too_large
    }

    /// Hazards, by index, that give no control, and why.
    #[must_use]
    pub fn left_out(&self) -> &[(usize, &'static str)] {
        &self.left_out
    }

    /// Appends the controls of a replication that was sampled, in whole seconds.
    pub fn read(
        &self,
        timelines: &Timelines,
        replication: u64,
        timeline: &Timeline,
        space: &mut ControlSpace,
        rows: &mut Vec<i64>,
    ) {
        if self.list.is_empty() {
            return;
        }
        let first = rows.len();
        rows.resize(first + self.list.len(), 0);
        let row = &mut rows[first..];
        for disruption in timeline.disruptions() {
            let at = disruption.hazard as usize * self.slots + disruption.slot as usize;
            if let Some(sum) = row.get_mut(self.read[at] as usize) {
                let taken = 1.0 - disruption.left.get();
                *sum += weighed((disruption.end - disruption.start).0, taken);
            }
        }
        let (processes, _) = timelines.processes();
        for redrawn in &self.drawn {
            let process = &processes[redrawn.process];
            redrawn.add(process, replication, timeline, space, row);
        }
    }
}

/// Seconds times a share, as whole seconds.
fn weighed(seconds: i64, share: f64) -> i64 {
    if share >= 1.0 {
        return seconds;
    }
    // Half up is near enough for what may be half a second off, and cheap.
    (seconds as f64 * share + 0.5) as i64
}

/// The slots whose times tell all: one of each target, and one of all targets that go through the
/// same.
fn telling_slots(process: &Process) -> Vec<u32> {
    let is_same = matches!(process.choice, Choice::Every) && process.effect.is_shared;
    let count = if is_same { 1 } else { process.targets.len() };
    let most = |hits: &Vec<(u32, f64)>| {
        let most = hits.iter().max_by(|one, other| one.1.total_cmp(&other.1));
        most.filter(|hit| hit.1 > 0.0).map(|hit| hit.0)
    };
    process
        .targets
        .iter()
        .filter_map(most)
        .take(count)
        .collect()
}

impl Redrawn {
    /// Adds what the events of a replication would take if each lasted as long as its own work.
    fn add(
        &self,
        process: &Process,
        replication: u64,
        timeline: &Timeline,
        space: &mut ControlSpace,
        row: &mut [i64],
    ) {
        let ControlSpace { work, taken } = space;
        let told = (timeline.regimes(), timeline.events.as_slice());
        (process.when).arrivals(process.stream, replication, process.horizon, told, work);
        for &(time, event) in &work.arrivals {
            let start = process.effect_of(replication, event, time);
            let inside = start >= process.from && start < process.until.min(process.horizon);
            if !inside || process.is_averted(replication, event) {
                continue;
            }
            let left = match &process.effect.left {
                super::Sampler::Fixed(left) => *left,
                law => law.quantile(process.stream.of(replication, event, draws::LEFT)),
            };
            let cut = match &process.effect.reversal {
                Some((chance, after)) => {
                    let draw = |draw: u32| process.stream.of(replication, event, draw);
                    let comes = draw(draws::REVERSED) < *chance;
                    comes.then(|| at_least_a_second(after.quantile(draw(draws::REVERSAL))))
                }
                None => None,
            };
            process.choose(replication, event, &|_| true, taken);
            for &target in &*taken {
                let target = target as usize;
                let mut lasts = process.work(replication, event, target, start);
                lasts = lasts.min(cut.unwrap_or(lasts)).min(process.horizon - start);
                let taken = 1.0 - left.clamp(0.0, 1.0);
                for &(control, loss) in &self.targets[target] {
                    row[control as usize] += weighed(lasts.max(Seconds::ZERO).0, taken * loss);
                }
            }
        }
    }
}
