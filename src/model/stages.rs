//! In which order hazards can be drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hazard, Occurs};

/// Groups of hazards, by index, in an order in which each group refers only to earlier ones.
///
/// A hazard refers to the cause that it comes [after](Occurs::After), to what its
/// [repair](super::Repair::stops_for) stands still for, and to what
/// [floating](super::Floating::unless) work keeps clear of. Hazards that share crews wait for each
/// other, so they form one group. Several hazards may carry one id; all of them are meant by it.
/// Ids that no hazard has are passed over.
///
/// # Errors
///
/// Hazards that refer to each other in a circle: each refers to a hazard in the group of the next,
/// the last one to the group of the first. A hazard that refers to its own group is a circle by
/// itself.
pub fn stages(hazards: &[Hazard]) -> Result<Vec<Vec<usize>>, Vec<usize>> {
    let (groups, group_of) = grouped(hazards);
    let mut by_id: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, hazard) in hazards.iter().enumerate() {
        by_id.entry(&hazard.id).or_default().insert(group_of[index]);
    }
    // For each group, the groups it waits for, with the hazard that refers there.
    let mut waits: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); groups.len()];
    let mut waited_for_by: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    for (index, hazard) in hazards.iter().enumerate() {
        let own = group_of[index];
        for &other in hazard.refers_to().filter_map(|id| by_id.get(id)).flatten() {
            if waits[own].insert(other, index).is_none() {
                waited_for_by[other].push(own);
            }
        }
    }

    let mut missing: Vec<usize> = waits.iter().map(BTreeMap::len).collect();
    let mut ready: BTreeSet<usize> = (0..groups.len())
        .filter(|&group| missing[group] == 0)
        .collect();
    let mut is_done = vec![false; groups.len()];
    let mut order = Vec::with_capacity(groups.len());
    while let Some(group) = ready.pop_first() {
        is_done[group] = true;
        order.push(groups[group].clone());
        for &later in &waited_for_by[group] {
            missing[later] -= 1;
            if missing[later] == 0 {
                ready.insert(later);
            }
        }
    }
    match is_done.iter().position(|done| !done) {
        None => Ok(order),
        Some(stuck) => Err(circle(&waits, &is_done, stuck)),
    }
}

/// Groups of hazards, each sorted, in the order of their first hazards; and the group of each.
fn grouped(hazards: &[Hazard]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_crew: BTreeMap<&str, usize> = BTreeMap::new();
    let mut group_of = Vec::with_capacity(hazards.len());
    for (index, hazard) in hazards.iter().enumerate() {
        let new = groups.len();
        let group = hazard
            .repair
            .crew
            .as_deref()
            .map_or(new, |crew| *by_crew.entry(crew).or_insert(new));
        if group == new {
            groups.push(Vec::new());
        }
        groups[group].push(index);
        group_of.push(group);
    }
    (groups, group_of)
}

/// A circle among the groups that are not done; each of them waits for another such one.
fn circle(waits: &[BTreeMap<usize, usize>], is_done: &[bool], stuck: usize) -> Vec<usize> {
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut group = stuck;
    loop {
        if let Some(first) = path.iter().position(|&(passed, _)| passed == group) {
            let mut found: Vec<usize> = path[first..].iter().map(|&(_, hazard)| hazard).collect();
            let least = (0..found.len()).min_by_key(|&at| found[at]).unwrap_or(0);
            found.rotate_left(least);
            return found;
        }
        let next = waits[group].iter().find(|&(&other, _)| !is_done[other]);
        let Some((&other, &hazard)) = next else {
            // Cannot happen: a group without anything to wait for is done.
            return path.into_iter().map(|(_, hazard)| hazard).collect();
        };
        path.push((group, hazard));
        group = other;
    }
}

impl Hazard {
    /// Ids of the hazards whose disruptions must be known before those of this one can be.
    pub fn refers_to(&self) -> impl Iterator<Item = &str> {
        let cause = match &self.occurs {
            Occurs::After { hazard, .. } => Some(hazard),
            _ => None,
        };
        let unless = self.floating.iter().flat_map(|floating| &floating.unless);
        cause
            .into_iter()
            .chain(&self.repair.stops_for)
            .chain(unless)
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Floating, Law};
    use crate::units::{Fraction, Seconds};

    fn hazard(id: &str) -> Hazard {
        let occurs = Occurs::Poisson { rate_per_day: 1.0 };
        let laws = [Law::Fixed(1.0), Law::Fixed(0.0)];
        Hazard::plain(id.to_owned(), Vec::new(), occurs, laws, Seconds(1))
    }

    fn after(id: &str, cause: &str) -> Hazard {
        let occurs = Occurs::After {
            hazard: cause.to_owned(),
            chance: Fraction::ONE,
            lasts_with_cause: false,
        };
        Hazard {
            occurs,
            ..hazard(id)
        }
    }

    fn by(id: &str, crew: &str) -> Hazard {
        let mut found = hazard(id);
        found.repair.crew = Some(crew.to_owned());
        found
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        let mut repaired = hazard("b");
        repaired.repair.stops_for = vec!["d".to_owned()];
        let mut planned = hazard("c");
        planned.floating = Some(Floating {
            within: Seconds(1),
            unless: vec!["a".to_owned(), "nobody".to_owned()],
            recall: None,
        });
        let hazards = [after("a", "b"), repaired, planned, hazard("d")];
        assert_eq!(
            stages(&hazards),
            Ok(vec![vec![3], vec![1], vec![0], vec![2]])
        );
        assert_eq!(stages(&[]), Ok(Vec::new()));
    }

    #[test]
    fn crews_join_what_they_repair() {
        let mut waiting = by("c", "divers");
        waiting.repair.stops_for = vec!["d".to_owned()];
        let hazards = [by("a", "divers"), hazard("b"), waiting, hazard("d")];
        assert_eq!(stages(&hazards), Ok(vec![vec![1], vec![3], vec![0, 2]]));
    }

    #[test]
    fn circles_are_found_with_everything_on_them() {
        let hazards = [
            hazard("free"),
            after("z", "x"),
            after("x", "y"),
            after("y", "x"),
        ];
        assert_eq!(stages(&hazards), Err(vec![2, 3]));
        assert_eq!(stages(&[after("a", "a")]), Err(vec![0]));
        let mut own = by("b", "divers");
        own.repair.stops_for = vec!["a".to_owned()];
        assert_eq!(stages(&[by("a", "divers"), own]), Err(vec![1]));
        let mut first = by("a", "divers");
        first.repair.stops_for = vec!["c".to_owned()];
        let hazards = [first, by("b", "divers"), after("c", "b")];
        assert_eq!(stages(&hazards), Err(vec![0, 2]));
    }

    #[test]
    fn all_hazards_of_an_id_are_meant() {
        let hazards = [after("a", "b"), hazard("b"), after("a", "b"), hazard("b")];
        assert_eq!(
            stages(&hazards),
            Ok(vec![vec![1], vec![3], vec![0], vec![2]])
        );
        assert_eq!(stages(&[hazard("a"), after("a", "a")]), Err(vec![1]));
    }
}
