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
        Value::Date(date) => from_toml(*date),
        Value::Text(text) => from_text(text),
        _ => Err(format!("{} is no date", node.what())),
    }
}

/// Reads `2026-07-01`, `2026-07-01T06:00`, `2026-07-01 06:00:00Z` or `2026-07-01T09:00:00+03:00`.
pub(super) fn from_text(text: &str) -> Result<DateTime, Fault> {
    let trimmed = text.trim();
    let read: Datetime = trimmed
        .parse()
        .map_err(|_| format!("`{}` is no date", super::problem::shown(trimmed)))?;
    from_toml(read)
}

fn from_toml(read: Datetime) -> Result<DateTime, Fault> {
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
        None | Some(Offset::Z) => 0,
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
