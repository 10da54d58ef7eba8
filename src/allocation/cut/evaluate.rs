//! A program carried out for all lanes.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the wide instructions"
)]
#![expect(clippy::many_single_char_names, reason = "operands as in the formulas")]

use pulp::{Simd, WithSimd};

use super::schedule::{Action, Place, Step};
use super::{LANES, Lane};

/// Where operands are, while one row of the scratch space is written.
struct Rows<'a> {
    inputs: &'a [Lane],
    /// Rows of the scratch space before the one that is written, and after it.
    before: &'a [Lane],
    after: &'a [Lane],
}

impl<'a> Rows<'a> {
    #[inline(always)]
    fn get(&self, place: Place) -> &'a Lane {
        let place = place as usize;
        if let Some(row) = self.inputs.get(place) {
            return row;
        }
        let place = place - self.inputs.len();
        match self.before.get(place) {
            Some(row) => row,
            None => &self.after[place - self.before.len() - 1],
        }
    }
}

/// The steps of a program, to be carried out on rows.
///
/// A type of its own and no closure: only what is inlined here is compiled for the wide
/// instructions, and the call of a closure may not be.
pub(super) struct Run<'a> {
    pub(super) steps: &'a [Step],
    pub(super) inputs: &'a [Lane],
    pub(super) scratch: &'a mut [Lane],
}

impl WithSimd for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        run(self.steps, self.inputs, self.scratch);
    }
}

#[inline(always)]
fn run(steps: &[Step], inputs: &[Lane], scratch: &mut [Lane]) {
    for step in steps {
        let (before, rest) = scratch.split_at_mut(step.to as usize);
        let Some((to, after)) = rest.split_first_mut() else {
            return;
        };
        let rows = Rows {
            inputs,
            before,
            after,
        };
        match step.action {
            Action::Sum([a, b]) => {
                let (a, b) = (rows.get(a), rows.get(b));
                fill(to, |i| a[i] + b[i]);
            }
            Action::Sum3([a, b, c]) => {
                let (a, b, c) = (rows.get(a), rows.get(b), rows.get(c));
                fill(to, |i| a[i] + b[i] + c[i]);
            }
            Action::Least([a, b], k) => {
                let (a, b) = (rows.get(a), rows.get(b));
                fill(to, |i| a[i].min(b[i] + k));
            }
            Action::LeastSum([a, b, c], k) => {
                let (a, b, c) = (rows.get(a), rows.get(b), rows.get(c));
                fill(to, |i| (a[i] + b[i]).min(c[i] + k));
            }
            Action::LeastSums([a, b, c, d], k) => {
                let (a, b, c, d) = (rows.get(a), rows.get(b), rows.get(c), rows.get(d));
                fill(to, |i| (a[i] + b[i]).min(c[i] + d[i] + k));
            }
            Action::SumLeast([a, b, c], k) => {
                let (a, b, c) = (rows.get(a), rows.get(b), rows.get(c));
                fill(to, |i| a[i] + b[i].min(c[i] + k));
            }
            Action::Capped([a], k) => {
                let a = rows.get(a);
                fill(to, |i| a[i].min(k));
            }
        }
    }
}

#[inline(always)]
fn fill(to: &mut [i32; LANES], value: impl Fn(usize) -> i32) {
    for (i, entry) in to.iter_mut().enumerate() {
        *entry = value(i);
    }
}
