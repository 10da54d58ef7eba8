//! Several random blocks and logarithms side by side, in plain arrays that the compiler turns into
//! wide instructions.
//!
//! Every operation here is one that IEEE 754 rounds in one way only, and none is joined with
//! another, so the bits are those of [`super::Stream`] and of `libm` whatever instructions the
//! machine has.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the instructions chosen at run time"
)]

use super::philox::{MULTIPLIERS, WEYL};

/// How many numbers go side by side: one register of the widest machines.
pub(super) const WIDTH: usize = 8;

/// One number for each lane.
pub(super) type Lane<T> = [T; WIDTH];

/// The low half of a word.
const LOW: u64 = 0xffff_ffff;

/// Draws 0 and 1 of an event of each lane's stream, as [`super::Stream::pair`] gives them at index 0.
#[inline(always)]
pub(super) fn pairs(
    keys: &Lane<[u32; 2]>,
    replication: u64,
    events: &Lane<u32>,
) -> (Lane<f64>, Lane<f64>) {
    // Words of 32 bits sit in lanes of 64; what is left of them above is cut off when it counts.
    let mut key = [[0; WIDTH]; 2];
    let mut state = [
        [replication & LOW; WIDTH],
        [replication >> 32; WIDTH],
        [0; WIDTH],
        [0; WIDTH],
    ];
    for lane in 0..WIDTH {
        key[0][lane] = u64::from(keys[lane][0]);
        key[1][lane] = u64::from(keys[lane][1]);
        state[2][lane] = u64::from(events[lane]);
    }
    for round in 0..10 {
        for lane in 0..WIDTH {
            if round > 0 {
                key[0][lane] += u64::from(WEYL[0]);
                key[1][lane] += u64::from(WEYL[1]);
            }
            let first = u64::from(MULTIPLIERS[0]) * (state[0][lane] & LOW);
            let second = u64::from(MULTIPLIERS[1]) * (state[2][lane] & LOW);
            state[0][lane] = (second >> 32) ^ state[1][lane] ^ key[0][lane];
            state[1][lane] = second;
            state[2][lane] = (first >> 32) ^ state[3][lane] ^ key[1][lane];
            state[3][lane] = first;
        }
    }
    let mut drawn = ([0.0; WIDTH], [0.0; WIDTH]);
    for lane in 0..WIDTH {
        drawn.0[lane] = uniform(state[0][lane] & LOW | state[1][lane] << 32);
        drawn.1[lane] = uniform(state[2][lane] & LOW | state[3][lane] << 32);
    }
    drawn
}

/// As `philox::uniform`: the 52 high bits are the mantissa of a number in [1, 2), and neither
/// taking away 1 nor adding half a step rounds anything.
#[inline(always)]
fn uniform(bits: u64) -> f64 {
    const ONE: u64 = 1.0_f64.to_bits();
    const HALF_STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (f64::from_bits(ONE | bits >> 12) - 1.0) + HALF_STEP
}

/// ln(1 − p) for numbers of [`pairs`], with the bits of `libm::log1p(-p)`.
///
/// The steps are those of `libm`. Such a `p` is an odd multiple of 2⁻⁵³, so 1 − p is exact: there
/// is neither a correction to make nor a special case to look for.
#[inline(always)]
pub(super) fn log_of_rest(p: &Lane<f64>) -> Lane<f64> {
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const L1: f64 = f64::from_bits(0x3fe5_5555_5555_5593);
    const L2: f64 = f64::from_bits(0x3fd9_9999_9997_fa04);
    const L3: f64 = f64::from_bits(0x3fd2_4924_9422_9359);
    const L4: f64 = f64::from_bits(0x3fcc_71c5_1d8e_78af);
    const L5: f64 = f64::from_bits(0x3fc7_4664_96cb_03de);
    const L6: f64 = f64::from_bits(0x3fc3_9a09_d078_c69f);
    const L7: f64 = f64::from_bits(0x3fc2_f112_df3e_5244);
    /// High words of 1 and of √½: what is added brings the mantissa to between √½ and √2.
    const ONE: u64 = 0x3ff0_0000 << 32;
    const ROOT: u64 = 0x3fe6_a09e << 32;
    /// Up to here nothing is scaled: just above 1 − √½.
    const UNSCALED: f64 = f64::from_bits(0x3fd2_bec5 << 32);
    /// 2⁵², to read a small whole number as the low bits of a float.
    const MAGIC: f64 = (1_u64 << 52) as f64;
    let mut log = [0.0; WIDTH];
    for lane in 0..WIDTH {
        let p = p[lane];
        let shifted = (1.0 - p).to_bits() + (ONE - ROOT);
        let mantissa = f64::from_bits((shifted & (u64::MAX >> 12)) + ROOT);
        let exponent = f64::from_bits(MAGIC.to_bits() | shifted >> 52) - (MAGIC + 1_023.0);
        let is_unscaled = p < UNSCALED;
        let f = if is_unscaled { -p } else { mantissa - 1.0 };
        let k = if is_unscaled { 0.0 } else { exponent };
        let half = 0.5 * f * f;
        let s = f / (2.0 + f);
        let z = s * s;
        let w = z * z;
        let even = w * (L2 + w * (L4 + w * L6));
        let odd = z * (L1 + w * (L3 + w * (L5 + w * L7)));
        let r = odd + even;
        log[lane] = s * (half + r) + k * LN2_LOW - half + f + k * LN2_HIGH;
    }
    log
}

