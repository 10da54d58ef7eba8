//! Sums and minima of capacity rows, each kept once.
//!
//! A value is an expression plus a number, so that what is known beforehand is added up here and
//! never again. All values are at least 0.

#![expect(clippy::many_single_char_names, reason = "operands as in the formulas")]

use std::collections::HashMap;

/// Index of an expression.
pub(super) type Id = u32;

/// What is computed from rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Expression {
    /// An input.
    Row(u32),
    /// `a + b`.
    Sum(Id, Id),
    /// `min(a, b + k)`, `k` ≥ 0.
    Least(Id, Id, i64),
    /// `min(a, k)`, `k` > 0.
    Capped(Id, i64),
}

/// A value that a table of cuts may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// An expression, if there is one, plus a number that is at least 0.
    Finite(Option<Id>, i64),
    /// More than any cut that counts.
    Unlimited,
}

impl Value {
    pub(super) const ZERO: Self = Self::Finite(None, 0);
}

/// How deep a proof that one expression is never above another may go.
const DEPTH: usize = 4;

/// All expressions made so far.
#[derive(Default)]
pub(super) struct Expressions {
    all: Vec<Expression>,
    known: HashMap<Expression, Id>,
}

impl Expressions {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, id: Id) -> Expression {
        self.all[id as usize]
    }

    /// The value of an input.
    pub(super) fn row(&mut self, row: usize) -> Value {
        Value::Finite(Some(self.intern(Expression::Row(row as u32))), 0)
    }

    /// The sum of two values.
    pub(super) fn sum(&mut self, one: Value, other: Value) -> Value {
        let (Value::Finite(a, j), Value::Finite(b, k)) = (one, other) else {
            return Value::Unlimited;
        };
        let both = match (a, b) {
            (Some(a), Some(b)) => Some(self.intern(Expression::Sum(a.min(b), a.max(b)))),
            (one, other) => one.or(other),
        };
        Value::Finite(both, j + k)
    }

    /// The smaller of two values.
    pub(super) fn least(&mut self, one: Value, other: Value) -> Value {
        let (Value::Finite(a, j), Value::Finite(b, k)) = (one, other) else {
            return if one == Value::Unlimited { other } else { one };
        };
        // The one with the smaller number comes first; what both have of it is taken out.
        let (a, b, base, above) = if (j, a) <= (k, b) {
            (a, b, j, k - j)
        } else {
            (b, a, k, j - k)
        };
        let least = match (a, b) {
            (None, _) => None,
            (Some(a), None) => (above > 0).then(|| self.intern(Expression::Capped(a, above))),
            (Some(a), Some(b)) if self.is_at_most(a, b, DEPTH) => Some(a),
            (Some(a), Some(b)) if above == 0 && self.is_at_most(b, a, DEPTH) => Some(b),
            (Some(a), Some(b)) => return self.factored(a, b, base, above),
        };
        Value::Finite(least, base)
    }

    /// `base + min(a, b + above)`, with what is a part of both sums taken out.
    fn factored(&mut self, a: Id, b: Id, base: i64, above: i64) -> Value {
        if let (Expression::Sum(p, q), Expression::Sum(r, s)) = (self.get(a), self.get(b)) {
            let common = [(p, q, r, s), (p, q, s, r), (q, p, r, s), (q, p, s, r)];
            if let Some(&(part, x, _, y)) = common.iter().find(|parts| parts.0 == parts.2) {
                let rest = self.least(
                    Value::Finite(Some(x), base),
                    Value::Finite(Some(y), base + above),
                );
                return self.sum(Value::Finite(Some(part), 0), rest);
            }
        }
        let least = Expression::Least(a, b, above);
        Value::Finite(Some(self.intern(least)), base)
    }

    /// Whether `a` can be seen to be at most `b` whatever the rows are.
    fn is_at_most(&self, a: Id, b: Id, depth: usize) -> bool {
        if a == b {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let below = match self.get(a) {
            Expression::Least(x, y, k) => {
                self.is_at_most(x, b, depth) || (k == 0 && self.is_at_most(y, b, depth))
            }
            Expression::Capped(x, _) => self.is_at_most(x, b, depth),
            Expression::Sum(x, y) => match self.get(b) {
                Expression::Sum(p, q) => {
                    (self.is_at_most(x, p, depth) && self.is_at_most(y, q, depth))
                        || (self.is_at_most(x, q, depth) && self.is_at_most(y, p, depth))
                }
                _ => false,
            },
            Expression::Row(_) => false,
        };
        below
            || match self.get(b) {
                Expression::Sum(p, q) => {
                    self.is_at_most(a, p, depth) || self.is_at_most(a, q, depth)
                }
                Expression::Least(p, q, _) => {
                    self.is_at_most(a, p, depth) && self.is_at_most(a, q, depth)
                }
                _ => false,
            }
    }

    fn intern(&mut self, expression: Expression) -> Id {
        let next = self.all.len() as Id;
        let id = *self.known.entry(expression).or_insert(next);
        if id == next {
            self.all.push(expression);
        }
        id
    }
}
