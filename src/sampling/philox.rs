//! The random numbers: Philox4x32-10.
//!
//! A counter-based generator: a block of 128 random bits is a function of a key and a counter,
//! with no state to carry. Salmon, Moraes, Dror and Shaw (2011), *Parallel random numbers: as easy
//! as 1, 2, 3*; checked below against the authors' vectors.

use std::convert::Infallible;

use rand::TryRng;
use sha2::{Digest, Sha256};

pub(super) const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
pub(super) const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// One block of random bits.
fn block(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    let mut key = key;
    let mut state = counter;
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
        }
        let first = u64::from(MULTIPLIERS[0]) * u64::from(state[0]);
        let second = u64::from(MULTIPLIERS[1]) * u64::from(state[2]);
        state = [
            (second >> 32) as u32 ^ state[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ state[3] ^ key[1],
            first as u32,
        ];
    }
    state
}

/// A uniform number inside (0, 1) from 64 random bits: exact in `f64`, never 0 nor 1.
fn uniform(bits: u64) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 52) as f64;
    ((bits >> 12) as f64 + 0.5) * STEP
}

/// The random numbers of one process in one run, by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
}

impl Stream {
    /// The stream of a process.
    ///
    /// - `hazard`: id of the hazard.
    /// - `target`: qualified id of what it hits, or empty for a process that all targets share.
    /// - `epistemic`: which draw of uncertain parameters; 0 if there is none.
    #[must_use]
    pub fn new(seed: u64, epistemic: u64, hazard: &str, target: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"keruen/1");
        hash.update(seed.to_le_bytes());
        hash.update(epistemic.to_le_bytes());
        for name in [hazard, target] {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name.as_bytes());
        }
        let digest = hash.finalize();
        let word = |at: usize| {
            u32::from_le_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]])
        };
        Self {
            key: [word(0), word(4)],
        }
    }

    /// Its key, for those who compute many blocks at once.
    pub(super) fn key(self) -> [u32; 2] {
        self.key
    }

    /// Draw number `draw` of event number `event` in a replication: uniform inside (0, 1).
    #[must_use]
    pub fn uniform(&self, replication: u64, event: u32, draw: u32) -> f64 {
        let pair = self.pair(replication, event, draw / 2);
        if draw.is_multiple_of(2) {
            pair.0
        } else {
            pair.1
        }
    }

    /// Draws `2 × index` and `2 × index + 1` of an event, from one block.
    #[must_use]
    pub fn pair(&self, replication: u64, event: u32, index: u32) -> (f64, f64) {
        let bits = block(
            self.key,
            [replication as u32, (replication >> 32) as u32, event, index],
        );
        let word = |low: usize| u64::from(bits[low]) | u64::from(bits[low + 1]) << 32;
        (uniform(word(0)), uniform(word(2)))
    }

    /// The same bits as an ordinary generator, from the first draw of an event on.
    #[must_use]
    pub fn generator(&self, replication: u64, event: u32) -> Philox {
        let counter = [replication as u32, (replication >> 32) as u32, event, 0];
        Philox {
            key: self.key,
            counter,
            left: [0; 4],
            used: 4,
        }
    }
}

/// A [`Stream`] as a generator of the `rand` crate.
#[derive(Clone, Debug)]
pub struct Philox {
    key: [u32; 2],
    counter: [u32; 4],
    left: [u32; 4],
    used: usize,
}

impl TryRng for Philox {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used == 4 {
            self.left = block(self.key, self.counter);
            self.counter[3] = self.counter[3].wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        Ok(self.left[self.used - 1])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = self.try_next_u32()?;
        let high = self.try_next_u32()?;
        Ok(u64::from(low) | u64::from(high) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.try_next_u32()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    /// Known-answer vectors of the authors (Random123, `kat_vectors`).
    #[test]
    fn blocks_are_those_of_the_authors() {
        assert_eq!(
            block([0, 0], [0; 4]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        let ones = u32::MAX;
        assert_eq!(
            block([ones, ones], [ones; 4]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            block(
                [0xa409_3822, 0x299f_31d0],
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn uniforms_are_inside_the_unit_interval() {
        assert_eq!(uniform(0x0123_4567_89ab_cdef), 0.004_444_444_444_444_362);
        assert!(uniform(0) > 0.0);
        assert!(uniform(u64::MAX) < 1.0);
    }

    #[test]
    fn an_address_and_a_generator_give_the_same_numbers() {
        let stream = Stream::new(7, 0, "storm", "link.spm#2");
        let mut generator = stream.generator(3, 5);
        for draw in 0..6 {
            assert_eq!(uniform(generator.next_u64()), stream.uniform(3, 5, draw));
        }
    }

    #[test]
    fn names_do_not_run_together() {
        assert_ne!(Stream::new(1, 0, "ab", "c"), Stream::new(1, 0, "a", "bc"));
    }
}
