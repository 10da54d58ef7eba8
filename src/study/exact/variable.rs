//! States of the processes, as far as they can be told apart by what elements can carry.

use std::collections::BTreeMap;

use crate::model::{Combine, Element, Model, Part};
use crate::simulation::{Probe, Setting};
use crate::units::{BarrelsPerDay, Fraction};

use super::component::Component;

/// What is begun in a probe to bring it into a state: hazard, part of a target, share left.
pub(super) type Setup = Vec<(usize, Part, f64)>;

/// Something that takes one of a few values at random, independently of all other such things:
/// what an element can carry under all that hits it, or one process on several elements.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Part of the network.
    pub(super) part: usize,
    /// The processes behind it.
    pub(super) components: Vec<usize>,
    /// For each value, a state of the processes that shows it.
    pub(super) values: Vec<Setup>,
    /// For each process in turn, from what is known so far and its state to what is known then;
    /// after the last one, the value.
    steps: Vec<Vec<Vec<usize>>>,
}

/// Processes sorted into variables, and those that can change nothing.
pub(super) struct Sorted {
    pub(super) groups: Vec<Group>,
    /// Parts that may be taken alone: parts of the network that share no process.
    pub(super) parts: usize,
    /// For each part of the network, the part here that it belongs to.
    pub(super) part_of: Vec<usize>,
}

/// Processes that become one variable.
#[derive(Clone, Debug)]
pub(super) struct Group {
    part: usize,
    components: Vec<usize>,
    /// The element, if they hit nothing else and nothing else hits it.
    element: Option<Element>,
}

/// Sorts processes: those that alone hit one element become one variable, others one each.
pub(super) fn sorted(setting: &Setting<'_>, components: &[Component]) -> Sorted {
    let mut leader: Vec<usize> = (0..setting.part_count()).collect();
    let mut by_element: BTreeMap<Element, Vec<usize>> = BTreeMap::new();
    let mut is_shared: BTreeMap<Element, bool> = BTreeMap::new();
    for (index, component) in components.iter().enumerate() {
        let useful = |part: &&Part| setting.part_of(part.element).is_some();
        let parts: Vec<&Part> = component.parts.iter().filter(useful).collect();
        for part in &parts {
            by_element.entry(part.element).or_default().push(index);
            *is_shared.entry(part.element).or_default() |= parts.len() > 1;
        }
        let mut touched = parts
            .iter()
            .filter_map(|part| setting.part_of(part.element));
        if let Some(first) = touched.next() {
            for other in touched {
                let (one, two) = (find(&leader, first), find(&leader, other));
                leader[one.max(two)] = one.min(two);
            }
        }
    }
    let mut number = BTreeMap::new();
    let part_of: Vec<usize> = (0..leader.len())
        .map(|part| {
            let next = number.len();
            *number.entry(find(&leader, part)).or_insert(next)
        })
        .collect();
    let mut groups = Vec::new();
    let mut done = vec![false; components.len()];
    for (element, mut members) in by_element {
        let Some(part) = setting.part_of(element).map(|part| part_of[part]) else {
            continue;
        };
        members.dedup();
        if is_shared[&element] {
            for member in members {
                if !std::mem::replace(&mut done[member], true) {
                    groups.push(Group {
                        part,
                        components: vec![member],
                        element: None,
                    });
                }
            }
        } else {
            // Units first, each with the processes that hit it in order of their hazards, then
            // the element as a whole: the order in which shares are combined.
            let slot = |&index: &usize| {
                let own = components[index]
                    .parts
                    .iter()
                    .find(|part| part.element == element);
                let unit = own.and_then(|part| part.unit);
                (unit.is_none(), unit, components[index].hazard)
            };
            members.sort_by_key(slot);
            groups.push(Group {
                part,
                components: members,
                element: Some(element),
            });
        }
    }
    Sorted {
        groups,
        parts: number.len(),
        part_of,
    }
}

fn find(leader: &[usize], mut part: usize) -> usize {
    while leader[part] != part {
        part = leader[part];
    }
    part
}

/// What is known of an element after some of its processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    /// What its units that are done can carry.
    units: i64,
    /// The share that is left of the slot at work by hazards that are done, and by the one at work.
    done: u64,
    open: u64,
}

impl Group {
    /// The variable in the period that the probe is in, with nothing wrong.
    pub(super) fn variable(
        &self,
        model: &Model,
        components: &[Component],
        probe: &mut Probe<'_>,
    ) -> Variable {
        match self.element {
            Some(element) => self.merged(element, model, components, probe),
            None => self.alone(components),
        }
    }

    fn alone(&self, components: &[Component]) -> Variable {
        let component = &components[self.components[0]];
        let states = 0..component.left.len();
        Variable {
            part: self.part,
            components: self.components.clone(),
            values: states
                .clone()
                .map(|state| setup(component, state))
                .collect(),
            steps: vec![vec![states.collect()]],
        }
    }