/// The greatest whole number up to `x`, for 0 ≤ x < 2⁵¹.
#[inline(always)]
pub(super) fn whole(x: f64) -> f64 {
    const MAGIC: f64 = (1_u64 << 52) as f64;
    let nearest = (x + MAGIC) - MAGIC;
    if nearest > x { nearest - 1.0 } else { nearest }
}

/// What a column holds at the place of each lane.
#[inline(always)]
pub(super) fn pick<T: Copy + Default>(column: &[T], places: &Lane<u32>) -> Lane<T> {
    let mut picked = [T::default(); WIDTH];
    for lane in 0..WIDTH {
        picked[lane] = column[places[lane] as usize];
    }
    picked
}

/// What a column holds from a place on.
#[inline(always)]
pub(super) fn some<T: Copy + Default>(column: &[T], from: usize) -> Lane<T> {
    let mut some = [T::default(); WIDTH];
    some.copy_from_slice(&column[from..from + WIDTH]);
    some
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::Stream;

    #[test]
    fn many_blocks_are_those_of_one() {
        let streams: [Stream; WIDTH] =
            std::array::from_fn(|lane| Stream::new(3, 0, "pump", &format!("link.{lane}")));
        let keys = streams.map(|stream| stream.key());
        for (replication, event) in [(0, 0), (1, 7), (u64::MAX - 5, u32::MAX), (1 << 40, 1 << 31)] {
            let events = std::array::from_fn(|lane| u32::wrapping_add(event, lane as u32));
            let (first, second) = pairs(&keys, replication, &events);
            for lane in 0..WIDTH {
                let expected = streams[lane].pair(replication, events[lane], 0);
                assert_eq!((first[lane], second[lane]), expected);
            }
        }
    }

    /// All numbers near where the steps change, both ends, and a million in between.
    #[test]
    fn logarithms_have_the_bits_of_the_library() {
        let steps = (1_u64 << 52) as f64;
        let number = |n: u64| (n as f64 + 0.5) / steps;
        let check = |numbers: &[u64]| {
            for some in numbers.chunks_exact(WIDTH) {
                let p: Lane<f64> = std::array::from_fn(|lane| number(some[lane]));
                let log = log_of_rest(&p);
                for lane in 0..WIDTH {
                    let expected = libm::log1p(-p[lane]);
                    assert_eq!(log[lane].to_bits(), expected.to_bits(), "of {}", p[lane]);
                }
            }
        };
        let last = (1_u64 << 52) - 1;
        let mut near: Vec<u64> = Vec::new();
        for middle in [
            f64::from_bits(0x3fd2_bec5 << 32),
            1.0 - std::f64::consts::FRAC_1_SQRT_2,
            1.0 - f64::from_bits(0x3fe6_a09e << 32),
            0.5,
            0.75,
            1.0 - f64::from_bits(0x3fd6_a09e << 32),
        ] {
            let middle = (middle * steps) as u64;
            near.extend(middle - 2_000..middle + 2_000);
        }
        // The numbers between the two bounds of the scaled range.
        near.extend((0..4_000).map(|n| (0.292_893 * steps) as u64 + n * 1_000_000_000 / 2));
        near.extend(0..4_000);
        near.extend(last - 3_999..=last);
        near.extend((0..52).flat_map(|bit| {
            let power = 1_u64 << bit;
            (0..8).map(move |more| (power + more).min(last))
        }));
        near.extend((0..52).flat_map(|bit| {
            let power = 1_u64 << bit;
            (0..8).map(move |less| last - (power - 1).saturating_sub(less))
        }));
        check(&near);
        let stream = Stream::new(1, 0, "", "");
        let drawn: Vec<u64> = (0..1_000_000)
            .map(|event| (stream.pair(0, event, 0).0 * steps) as u64)
            .collect();
        check(&drawn);
    }

    #[test]
    fn whole_numbers_are_rounded_down() {
        let great = (1_u64 << 50) as f64;
        for x in [
            0.0,
            0.25,
            0.5,
            0.999_999,
            1.0,
            1.5,
            2.5,
            3.5,
            1e9 + 0.75,
            great + 0.5,
            great,
        ] {
            assert_eq!(whole(x), x.floor());
        }
    }
}
