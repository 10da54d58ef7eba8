//! Sparse lines of −1, 0 and 1 as bit masks, and numbers that are found by their bits.

use std::ops::{Deref, DerefMut};

/// Entries of a row or a column: places with +1 and places with −1.
#[derive(Clone, Copy)]
pub(super) struct Line<const W: usize> {
    pub(super) plus: [u64; W],
    pub(super) minus: [u64; W],
}

impl<const W: usize> Line<W> {
    pub(super) const EMPTY: Self = Self {
        plus: [0; W],
        minus: [0; W],
    };

    /// Adds a line, or its opposite, whose sums stay within −1, 0, 1.
    #[inline]
    pub(super) fn add(&mut self, other: &Self, opposite: bool) {
        let (plus, minus) = if opposite {
            (&other.minus, &other.plus)
        } else {
            (&other.plus, &other.minus)
        };
        for index in 0..W {
            let (p, m) = (self.plus[index], self.minus[index]);
            self.plus[index] = (p & !minus[index]) | (plus[index] & !m);
            self.minus[index] = (m & !plus[index]) | (minus[index] & !p);
        }
    }

    pub(super) fn turn(&mut self) {
        std::mem::swap(&mut self.plus, &mut self.minus);
    }

    /// Changes the sign of one entry.
    #[inline]
    pub(super) fn turn_one(&mut self, place: usize) {
        let (word, bit) = (place / 64, 1_u64 << (place % 64));
        if (self.plus[word] | self.minus[word]) & bit != 0 {
            self.plus[word] ^= bit;
            self.minus[word] ^= bit;
        }
    }

    /// Makes the entry at `place` 0.
    pub(super) fn clear(&mut self, place: usize) {
        let (word, bit) = (place / 64, 1_u64 << (place % 64));
        self.plus[word] &= !bit;
        self.minus[word] &= !bit;
    }

    /// The places of all entries, word and bit, with `true` for +1.
    #[inline]
    pub(super) fn for_each(&self, mut see: impl FnMut(usize, usize, bool)) {
        for word in 0..W {
            for bit in Bits(self.plus[word]) {
                see(word, bit, true);
            }
            for bit in Bits(self.minus[word]) {
                see(word, bit, false);
            }
        }
    }
}

/// A number for each of at most 64 × `N` places: by word of a mask, then by bit. So whoever goes through the bits of masks
/// needs no bounds checked.
pub(super) struct Blocks<T, const N: usize>(Box<[[T; 64]; N]>);

impl<T: Copy, const N: usize> Blocks<T, N> {
    /// The same number everywhere.
    pub(super) fn new(value: T) -> Self {
        let blocks = vec![[value; 64]; N].into_boxed_slice();
        Self(
            blocks
                .try_into()
                .unwrap_or_else(|_| unreachable!("there are `N`")),
        )
    }
}

impl<T: Copy, const N: usize> Clone for Blocks<T, N> {
    /// Never by way of the stack.
    fn clone(&self) -> Self {
        let mut copy = Self::new(self[0][0]);
        copy.copy_from_slice(&**self);
        copy
    }
}

impl<T, const N: usize> Deref for Blocks<T, N> {
    type Target = [[T; 64]; N];

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, const N: usize> DerefMut for Blocks<T, N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// Word of a mask and bit in it.
#[inline]
pub(super) fn split(place: usize) -> (usize, usize) {
    (place / 64, place % 64)
}

/// The positions of the bits set in a word.
pub(super) struct Bits(pub(super) u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        // Below 64 anyway; said, no bounds need to be checked.
        let at = self.0.trailing_zeros() as usize & 63;
        self.0 &= self.0 - 1;
        Some(at)
    }
}

/// The place marked in `outside` that is furthest outside its bounds, or the first.
///
/// - `at`: value and upper bound at a place; the lower bound is 0.
#[inline]
pub(super) fn furthest(
    outside: &[u64],
    first: bool,
    at: impl Fn(usize, usize) -> (i64, i64),
) -> Option<usize> {
    let mut worst = 0;
    let mut found = None;
    for (word, &places) in outside.iter().enumerate() {
        for bit in Bits(places) {
            let (value, limit) = at(word, bit);
            let by = (-value).max(value - limit);
            if by > worst {
                worst = by;
                found = Some(word * 64 + bit);
                if first {
                    return found;
                }
            }
        }
    }
    found
}