    fn merged(
        &self,
        element: Element,
        model: &Model,
        components: &[Component],
        probe: &mut Probe<'_>,
    ) -> Variable {
        let sizes: &[BarrelsPerDay] = match element {
            Element::Link(link) => &model.links[link].units,
            Element::Hub(hub) => &model.hubs[hub].units,
            _ => &[],
        };
        let one = 1.0_f64.to_bits();
        let nothing = Known {
            units: 0,
            done: one,
            open: one,
        };
        let mut known: Vec<(Known, Setup)> = vec![(nothing, Vec::new())];
        let mut steps = Vec::new();
        let own = |at: usize| {
            let component = &components[self.components[at]];
            let part = component.parts.iter().find(|part| part.element == element);
            (component, part.and_then(|part| part.unit))
        };
        let product = model.allocation.combine == Combine::Product;
        for at in 0..self.components.len() {
            let (component, unit) = own(at);
            let next = (at + 1 < self.components.len()).then(|| own(at + 1));
            let ends_slot = next.is_none_or(|(_, other)| other != unit);
            let ends_hazard =
                ends_slot || next.is_some_and(|(other, _)| other.hazard != component.hazard);
            let mut numbers: BTreeMap<Known, usize> = BTreeMap::new();
            let mut reached: Vec<(Known, Setup)> = Vec::new();
            let mut table = Vec::new();
            for (before, path) in &known {
                let mut row = Vec::new();
                for state in 0..component.left.len() {
                    let more = setup(component, state);
                    let share = more.iter().find(|(_, part, _)| part.element == element);
                    let share = share.map_or(1.0, |(_, part, left)| {
                        let loss = part.loss.get();
                        if loss >= 1.0 {
                            *left
                        } else {
                            1.0 - loss * (1.0 - left)
                        }
                    });
                    let mut after = *before;
                    after.open = f64::from_bits(after.open).min(share).to_bits();
                    if ends_hazard {
                        let (done, open) = (f64::from_bits(after.done), f64::from_bits(after.open));
                        let both = if product { done * open } else { done.min(open) };
                        (after.done, after.open) = (both.to_bits(), one);
                    }
                    if ends_slot && let Some(size) = unit.and_then(|unit| sizes.get(unit)) {
                        let left = Fraction::nearest(f64::from_bits(after.done));
                        after.units += size.scaled(left).0;
                        after.done = one;
                    }
                    let number = *numbers.entry(after).or_insert_with(|| {
                        let mut path = path.clone();
                        path.extend(more);
                        reached.push((after, path));
                        reached.len() - 1
                    });
                    row.push(number);
                }
                table.push(row);
            }
            steps.push(table);
            known = reached;
        }
        // Of what is known, what the element can carry is all that matters.
        let mut numbers: BTreeMap<i64, usize> = BTreeMap::new();
        let mut values: Vec<Setup> = Vec::new();
        let mut value_of = Vec::new();
        for (_, path) in known {
            begin(probe, &path);
            let carries = probe.available(element);
            end(probe, &path);
            let number = *numbers.entry(carries).or_insert_with(|| {
                values.push(path);
                values.len() - 1
            });
            value_of.push(number);
        }
        if let Some(last) = steps.last_mut() {
            for number in last.iter_mut().flatten() {
                *number = value_of[*number];
            }
        }
        Variable {
            part: self.part,
            components: self.components.clone(),
            values,
            steps,
        }
    }
}

/// What a process begins in a state.
fn setup(component: &Component, state: usize) -> Setup {
    if state == 0 {
        return Vec::new();
    }
    let parts = component.parts.iter();
    parts
        .map(|part| (component.hazard, part.clone(), component.left[state]))
        .collect()
}

/// Brings a probe into a state.
pub(super) fn begin(probe: &mut Probe<'_>, setup: &Setup) {
    for (hazard, part, left) in setup {
        probe.begin(*hazard, part, *left);
    }
}

/// Takes a probe out of a state.
pub(super) fn end(probe: &mut Probe<'_>, setup: &Setup) {
    for (hazard, part, left) in setup {
        probe.end(*hazard, part, *left);
    }
}

impl Variable {
    /// The value that shows if the processes are in these states.
    pub(super) fn value(&self, state_of: &dyn Fn(usize) -> usize) -> usize {
        let mut known = 0;
        for (&component, step) in self.components.iter().zip(&self.steps) {
            known = step[known][state_of(component)];
        }
        known
    }

    /// The chance of each value, if the processes have these laws.
    pub(super) fn law<'a>(&self, law_of: &dyn Fn(usize) -> &'a [f64]) -> Vec<f64> {
        let mut likely = vec![1.0];
        for (at, (&component, step)) in self.components.iter().zip(&self.steps).enumerate() {
            let mut after = vec![0.0; self.width(at)];
            for (known, row) in step.iter().enumerate() {
                for (&number, chance) in row.iter().zip(law_of(component)) {
                    after[number] += likely[known] * chance;
                }
            }
            likely = after;
        }
        likely
    }

    /// Moves from value to value a day, in the long run.
    pub(super) fn moves(&self, components: &[Component]) -> Vec<(usize, usize, f64)> {
        let mut found: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (mover, &moving) in self.components.iter().enumerate() {
            for &(from, to, often) in &components[moving].moves {
                // Where both sides of the move lead, given all others.
                let mut pairs: BTreeMap<(usize, usize), f64> = [((0, 0), often)].into();
                for (at, (&component, step)) in self.components.iter().zip(&self.steps).enumerate()
                {
                    let mut after: BTreeMap<(usize, usize), f64> = BTreeMap::new();
                    for (&(one, other), &rate) in &pairs {
                        if at == mover {
                            *after.entry((step[one][from], step[other][to])).or_default() += rate;
                            continue;
                        }
                        for (state, chance) in components[component].law.iter().enumerate() {
                            let pair = (step[one][state], step[other][state]);
                            *after.entry(pair).or_default() += rate * chance;
                        }
                    }
                    pairs = after;
                }
                for (pair, rate) in pairs.into_iter().filter(|((one, other), _)| one != other) {
                    *found.entry(pair).or_default() += rate;
                }
            }
        }
        found
            .into_iter()
            .map(|((from, to), rate)| (from, to, rate))
            .collect()
    }

    /// How many different things may be known after the process at a place.
    fn width(&self, at: usize) -> usize {
        if at + 1 == self.steps.len() {
            self.values.len()
        } else {
            self.steps[at + 1].len()
        }
    }
}
