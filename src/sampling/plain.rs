//! Plain renewals, many at once: up-times and durations by laws that nothing modulates, one target,
//! nothing that waits, ends early or comes in stages.
//!
//! Their draws depend on nothing else in the replication, so all are made before the others, side
//! by side: in each round every process that is still within the horizon draws its next event.
//! Addresses and roundings are those of [`Process::fill`], which remains the description of what is
//! drawn; the tests hold both against each other.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the instructions chosen at run time"
)]
#![expect(
    clippy::needless_range_loop,
    reason = "a lane has the same place in several arrays"
)]

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use crate::model::Start;
use crate::units::{Fraction, Seconds};

use super::Sampler;
use super::clocks::Clocks;
use super::lanes::{WIDTH, pairs, pick, some};
use super::process::{Choice, FAR, Process, left_of_part};
use super::renewal::{INITIAL, Renewal, at_least_a_second};
use super::timeline::{Address, Disruption, Timeline};
use super::when::When;

/// With fewer processes left than this, each is played to its end by itself, with several of its
/// events side by side.
const FEW: usize = 4;

/// No lane: a process that is not plain.
const NONE: u32 = u32::MAX;

/// The plain renewals among the processes of a model, made ready for drawing side by side.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    arch: Arch,
    horizon: f64,
    groups: Vec<Group>,
    /// The lane of each process, [`NONE`] without one.
    lanes: Vec<u32>,
    /// What each lane's disruptions are.
    marks: Vec<Mark>,
}

/// What all disruptions of a process have in common.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Whether they differ in their times only, and nobody else looks at them; else the rest does
    /// not count.
    is_all: bool,
    slot: u32,
    hazard: u32,
    left: Fraction,
}

/// Processes whose laws are of the same kinds.
#[derive(Clone, Debug)]
struct Group {
    /// The lane of its first member.
    first: u32,
    /// Places of its members among all processes.
    members: Vec<usize>,
    keys: Vec<[u32; 2]>,
    up: Clocks,
    down: Clocks,
    begins: Begins,
}

/// The state at the start.
#[derive(Clone, Debug)]
enum Begins {
    Up,
    /// In equilibrium on a grid, where the past does not count: the chance to be down.
    OnGrid(Vec<f64>),
    /// One by one, as [`Renewal::begin`] says.
    Each,
}

/// From when to when a process is down. Times are whole seconds.
#[derive(Clone, Copy, Debug, Default)]
struct Spell {
    lane: u32,
    event: u32,
    start: f64,
    end: f64,
}

/// Work space, and what was drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    /// Members still within the horizon, each up since its time, maybe with a known first up-time.
    /// All of these columns are longer than what is in use, so that the last lanes are full.
    up: Vec<u32>,
    /// How many are in use, of whichever columns were written last.
    count: usize,
    since: Vec<f64>,
    known: Vec<f64>,
    /// Members that fail within the horizon, when, and the draw for how long.
    down: Vec<u32>,
    fails: Vec<f64>,
    chance: Vec<f64>,
    /// When they are up again.
    until: Vec<f64>,
    /// In the order in which they were drawn.
    spells: Vec<Spell>,
    /// By lane and time; where each lane's end.
    sorted: Vec<Spell>,
    ends: Vec<u32>,
}

