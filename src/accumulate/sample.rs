//! One metric of each replication, kept as long as the run goes.

use super::UNDEFINED;

/// Stands for [`UNDEFINED`] in 32 bits.
const NARROW_UNDEFINED: u32 = u32::MAX;

/// Whole numbers, one for each replication, in their order. A long run keeps millions, and few are so
/// large that they need 64 bits: they get them once the first does.
#[derive(Clone, Debug)]
pub enum Sample {
    /// All fit into 32 bits.
    Narrow(Vec<u32>),
    /// As they are.
    Wide(Vec<i64>),
}

impl Sample {
    /// With room for so many.
    #[must_use]
    pub fn with_capacity(room: usize) -> Self {
        Self::Narrow(Vec::with_capacity(room))
    }

    /// Adds those of further replications.
    pub fn extend(&mut self, more: &[i64]) {
        if let Self::Narrow(known) = self {
            let before = known.len();
            for &value in more {
                let Some(value) = narrow(value) else {
                    known.truncate(before);
                    *self = Self::Wide(self.values());
                    break;
                };
                known.push(value);
            }
        }
        if let Self::Wide(known) = self {
            known.extend_from_slice(more);
        }
    }

    /// That of the replication at a place.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    pub fn at(&self, place: usize) -> i64 {
        match self {
            Self::Narrow(known) => wide(known[place]),
            Self::Wide(known) => known[place],
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(known) => known.len(),
            Self::Wide(known) => known.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    #[must_use]
    pub fn values(&self) -> Vec<i64> {
        match self {
            Self::Narrow(known) => known.iter().map(|&value| wide(value)).collect(),
            Self::Wide(known) => known.clone(),
        }
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

fn narrow(value: i64) -> Option<u32> {
    if value == UNDEFINED {
        return Some(NARROW_UNDEFINED);
    }
    let narrow = u32::try_from(value).ok();
    narrow.filter(|&narrow| narrow != NARROW_UNDEFINED)
}

fn wide(value: u32) -> i64 {
    if value == NARROW_UNDEFINED {
        UNDEFINED
    } else {
        i64::from(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were_whatever_their_size() {
        let most = i64::from(u32::MAX);
        let parts: [&[i64]; 4] = [
            &[0, 7, UNDEFINED, most - 1],
            &[1, most, 2],
            &[-5, UNDEFINED, i64::MAX],
            &[],
        ];
        let mut sample = Sample::with_capacity(3);
        let mut all = Vec::new();
        for part in parts {
            sample.extend(part);
            all.extend_from_slice(part);
            assert_eq!(sample.values(), all);
            assert!((0..all.len()).all(|place| sample.at(place) == all[place]));
            assert_eq!(sample.len(), all.len());
        }
    }

    #[test]
    fn they_stay_narrow_as_long_as_all_fit() {
        let mut sample = Sample::default();
        sample.extend(&[3, UNDEFINED]);
        assert!(matches!(sample, Sample::Narrow(_)));
        sample.extend(&[1 << 40]);
        assert!(matches!(sample, Sample::Wide(_)));
    }
}
