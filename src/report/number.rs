//! Numbers as people read them: cut to what is known, grouped by thin spaces, in fitting units.

use jiff::SignedDuration;
use jiff::civil::Date;

/// Between groups of three digits.
const THIN_SPACE: char = '\u{2009}';

/// Stands for a number that is undefined.
pub const NOTHING: &str = "–";

/// No more decimals than this are ever shown.
const MAX_DECIMALS: i32 = 12;

/// A number with this many decimals and its digits in groups of three; a negative number of
/// decimals rounds to tens, hundreds, … `–` if it is not finite.
#[must_use]
pub fn grouped(value: f64, decimals: i32) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let decimals = decimals.clamp(-MAX_DECIMALS, MAX_DECIMALS);
    let text = if decimals < 0 {
        let power = 10_f64.powi(-decimals);
        format!("{:.0}", (value.abs() / power).round_ties_even() * power)
    } else {
        let decimals = usize::try_from(decimals).unwrap_or_default();
        format!("{:.decimals$}", value.abs())
    };
    let (whole, rest) = text
        .find('.')
        .map_or((text.as_str(), ""), |at| text.split_at(at));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let mut out = String::with_capacity(text.len() + 8);
    if value < 0.0 && !is_zero {
        out.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(THIN_SPACE);
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

/// A whole number, grouped.
#[must_use]
pub fn counted(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + 6);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(THIN_SPACE);
        }
        out.push(digit);
    }
    out
}

/// Decimals that show the given number of significant digits of `value`; `None` for zero and
/// what is not finite.
fn decimals_for(value: f64, digits: i32) -> Option<i32> {
    if value == 0.0 || !value.is_finite() {
        return None;
    }
    let precision = usize::try_from(digits - 1).unwrap_or_default();
    // Scientific notation rounds first, so that 0.0996 counts as 0.10.
    let text = format!("{:.precision$e}", value.abs());
    let exponent: i32 = text.split_once('e')?.1.parse().ok()?;
    Some(digits - 1 - exponent)
}

/// A mean with its standard error, both cut to the error's second significant digit:
/// `37.14 ± 0.38`. Without an error, four significant digits.
#[must_use]
pub fn with_error(value: f64, std_error: Option<f64>) -> String {
    match std_error {
        Some(error) if error.is_finite() => match decimals_for(error, 2) {
            Some(decimals) => {
                format!(
                    "{} ± {}",
                    grouped(value, decimals),
                    grouped(error, decimals)
                )
            }
            None => format!("{} ± 0", brief(value, 6)),
        },
        _ => significant(value, 4),
    }
}

/// A number with this many significant digits; digits before the decimal point are never cut.
#[must_use]
pub fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    grouped(value, decimals_for(value, digits).unwrap_or(0).max(0))
}

/// A number with at most this many significant digits and no zeros at the end of its decimals.
#[must_use]
pub fn brief(value: f64, digits: i32) -> String {
    let text = significant(value, digits);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number with as many decimals as show three digits of a spread it belongs to.
#[must_use]
pub fn to_spread(value: f64, spread: Option<f64>) -> String {
    match spread.and_then(|spread| decimals_for(spread, 3)) {
        Some(decimals) => grouped(value, decimals.max(0)),
        None => significant(value, 4),
    }
}

/// A share as per cent with one decimal.
#[must_use]
pub fn per_cent(share: f64) -> String {
    format!("{} %", grouped(share * 100.0, 1))
}

/// An instant as `2026-01-10 06:30`, with seconds if it is not a whole minute.
#[must_use]
pub fn date_time(start: Date, seconds: i64) -> String {
    let instant = start
        .at(0, 0, 0, 0)
        .checked_add(SignedDuration::from_secs(seconds));
    match instant {
        Ok(instant) if instant.second() == 0 => instant.strftime("%Y-%m-%d %H:%M").to_string(),
        Ok(instant) => instant.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => format!("{seconds} s"),
    }
}

/// How instants of a scenario are written, given its first day (`2026-01-01`): as [`date_time`],
/// or in seconds if that is no date.
pub(super) fn instants(start: &str) -> impl Fn(i64) -> String + use<> {
    let start: Option<Date> = start.parse().ok();
    move |seconds| start.map_or_else(|| format!("{seconds} s"), |start| date_time(start, seconds))
}

/// An instant to the minute, on one line however narrow the table.
pub(super) fn to_the_minute(instant: &dyn Fn(i64) -> String, seconds: i64) -> String {
    instant(seconds - seconds.rem_euclid(60)).replace(' ', "\u{a0}")
}

/// What a unit of the results is divided by to be read, and what it is then called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// What one shown unit is worth.
    pub factor: f64,
    /// Name of the shown unit.
    pub unit: &'static str,
}