impl Plain {
    /// Picks the plain ones among `processes`; those in `apart` are played otherwise.
    pub(super) fn new(processes: &[Process], apart: &[bool], horizon: Seconds) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for (number, process) in processes.iter().enumerate() {
            let Some(renewal) = plain_renewal(process).filter(|_| !apart[number]) else {
                continue;
            };
            let duration = &process.effect.duration;
            let Some([up, down]) = Clocks::of(&renewal.up, duration) else {
                continue;
            };
            let begins = match renewal.start {
                Start::Up => Begins::Up,
                Start::Stationary if up.is_on_grid() => Begins::OnGrid(Vec::new()),
                _ => Begins::Each,
            };
            let fits = |group: &Group| {
                group.up.is_like(&up)
                    && group.down.is_like(&down)
                    && std::mem::discriminant(&group.begins) == std::mem::discriminant(&begins)
            };
            let at = groups.iter().position(fits).unwrap_or_else(|| {
                groups.push(Group {
                    first: 0,
                    members: Vec::new(),
                    keys: Vec::new(),
                    up: up.none_yet(),
                    down: down.none_yet(),
                    begins,
                });
                groups.len() - 1
            });
            let group = &mut groups[at];
            group.members.push(number);
            group.keys.push(process.stream.key());
            group.up.append(up);
            group.down.append(down);
            if let Begins::OnGrid(shares) = &mut group.begins {
                shares.push(renewal.share_down);
            }
        }
        let mut lanes = vec![NONE; processes.len()];
        let mut marks = Vec::new();
        for group in &mut groups {
            group.first = marks.len() as u32;
            for &member in &group.members {
                lanes[member] = marks.len() as u32;
                marks.push(mark(&processes[member]));
            }
        }
        Self {
            arch: Arch::new(),
            horizon: horizon.0 as f64,
            groups,
            lanes,
            marks,
        }
    }

    /// Draws what all plain renewals do in a replication.
    pub(super) fn draw(&self, replication: u64, processes: &[Process], drawn: &mut Drawn) {
        drawn.spells.clear();
        for group in &self.groups {
            group.begin_each(replication, processes, self.horizon, drawn);
            self.arch.dispatch(Play {
                group,
                replication,
                horizon: self.horizon,
                drawn: &mut *drawn,
            });
        }
        drawn.sort(self.marks.len());
    }

    /// The lane of a process, if it is plain, and whether its disruptions differ in their times
    /// only.
    pub(super) fn lane(&self, process: usize) -> Option<(usize, bool)> {
        let lane = *self.lanes.get(process).filter(|&&lane| lane != NONE)? as usize;
        Some((lane, self.marks[lane].is_all))
    }

    /// The slot that all disruptions of a process hit and the share that they leave, if it is plain
    /// and they differ in their times only.
    pub(super) fn hits(&self, process: usize) -> Option<(usize, Fraction)> {
        let (lane, is_all) = self.lane(process)?;
        let mark = &self.marks[lane];
        is_all.then_some((mark.slot as usize, mark.left))
    }

    /// Adds the disruptions of some lanes, which differ in their times only, to the timeline.
    pub(super) fn tell(&self, lanes: Range<usize>, drawn: &Drawn, timeline: &mut Timeline) {
        let spells = drawn.of(lanes).iter();
        timeline.extend(spells.map(|spell| {
            let mark = &self.marks[spell.lane as usize];
            Disruption {
                slot: mark.slot,
                hazard: mark.hazard,
                start: Seconds(spell.start as i64),
                end: Seconds(spell.end.min(self.horizon) as i64),
                left: mark.left,
                is_first: true,
            }
        }));
    }

    /// Adds the disruptions of a process to the timeline, with all that goes with them; `false` if
    /// it is not plain.
    pub(super) fn hit(
        &self,
        replication: u64,
        process: &Process,
        drawn: &Drawn,
        timeline: &mut Timeline,
    ) -> bool {
        let Some((lane, _)) = self.lane(process.number as usize) else {
            return false;
        };
        for spell in drawn.of(lane..lane + 1) {
            let event = Address {
                event: spell.event,
                member: 0,
            };
            let [start, end] = [spell.start, spell.end].map(|time| Seconds(time as i64));
            process.hit(replication, event, start, end, timeline);
        }
        true
    }
}

/// The renewal of a process that is nothing but one.
fn plain_renewal(process: &Process) -> Option<&Renewal> {
    let When::Renewal(renewal) = &process.when else {
        return None;
    };
    let effect = &process.effect;
    let is_plain = renewal.rate.is_none()
        && process.targets.len() == 1
        && matches!(process.choice, Choice::Every)
        && process.floating.is_none()
        && effect.season.is_none()
        && effect.delay.is_none()
        && effect.stages.is_empty()
        && effect.reversal.is_none()
        && effect.averted <= 0.0;
    // In floats, whole seconds are exact as far as this.
    (is_plain && process.horizon > Seconds::ZERO && process.horizon < FAR).then_some(renewal)
}

/// What all disruptions of a plain process have in common.
fn mark(process: &Process) -> Mark {
    let mut mark = Mark {
        is_all: false,
        slot: 0,
        hazard: process.hazard,
        left: Fraction::ZERO,
    };
    if let ([(slot, loss)], Sampler::Fixed(left)) = (&process.targets[0][..], &process.effect.left)
    {
        let is_always = process.from <= Seconds::ZERO && process.until >= process.horizon;
        mark.is_all = is_always && !process.is_told;
        mark.slot = *slot;
        mark.left = left_of_part(*loss, *left);
    }
    mark
}

/// What is compiled once for each set of instructions. (A closure would be called through a shim
/// that is not inlined, and so be compiled for the least of them.)
struct Play<'d> {
    group: &'d Group,
    replication: u64,
    horizon: f64,
    drawn: &'d mut Drawn,
}

