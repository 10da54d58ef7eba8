//! Quantities and how they combine.
//!
//! Barrels, barrels a day and seconds are whole numbers, so that the books close exactly and a
//! total comes out the same in whatever order it is added up. A volume is flow × time, counted in
//! 86 400ths of a barrel, and is exact too. Only statistics, shares and sampled numbers are `f64`.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// Seconds in a day.
pub const SECONDS_PER_DAY: i64 = 86_400;

/// Days in a year, wherever a year is a unit: 365.25.
pub const DAYS_PER_YEAR: f64 = 365.25;

/// The largest rate a scenario may state: 1 Gb/d.
pub const MAX_RATE: BarrelsPerDay = BarrelsPerDay(1_000_000_000);

macro_rules! whole_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
        }
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                Self(iter.map(|quantity| quantity.0).sum())
            }
        }
    };
}

whole_number! {
    /// Whole barrels per day.
    BarrelsPerDay
}
whole_number! {
    /// Whole barrels.
    Barrels
}
whole_number! {
    /// Whole seconds: an instant since the scenario's start, or a length of time.
    Seconds
}
whole_number! {
    /// Flow × time, in 86 400ths of a barrel: exact.
    Volume
}
whole_number! {
    /// Thousandths of a US dollar per barrel: tariffs and prices, as the allocation counts them.
    MilliUsdPerBarrel
}

impl Mul<Seconds> for BarrelsPerDay {
    type Output = Volume;

    fn mul(self, time: Seconds) -> Volume {
        Volume(self.0 * time.0)
    }
}

impl BarrelsPerDay {
    /// This rate with a share of it left, rounded half to even.
    #[must_use]
    pub fn scaled(self, share: Fraction) -> Self {
        Self(round_half_even(self.0 as f64 * share.get()))
    }
}

impl Seconds {
    /// A number of days, rounded half up to whole seconds.
    #[must_use]
    pub fn from_days(days: f64) -> Self {
        Self((days * SECONDS_PER_DAY as f64 + 0.5).floor() as i64)
    }

    /// As days.
    #[must_use]
    pub fn days(self) -> f64 {
        self.0 as f64 / SECONDS_PER_DAY as f64
    }

    /// As hours.
    #[must_use]
    pub fn hours(self) -> f64 {
        self.0 as f64 / 3_600.0
    }
}

impl Volume {
    /// Rounded to whole barrels, half to even.
    #[must_use]
    pub fn to_barrels(self) -> Barrels {
        let whole = self.0.div_euclid(SECONDS_PER_DAY);
        let rest = 2 * self.0.rem_euclid(SECONDS_PER_DAY);
        let up = rest > SECONDS_PER_DAY || (rest == SECONDS_PER_DAY && whole % 2 != 0);
        Barrels(whole + i64::from(up))
    }
}

impl Barrels {
    /// As an exact volume.
    #[must_use]
    pub fn to_volume(self) -> Volume {
        Volume(self.0 * SECONDS_PER_DAY)
    }
}

/// The whole number nearest to `value`, halves to the even one.
#[must_use]
pub fn round_half_even(value: f64) -> i64 {
    value.round_ties_even() as i64
}

/// A share of something.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Fraction(f64); // invariant: in [0, 1], so never NaN

impl Fraction {
    /// Nothing of it.
    pub const ZERO: Self = Self(0.0);
    /// All of it.
    pub const ONE: Self = Self(1.0);

    /// `None` outside `[0, 1]`. The range is checked here and nowhere else.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The share nearest to `value`: below 0 it is 0, above 1 it is 1; NaN is 0.
    #[must_use]
    pub fn nearest(value: f64) -> Self {
        Self(if value >= 1.0 { 1.0 } else { value.max(0.0) })
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for BarrelsPerDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} b/d", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_times_time_is_exact() {
        let volume = BarrelsPerDay(1_000) * Seconds(SECONDS_PER_DAY / 2);
        assert_eq!(volume.to_barrels(), Barrels(500));
        assert_eq!(Barrels(500).to_volume(), volume);
    }

    #[test]
    fn barrels_round_half_to_even() {
        let half = SECONDS_PER_DAY / 2;
        let whole = SECONDS_PER_DAY;
        for (volume, barrels) in [
            (half, 0),
            (whole + half, 2),
            (2 * whole + half, 2),
            (-half, 0),
            (-whole - half, -2),
            (half + 1, 1),
        ] {
            assert_eq!(Volume(volume).to_barrels(), Barrels(barrels), "{volume}");
        }
    }

    #[test]
    fn rates_round_half_to_even() {
        let half = Fraction::new(0.5).expect("in range");
        assert_eq!(BarrelsPerDay(5).scaled(half), BarrelsPerDay(2));
        assert_eq!(BarrelsPerDay(7).scaled(half), BarrelsPerDay(4));
    }

    #[test]
    fn durations_round_half_up() {
        assert_eq!(Seconds::from_days(0.5 / 86_400.0), Seconds(1));
        assert_eq!(Seconds::from_days(0.4 / 86_400.0), Seconds(0));
    }

    #[test]
    fn a_fraction_is_never_outside_its_range() {
        assert!(Fraction::new(f64::NAN).is_none());
        assert!(Fraction::new(-0.1).is_none());
        assert_eq!(Fraction::nearest(7.0), Fraction::ONE);
        assert_eq!(Fraction::nearest(f64::NAN), Fraction::ZERO);
    }
}
