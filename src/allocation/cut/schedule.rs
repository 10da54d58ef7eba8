//! Expressions in the order in which they are computed, fused, and where their results are kept.

#![expect(clippy::many_single_char_names, reason = "operands as in the formulas")]

use super::MOST_FIXED;
use super::expressions::{Expression, Expressions, Id, Value};

/// Where an operand is: first come the input rows, then the rows of the scratch space.
pub(super) type Place = u32;

/// What is done for all lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// `a + b`.
    Sum([Place; 2]),
    /// `a + b + c`.
    Sum3([Place; 3]),
    /// `min(a, b + k)`.
    Least([Place; 2], i32),
    /// `min(a + b, c + k)`.
    LeastSum([Place; 3], i32),
    /// `min(a + b, c + d + k)`.
    LeastSums([Place; 4], i32),
    /// `a + min(b, c + k)`.
    SumLeast([Place; 3], i32),
    /// `min(a, k)`.
    Capped([Place; 1], i32),
}

/// One step of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    /// Row of the scratch space that takes the result. No step reads the row it writes.
    pub(super) to: u32,
}

/// A program for a value.
#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) steps: Vec<Step>,
    /// How many rows of scratch space it needs.
    pub(super) registers: usize,
    /// Where the result is, if it depends on a row at all.
    pub(super) result: Option<Place>,
    /// What is to be added to it.
    pub(super) above: i32,
    /// How many additions and minima there are.
    pub(super) operations: usize,
    /// The most that an entry of a row may be for no sum to leave the range of its type.
    pub(super) row_limit: i32,
}

/// Orders what is needed for a value.
pub(super) fn schedule(value: Value, expressions: &Expressions, rows: usize) -> Option<Schedule> {
    let Value::Finite(root, above) = value else {
        return None;
    };
    let order = root.map_or_else(Vec::new, |root| depth_first(root, expressions));
    let row_limit = row_limit(&order, above, expressions)?;
    let mut uses = vec![0_u32; expressions.len()];
    for &id in &order {
        for part in parts(expressions.get(id)) {
            uses[part as usize] += 1;
        }
    }
    let mut fused = vec![false; expressions.len()];
    let mut actions = Vec::with_capacity(order.len());
    // The last first, so that what a step takes in is known before its own turn comes.
    for &id in order.iter().rev() {
        if !fused[id as usize]
            && let Some(action) = action(id, expressions, &uses, &mut fused)
        {
            actions.push((id, action));
        }
    }
    actions.reverse();
    let operations = actions.iter().map(|(_, action)| count(*action)).sum();
    let mut keeper = Keeper::new(&actions, expressions, rows);
    let steps = actions
        .iter()
        .map(|&(id, action)| keeper.place(id, action))
        .collect();
    Some(Schedule {
        steps,
        registers: keeper.registers as usize,
        result: root.map(|root| keeper.at(root)),
        above: above as i32,
        operations,
        row_limit,
    })
}

/// What an expression is made of.
fn parts(expression: Expression) -> impl Iterator<Item = Id> {
    let (one, other) = match expression {
        Expression::Row(_) => (None, None),
        Expression::Sum(a, b) | Expression::Least(a, b, _) => (Some(a), Some(b)),
        Expression::Capped(a, _) => (Some(a), None),
    };
    one.into_iter().chain(other)
}

/// All that an expression needs and it itself, parts before what is made of them.
fn depth_first(root: Id, expressions: &Expressions) -> Vec<Id> {
    let mut seen = vec![false; expressions.len()];
    let mut order = Vec::new();
    let mut stack = vec![(root, false)];
    while let Some((id, is_done)) = stack.pop() {
        if is_done {
            order.push(id);
        } else if !seen[id as usize] {
            seen[id as usize] = true;
            stack.push((id, true));
            stack.extend(parts(expressions.get(id)).map(|part| (part, false)));
        }
    }
    order
}

/// The most that an entry of a row may be, so that no sum leaves the range of its type.
///
/// Each expression is at most some number of the greatest entry, plus a number.
fn row_limit(order: &[Id], above: i64, expressions: &Expressions) -> Option<i32> {
    let most = i64::from(i32::MAX);
    let mut bounds = vec![(0_i64, 0_i64); expressions.len()];
    let mut limit = MOST_FIXED;
    let mut hold = |(times, plus): (i64, i64)| -> Option<()> {
        let room = most.checked_sub(plus).filter(|room| *room >= 0)?;
        if let Some(each) = room.checked_div(times) {
            limit = limit.min(each);
        }
        Some(())
    };
    for &id in order {
        let bound = |id: Id| bounds[id as usize];
        let found = match expressions.get(id) {
            Expression::Row(_) => (1, 0),
            Expression::Sum(a, b) => {
                let (a, b) = (bound(a), bound(b));
                (a.0.checked_add(b.0)?, a.1.checked_add(b.1)?)
            }
            Expression::Least(a, b, k) => {
                let second = (bound(b).0, bound(b).1.checked_add(k)?);
                hold(second)?;
                bound(a).min(second)
            }
            Expression::Capped(_, k) => (0, k),
        };
        hold(found)?;
        bounds[id as usize] = found;
        if Some(&id) == order.last() {
            hold((found.0, found.1.checked_add(above)?))?;
        }
    }
    hold((0, above))?;
    (limit > 0).then_some(limit as i32)
}