impl WithSimd for Play<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.group
            .play(simd, self.replication, self.horizon, self.drawn);
    }
}

impl Group {
    /// The state at the start, where it is not drawn side by side.
    fn begin_each(&self, replication: u64, processes: &[Process], horizon: f64, drawn: &mut Drawn) {
        drawn.start(self.members.len());
        if !matches!(self.begins, Begins::Each) {
            return;
        }
        let mut count = 0;
        for (member, &number) in self.members.iter().enumerate() {
            let process = &processes[number];
            let When::Renewal(renewal) = &process.when else {
                continue;
            };
            let beginning = renewal.begin(process.stream, replication, &process.effect.duration);
            let mut since = 0.0;
            if let Some(days) = beginning.down {
                since = at_least_a_second(days).0 as f64;
                drawn.spells.push(Spell {
                    lane: self.first + member as u32,
                    event: INITIAL,
                    start: 0.0,
                    end: since,
                });
            }
            let known = beginning.first_up;
            drawn.known[count] = known.map_or(-1.0, |days| at_least_a_second(days).0 as f64);
            drawn.up[count] = member as u32;
            drawn.since[count] = since;
            count += usize::from(since < horizon);
        }
        drawn.count = count;
    }

    /// The state at the start on a grid, side by side.
    #[inline(always)]
    fn begin_on_grid<S: Simd>(
        &self,
        simd: S,
        replication: u64,
        horizon: f64,
        shares: &[f64],
        drawn: &mut Drawn,
    ) {
        let mut count = 0;
        let all = self.members.len();
        for from in (0..all).step_by(WIDTH) {
            let mut lanes = [0; WIDTH];
            for lane in 0..WIDTH {
                lanes[lane] = (from + lane).min(all - 1) as u32;
            }
            let keys = pick(&self.keys, &lanes);
            let (state, p) = pairs(simd, &keys, replication, &[INITIAL; WIDTH]);
            let ups = self.up.seconds(&lanes, &p);
            let downs = self.down.seconds(&lanes, &p);
            for lane in 0..WIDTH.min(all - from) {
                let is_down = state[lane] < shares[from + lane];
                if is_down {
                    drawn.spells.push(Spell {
                        lane: self.first + lanes[lane],
                        event: INITIAL,
                        start: 0.0,
                        end: downs[lane],
                    });
                }
                let since = if is_down { downs[lane] } else { 0.0 };
                drawn.known[count] = if is_down { -1.0 } else { ups[lane] };
                drawn.up[count] = lanes[lane];
                drawn.since[count] = since;
                count += usize::from(since < horizon);
            }
        }
        drawn.count = count;
    }

    /// Draws all events of a replication, round by round.
    #[inline(always)]
    fn play<S: Simd>(&self, simd: S, replication: u64, horizon: f64, drawn: &mut Drawn) {
        if let Begins::OnGrid(shares) = &self.begins {
            self.begin_on_grid(simd, replication, horizon, shares, drawn);
        }
        let mut event = 0;
        while drawn.count >= FEW {
            self.fail(simd, replication, event, horizon, drawn);
            self.recover(event, horizon, drawn);
            event += 1;
        }
        for at in 0..drawn.count {
            self.follow(simd, replication, event, at, horizon, drawn);
        }
    }

    /// Who of those that are up fails within the horizon.
    #[inline(always)]
    fn fail<S: Simd>(
        &self,
        simd: S,
        replication: u64,
        event: u32,
        horizon: f64,
        drawn: &mut Drawn,
    ) {
        let mut failing = 0;
        for from in (0..drawn.count).step_by(WIDTH) {
            let lanes = some(&drawn.up, from);
            let keys = pick(&self.keys, &lanes);
            let (wait, chance) = pairs(simd, &keys, replication, &[event; WIDTH]);
            let mut ups = self.up.seconds(&lanes, &wait);
            if event == 0 {
                let known = some(&drawn.known, from);
                for lane in 0..WIDTH {
                    ups[lane] = if known[lane] < 0.0 {
                        ups[lane]
                    } else {
                        known[lane]
                    };
                }
            }
            let since = some(&drawn.since, from);
            for lane in 0..WIDTH.min(drawn.count - from) {
                let fails = since[lane] + ups[lane];
                drawn.down[failing] = lanes[lane];
                drawn.fails[failing] = fails;
                drawn.chance[failing] = chance[lane];
                failing += usize::from(fails < horizon);
            }
        }
        drawn.count = failing;
    }