impl Scale {
    /// For volumes whose largest is this many barrels: bbl, kb or Mb.
    #[must_use]
    pub fn volume(largest_bbl: f64) -> Self {
        let (factor, unit) = match largest_bbl.abs() {
            largest if largest >= 3e6 => (1e6, "Mb"),
            largest if largest >= 3e4 => (1e3, "kb"),
            _ => (1.0, "bbl"),
        };
        Self { factor, unit }
    }

    /// For rates whose largest is this many barrels a day: b/d or kb/d.
    #[must_use]
    pub fn rate(largest_bpd: f64) -> Self {
        if largest_bpd.abs() >= 3e4 {
            Self {
                factor: 1e3,
                unit: "kb/d",
            }
        } else {
            Self {
                factor: 1.0,
                unit: "b/d",
            }
        }
    }

    /// For shares: per cent.
    #[must_use]
    pub fn share() -> Self {
        Self {
            factor: 0.01,
            unit: "%",
        }
    }

    /// As it is.
    #[must_use]
    pub fn plain(unit: &'static str) -> Self {
        Self { factor: 1.0, unit }
    }

    /// A value in the shown unit.
    #[must_use]
    pub fn of(self, value: f64) -> f64 {
        value / self.factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(THIN_SPACE, "_")
    }

    #[test]
    fn a_mean_is_cut_to_the_second_digit_of_its_error() {
        for (value, error, expected) in [
            (37.1372, 0.3791, "37.14 ± 0.38"),
            (0.941_183, 0.000_62, "0.94118 ± 0.00062"),
            (0.5, 0.0996, "0.50 ± 0.10"),
            (0.5, 0.0994, "0.500 ± 0.099"),
            (12_345.6, 678.9, "12_350 ± 680"),
            (1_234_567.0, 99_600.0, "1_230_000 ± 100_000"),
            (-20.161, 0.214, "−20.16 ± 0.21"),
            (-0.001, 0.5, "0.00 ± 0.50"),
            (1.0, 1.0, "1.0 ± 1.0"),
            (3.0, 0.0, "3 ± 0"),
            (657.25, 0.0, "657.25 ± 0"),
            (0.0, 0.0, "0 ± 0"),
        ] {
            assert_eq!(
                plain(&with_error(value, Some(error))),
                expected,
                "{value} ± {error}"
            );
        }
        assert_eq!(with_error(37.1372, None), "37.14");
        assert_eq!(with_error(f64::NAN, None), NOTHING);
        assert_eq!(with_error(2.0, Some(f64::NAN)), "2.000");
    }

    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!(plain(&grouped(1_234_567.891, 1)), "1_234_567.9");
        assert_eq!(plain(&grouped(-999.95, 1)), "−1_000.0");
        assert_eq!(plain(&grouped(999.0, 0)), "999");
        assert_eq!(plain(&counted(10_000)), "10_000");
        assert_eq!(plain(&counted(0)), "0");
        assert_eq!(plain(&counted(u64::MAX)), "18_446_744_073_709_551_615");
    }

    #[test]
    fn what_is_whole_has_no_decimals() {
        assert_eq!(brief(365.0, 4), "365");
        assert_eq!(brief(0.5, 4), "0.5");
        assert_eq!(brief(100.0, 4), "100");
        assert_eq!(brief(1.0 / 3.0, 3), "0.333");
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(grouped(-0.0, 2), "0.00");
        assert_eq!(grouped(-0.004, 2), "0.00");
        assert_eq!(significant(-0.0, 3), "0");
    }

    #[test]
    fn quantiles_follow_the_spread() {
        assert_eq!(to_spread(123.456, Some(20.0)), "123.5");
        assert_eq!(plain(&to_spread(12_345.6, Some(5_000.0))), "12_346");
        assert_eq!(to_spread(0.5, None), "0.5000");
        assert_eq!(to_spread(0.5, Some(0.0)), "0.5000");
    }

    #[test]
    fn scales_fit_their_largest_value() {
        assert_eq!(Scale::volume(600e6).unit, "Mb");
        assert_eq!(Scale::volume(50e3).unit, "kb");
        assert_eq!(Scale::volume(7.0).unit, "bbl");
        assert!((Scale::rate(1.4e6).of(1.4e6) - 1_400.0).abs() < 1e-9);
        assert_eq!(per_cent(0.8125), "81.2 %");
    }

    #[test]
    fn instants_are_dates() {
        let start = Date::constant(2026, 1, 1);
        assert_eq!(date_time(start, 9 * 86_400 + 23_400), "2026-01-10 06:30");
        assert_eq!(date_time(start, 61), "2026-01-01 00:01:01");
        assert_eq!(date_time(start, i64::MAX), format!("{} s", i64::MAX));
    }
}
