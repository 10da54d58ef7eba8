//! Dates and instants.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use toml::value::{Datetime, Offset};

use crate::units::Seconds;

use super::tree::{Node, Value};

/// Why a value is no instant.
pub(super) type Fault = String;

/// Reads a TOML date or date-time, or a string that holds one. Without an offset it is UTC.
pub(super) fn instant(node: &Node) -> Result<DateTime, Fault> {
    match &node.value {
        Value::Date(date) => from_toml(*date, 0),
        Value::Text(text) => from_text(text),
        _ => Err(format!("{} is no date", node.what())),
    }
}

/// Reads `2026-07-01`, `2026-07-01T06:00`, `2026-07-01 06:00:00Z` or `2026-07-01T09:00:00+03:00`.
pub(super) fn from_text(text: &str) -> Result<DateTime, Fault> {
    from_toml(parsed(text)?, 0)
}

/// The same of a recorded time, which says its offset unless `zone` does. A date alone is its
/// midnight there, or in UTC.
pub(super) fn recorded(text: &str, zone: Option<i64>) -> Result<DateTime, Fault> {
    let read = parsed(text)?;
    if read.time.is_some() && read.offset.is_none() && zone.is_none() {
        return Err(format!(
            "`{}` does not say in which time zone",
            super::problem::shown(text.trim())
        ));
    }
    from_toml(read, zone.unwrap_or(0))
}

/// Reads an offset from UTC, `+05:00`, `-03:30` or `Z`, in minutes.
pub(super) fn offset(text: &str) -> Option<i64> {
    if ["Z", "UTC"].contains(&text) {
        return Some(0);
    }
    let (ahead, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str, most: i64| {
        let is_plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_plain)?;
        (0..=most).contains(&number).then_some(number)
    };
    Some(ahead * (60 * number(hours, 14)? + number(minutes, 59)?))
}

fn parsed(text: &str) -> Result<Datetime, Fault> {
    let trimmed = text.trim();
    trimmed
        .parse()
        .map_err(|_| format!("`{}` is no date", super::problem::shown(trimmed)))
}

/// In UTC; `ahead` minutes from it if the text names no offset.
fn from_toml(read: Datetime, ahead: i64) -> Result<DateTime, Fault> {
    let date = read.date.ok_or("a time of day alone is no date")?;
    let year = i16::try_from(date.year).map_err(|_| "there is no such year".to_owned())?;
    let day = Date::new(year, whole(date.month), whole(date.day))
        .map_err(|_| "there is no such day".to_owned())?;
    let time = match read.time {
        None => Time::midnight(),
        Some(time) => {
            if time.nanosecond.is_some_and(|part| part != 0) {
                return Err("instants are whole seconds".to_owned());
            }
            Time::new(
                whole(time.hour),
                whole(time.minute),
                whole(time.second.unwrap_or(0)),
                0,
            )
            .map_err(|_| "there is no such time of day".to_owned())?
        }
    };
    let local = day.to_datetime(time);
    let ahead = match read.offset {
        None => ahead,
        Some(Offset::Z) => 0,
        Some(Offset::Custom { minutes }) => i64::from(minutes),
    };
    local
        .checked_sub(SignedDuration::from_mins(ahead))
        .map_err(|_| "there is no such year".to_owned())
}

/// Days, hours and the like fit; what does not becomes a number that no calendar has.
fn whole(number: u8) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

/// Seconds from the midnight that begins `start`.
pub(super) fn since(start: Date, instant: DateTime) -> Seconds {
    Seconds(
        instant
            .duration_since(start.to_datetime(Time::midnight()))
            .as_secs(),
    )
}

/// The first instants of months within a horizon, each with its month from 0; the first one is
/// the start itself.
pub(super) fn months(start: Date, horizon: Seconds) -> Vec<(Seconds, usize)> {
    let mut found = vec![(Seconds::ZERO, usize::from(start.month().unsigned_abs()) - 1)];
    let mut first = start.first_of_month();
    loop {
        let Ok(next) = first.checked_add(jiff::Span::new().months(1)) else {
            break;
        };
        let at = since(start, next.to_datetime(Time::midnight()));
        if at >= horizon {
            break;
        }
        found.push((at, usize::from(next.month().unsigned_abs()) - 1));
        first = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_utc_unless_they_say_otherwise() {
        let start = Date::constant(2026, 1, 1);
        for (text, seconds) in [
            ("2026-01-01", 0),
            ("2026-01-02T06:00", 86_400 + 6 * 3_600),
            ("2026-01-01 06:00:00Z", 6 * 3_600),
            ("2026-01-01T06:00:00+05:00", 3_600),
            ("2025-12-31T23:00:00", -3_600),
        ] {
            assert_eq!(
                since(start, from_text(text).expect(text)),
                Seconds(seconds),
                "{text}"
            );
        }
    }

    #[test]
    fn recorded_times_say_where_they_were_read() {
        let at = |text, zone| recorded(text, zone).map(|at| since(Date::constant(2026, 1, 1), at));
        assert_eq!(at("2026-01-01", None), Ok(Seconds(0)));
        assert_eq!(at("2026-01-01", Some(300)), Ok(Seconds(-5 * 3_600)));
        assert_eq!(at("2026-01-01T05:00", Some(300)), Ok(Seconds(0)));
        assert_eq!(at("2026-01-01T05:00Z", Some(300)), Ok(Seconds(5 * 3_600)));
        assert!(at("2026-01-01T05:00", None).is_err());
        for (text, minutes) in [("+05:00", 300), ("-03:30", -210), ("Z", 0), ("UTC", 0)] {
            assert_eq!(offset(text), Some(minutes), "{text}");
        }
        for text in [
            "",
            "+5",
            "05:00",
            "+05:60",
            "+15:00",
            "Asia/Aqtau",
            "+-1:00",
        ] {
            assert_eq!(offset(text), None, "{text}");
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-29",
            "06:00:00",
            "2026",
            "soon",
            "2026-01-01T06:00:00.5",
            "",
        ] {
            assert!(from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn months_begin_with_the_start() {
        let months = months(Date::constant(2026, 1, 15), Seconds(60 * 86_400));
        assert_eq!(
            months,
            [
                (Seconds(0), 0),
                (Seconds(17 * 86_400), 1),
                (Seconds(45 * 86_400), 2)
            ]
        );
    }
}