    /// When those that failed are up again.
    #[inline(always)]
    fn recover(&self, event: u32, horizon: f64, drawn: &mut Drawn) {
        let failing = drawn.count;
        for from in (0..failing).step_by(WIDTH) {
            let lanes = some(&drawn.down, from);
            let downs = self.down.seconds(&lanes, &some(&drawn.chance, from));
            let fails = some(&drawn.fails, from);
            let until = &mut drawn.until[from..from + WIDTH];
            for lane in 0..WIDTH {
                until[lane] = (fails[lane] + downs[lane]).min(FAR.0 as f64);
            }
        }
        let first = drawn.spells.len();
        drawn.spells.resize(first + failing, Spell::default());
        let spells = &mut drawn.spells[first..first + failing];
        let (down, fails) = (&drawn.down[..failing], &drawn.fails[..failing]);
        let until = &drawn.until[..failing];
        let (up, since) = (&mut drawn.up[..failing], &mut drawn.since[..failing]);
        let mut count = 0;
        for at in 0..failing {
            spells[at] = Spell {
                lane: self.first + down[at],
                event,
                start: fails[at],
                end: until[at],
            };
            up[count] = down[at];
            since[count] = until[at];
            count += usize::from(until[at] < horizon);
        }
        drawn.count = count;
    }

    /// Plays one member to its end, several events side by side.
    #[inline(always)]
    fn follow<S: Simd>(
        &self,
        simd: S,
        replication: u64,
        event: u32,
        at: usize,
        horizon: f64,
        drawn: &mut Drawn,
    ) {
        let member = drawn.up[at];
        let lanes = [member; WIDTH];
        let keys = [self.keys[member as usize]; WIDTH];
        let mut since = drawn.since[at];
        let mut known = if event == 0 { drawn.known[at] } else { -1.0 };
        let mut event = event;
        loop {
            let mut events = [event; WIDTH];
            for lane in 0..WIDTH {
                events[lane] = event.wrapping_add(lane as u32);
            }
            let (wait, chance) = pairs(simd, &keys, replication, &events);
            let ups = self.up.seconds_if_cheap(&lanes, &wait);
            let downs = self.down.seconds_if_cheap(&lanes, &chance);
            for lane in 0..WIDTH {
                let up = match ups {
                    _ if known >= 0.0 => known,
                    Some(ups) => ups[lane],
                    None => self.up.one(member, wait[lane]),
                };
                known = -1.0;
                let fails = since + up;
                if fails >= horizon {
                    return;
                }
                let down = match downs {
                    Some(downs) => downs[lane],
                    None => self.down.one(member, chance[lane]),
                };
                since = (fails + down).min(FAR.0 as f64);
                drawn.spells.push(Spell {
                    lane: self.first + member,
                    event: events[lane],
                    start: fails,
                    end: since,
                });
                if since >= horizon {
                    return;
                }
            }
            event = event.wrapping_add(WIDTH as u32);
        }
    }
}

impl Drawn {
    /// All of a group's members are up from the start on, unless something else is said.
    fn start(&mut self, members: usize) {
        let size = members + WIDTH;
        self.up.clear();
        self.up.extend(0..members as u32);
        self.up.resize(size, 0);
        self.down.clear();
        self.down.resize(size, 0);
        self.known.clear();
        self.known.resize(size, -1.0);
        self.since.clear();
        self.since.resize(size, 0.0);
        self.fails.resize(size, 0.0);
        self.chance.resize(size, 0.5);
        self.until.resize(size, 0.0);
        self.count = members;
    }

    /// Brings the spells of each lane together, in the order in which they were drawn.
    fn sort(&mut self, lanes: usize) {
        self.ends.clear();
        self.ends.resize(lanes, 0);
        for spell in &self.spells {
            self.ends[spell.lane as usize] += 1;
        }
        let mut sum = 0;
        for end in &mut self.ends {
            let count = *end;
            *end = sum;
            sum += count;
        }
        self.sorted.resize(self.spells.len(), Spell::default());
        for spell in &self.spells {
            let end = &mut self.ends[spell.lane as usize];
            self.sorted[*end as usize] = *spell;
            *end += 1;
        }
    }

    /// The spells of some lanes, by lane and time.
    fn of(&self, lanes: Range<usize>) -> &[Spell] {
        let end = |lane: Option<usize>| lane.map_or(0, |lane| self.ends[lane]) as usize;
        &self.sorted[end(lanes.start.checked_sub(1))..end(lanes.end.checked_sub(1))]
    }
}