/// How an expression is computed, together with those of its parts that nothing else needs.
fn action(id: Id, expressions: &Expressions, uses: &[u32], fused: &mut [bool]) -> Option<Action> {
    let single = |id: Id| uses[id as usize] == 1;
    let sum = |id: Id| match expressions.get(id) {
        Expression::Sum(a, b) if single(id) => Some((a, b)),
        _ => None,
    };
    let least = |id: Id| match expressions.get(id) {
        Expression::Least(a, b, k) if single(id) => Some((a, b, k)),
        _ => None,
    };
    let mut take = |id: Id| fused[id as usize] = true;
    Some(match expressions.get(id) {
        Expression::Row(_) => return None,
        Expression::Capped(a, k) => Action::Capped([a], k as i32),
        Expression::Least(a, b, k) => match (sum(a), sum(b)) {
            (Some((p, q)), Some((r, s))) => {
                take(a);
                take(b);
                Action::LeastSums([p, q, r, s], k as i32)
            }
            (Some((p, q)), None) => {
                take(a);
                Action::LeastSum([p, q, b], k as i32)
            }
            (None, Some((r, s))) if k == 0 => {
                take(b);
                Action::LeastSum([r, s, a], 0)
            }
            _ => Action::Least([a, b], k as i32),
        },
        Expression::Sum(a, b) => {
            if let Some((p, q, k)) = least(a) {
                take(a);
                Action::SumLeast([b, p, q], k as i32)
            } else if let Some((p, q, k)) = least(b) {
                take(b);
                Action::SumLeast([a, p, q], k as i32)
            } else if let Some((p, q)) = sum(a) {
                take(a);
                Action::Sum3([p, q, b])
            } else if let Some((p, q)) = sum(b) {
                take(b);
                Action::Sum3([p, q, a])
            } else {
                Action::Sum([a, b])
            }
        }
    })
}

/// How many additions and minima an action stands for.
fn count(action: Action) -> usize {
    match action {
        Action::Sum(_) | Action::Capped(..) => 1,
        Action::Sum3(_) => 2,
        Action::Least(_, k) => 1 + usize::from(k != 0),
        Action::LeastSum(_, k) | Action::SumLeast(_, k) => 2 + usize::from(k != 0),
        Action::LeastSums(_, k) => 3 + usize::from(k != 0),
    }
}

impl Action {
    /// The same with other operands.
    fn map(self, mut other: impl FnMut(u32) -> u32) -> Self {
        match self {
            Self::Sum(of) => Self::Sum(of.map(other)),
            Self::Sum3(of) => Self::Sum3(of.map(other)),
            Self::Least(of, k) => Self::Least(of.map(other), k),
            Self::LeastSum(of, k) => Self::LeastSum(of.map(other), k),
            Self::LeastSums(of, k) => Self::LeastSums(of.map(other), k),
            Self::SumLeast(of, k) => Self::SumLeast(of.map(other), k),
            Self::Capped(of, k) => Self::Capped(of.map(&mut other), k),
        }
    }

    /// Calls something with each operand.
    fn each(self, mut call: impl FnMut(u32)) {
        self.map(|operand| {
            call(operand);
            operand
        });
    }
}

/// Knows where each result is, and which rows of the scratch space are free.
struct Keeper<'a> {
    expressions: &'a Expressions,
    rows: u32,
    /// How many steps are still to read a result.
    readers: Vec<u32>,
    register: Vec<u32>,
    free: Vec<u32>,
    registers: u32,
}

impl<'a> Keeper<'a> {
    fn new(actions: &[(Id, Action)], expressions: &'a Expressions, rows: usize) -> Self {
        let mut readers = vec![0; expressions.len()];
        for (_, action) in actions {
            action.each(|id| readers[id as usize] += 1);
        }
        Self {
            expressions,
            rows: rows as u32,
            readers,
            register: vec![0; expressions.len()],
            free: Vec::new(),
            registers: 0,
        }
    }

    /// Where an expression is.
    fn at(&self, id: Id) -> Place {
        match self.expressions.get(id) {
            Expression::Row(row) => row,
            _ => self.rows + self.register[id as usize],
        }
    }

    /// Gives a step the row it writes, which is none of those it reads; what it was the last to
    /// read is free after it.
    fn place(&mut self, id: Id, action: Action) -> Step {
        let to = self.free.pop().unwrap_or(self.registers);
        self.registers = self.registers.max(to + 1);
        self.register[id as usize] = to;
        let placed = action.map(|part| self.at(part));
        action.each(|part| {
            let left = &mut self.readers[part as usize];
            *left -= 1;
            if *left == 0 && !matches!(self.expressions.get(part), Expression::Row(_)) {
                self.free.push(self.register[part as usize]);
            }
        });
        Step { action: placed, to }
    }
}
