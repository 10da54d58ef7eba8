//! Marks along a calendar.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::canvas::{Anchor, Scene};
use super::theme::{self, Panel};

/// Marks along a calendar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marks {
    /// In order.
    pub(super) marks: Vec<Mark>,
    /// Whether a mark's text names all the time until the next, and not its beginning only.
    pub(super) named: bool,
}

/// A mark: days since the start, and what is written there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Days since the start.
    pub(super) day: f64,
    /// The month, day or year that begins there.
    pub(super) text: String,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The marks of `days` days from `start` (`2026-01-01`), and the days between two of them: months
/// for a year, years for several, single days for a few weeks. If `start` is not a date, numbered
/// days.
pub(super) fn marks(start: &str, days: f64) -> Marks {
    let days = if days.is_finite() {
        days.clamp(0.0, 400_000.0)
    } else {
        0.0
    };
    dated(start, days).unwrap_or_else(|| numbered(days))
}

fn dated(start: &str, days: f64) -> Option<Marks> {
    let start: Date = start.get(..10)?.parse().ok()?;
    let (step, first): (Span, Date) = if days <= 12.0 {
        (1.day(), start)
    } else if days <= 75.0 {
        (7.days(), start)
    } else if days <= 430.0 {
        (1.month(), start.first_of_month())
    } else if days <= 1_200.0 {
        (3.months(), start.first_of_year())
    } else {
        let years = (days / 4_383.0).ceil() as i32;
        (years.years(), start.first_of_year())
    };
    let mut marks = Vec::new();
    let mut date = first;
    for _ in 0..200 {
        let day = f64::from(start.until(date).ok()?.get_days());
        if day > days {
            break;
        }
        if day >= 0.0 {
            let month = MONTHS[usize::try_from(date.month() - 1).ok()?];
            let text = if days <= 75.0 {
                format!("{}\u{a0}{month}", date.day())
            } else if days <= 1_200.0 && (date.month() > 1 || marks.is_empty() && days <= 430.0) {
                month.to_owned()
            } else if days <= 430.0 {
                format!("{month}\u{a0}{}", date.year())
            } else {
                date.year().to_string()
            };
            marks.push(Mark { day, text });
        }
        date = date.checked_add(step).ok()?;
    }
    let named = (75.0..=430.0).contains(&days) || (1_200.0..=4_383.0).contains(&days);
    Some(Marks { marks, named })
}

fn numbered(days: f64) -> Marks {
    let step = super::axis::round_step((days / 8.0).max(1.0));
    let marks = (0..=(days / step) as i32)
        .map(|mark| f64::from(mark) * step)
        .map(|day| Mark {
            day,
            text: super::numbers::fixed(day, 0),
        })
        .collect();
    Marks {
        marks,
        named: false,
    }
}

/// The month in which a day since `start` lies: its place in time, for telling months apart, and
/// its name.
pub(super) fn month_of(start: &str, day: f64) -> Option<(i32, &'static str)> {
    let start: Date = start.get(..10)?.parse().ok()?;
    let date = start
        .checked_add((day.clamp(0.0, 400_000.0) as i64).days())
        .ok()?;
    let month = i32::from(date.month()) - 1;
    let name = LONG_MONTHS[usize::try_from(month).ok()?];
    Some((i32::from(date.year()) * 12 + month, name))
}

/// The name of a month (`2026-01`), long and short; nothing if it is none.
pub(super) fn month_told(month: &str) -> (&'static str, &'static str) {
    let number = month
        .get(5..7)
        .and_then(|month| month.parse::<usize>().ok());
    let place = number.and_then(|number| number.checked_sub(1));
    place
        .and_then(|place| Some((*LONG_MONTHS.get(place)?, *MONTHS.get(place)?)))
        .unwrap_or(("", ""))
}

/// The day that lies so many days after `start`, as `14 March 2027`; if `start` is not a date, its number.
pub(super) fn day_of(start: &str, day: f64) -> String {
    let dated = || {
        let start: Date = start.get(..10)?.parse().ok()?;
        let days = day.clamp(0.0, 400_000.0) as i64;
        let date = start.checked_add(days.days()).ok()?;
        let month = LONG_MONTHS.get(usize::try_from(date.month() - 1).ok()?)?;
        Some(format!("{} {month} {}", date.day(), date.year()))
    };
    dated().unwrap_or_else(|| format!("day {}", super::numbers::fixed(day, 0)))
}

/// Draws the marks of `days` days from `start` below a panel; `time` says where a day is.
pub(super) fn draw(
    scene: &mut Scene,
    panel: &Panel,
    time: &dyn Fn(f64) -> f64,
    start: &str,
    days: f64,
) {
    let Marks { marks, named } = marks(start, days);
    for (place, mark) in marks.iter().enumerate() {
        let x = time(mark.day);
        theme::notch(scene, x, panel.bottom);
        let end = time(marks.get(place + 1).map_or(days, |next| next.day));
        let width = theme::TICK.width(&mark.text);
        let (middle, room) = if named {
            (f64::midpoint(x, end), end - x)
        } else {
            (x, width + 2.0)
        };
        if room >= width + 2.0 {
            let base = (middle, panel.bottom + 17.0);
            scene.text(&mark.text, base, theme::TICK.at(Anchor::Middle));
        }
    }
    theme::notch(scene, time(days), panel.bottom);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_marked_by_month_and_a_week_by_day() {
        let year = marks("2026-01-01", 365.0).marks;
        assert_eq!(year.first().map(|mark| mark.text.as_str()), Some("Jan"));
        assert_eq!(
            year[1],
            Mark {
                day: 31.0,
                text: "Feb".to_owned()
            }
        );
        assert_eq!(marks("2026-02-27", 5.0).marks[2].text, "1\u{a0}Mar");
        assert_eq!(marks("2025-06-15", 2000.0).marks[0].text, "2026");
        assert_eq!(
            month_of("2026-01-01", 31.5),
            Some((2026 * 12 + 1, "February"))
        );
    }

    #[test]
    fn a_start_that_is_no_date_leaves_numbered_days() {
        assert_eq!(marks("soon", 10.0).marks[2].text, "4");
        assert!(!marks("", f64::NAN).marks.is_empty());
        assert_eq!(month_of("é2026-01-01", 3.0), None);
    }
}
