//! Numbers as people read them.

/// A space that does not break: between thousands.
const THIN: char = '\u{a0}';

/// `value` itself, nothing if it is not a number, and no more than figures can hold.
pub(super) fn sane(value: f64) -> f64 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(-1e15, 1e15)
    }
}

/// Quantities that are all told in the same multiple of their unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    /// What a value is divided by.
    pub(super) divisor: f64,
    /// The unit, in words.
    pub(super) words: &'static str,
}

impl Unit {
    /// For volumes up to `greatest` barrels.
    pub(super) fn barrels(greatest: f64) -> Self {
        match greatest.abs() {
            large if large >= 2e9 => Self {
                divisor: 1e9,
                words: "billion barrels",
            },
            large if large >= 1e6 => Self {
                divisor: 1e6,
                words: "million barrels",
            },
            large if large >= 1e4 => Self {
                divisor: 1e3,
                words: "thousand barrels",
            },
            _ => Self {
                divisor: 1.0,
                words: "barrels",
            },
        }
    }

    /// For money up to `greatest` dollars.
    pub(super) fn dollars(greatest: f64) -> Self {
        match greatest.abs() {
            large if large >= 2e9 => Self {
                divisor: 1e9,
                words: "billion USD",
            },
            large if large >= 1e6 => Self {
                divisor: 1e6,
                words: "million USD",
            },
            large if large >= 1e4 => Self {
                divisor: 1e3,
                words: "thousand USD",
            },
            _ => Self {
                divisor: 1.0,
                words: "USD",
            },
        }
    }

    /// For rates up to `greatest` barrels a day.
    pub(super) fn rate(greatest: f64) -> Self {
        match greatest.abs() {
            large if large >= 1e6 => Self {
                divisor: 1e6,
                words: "million b/d",
            },
            large if large >= 1e4 => Self {
                divisor: 1e3,
                words: "thousand b/d",
            },
            _ => Self {
                divisor: 1.0,
                words: "b/d",
            },
        }
    }

    /// `value` in this unit.
    pub(super) fn of(self, value: f64) -> f64 {
        sane(value) / self.divisor
    }

    /// The unit as a heading.
    pub(super) fn heading(self) -> String {
        if self.words == "b/d" {
            self.words.to_owned()
        } else {
            capitalised(self.words)
        }
    }

    /// `value` and this unit, which a line break does not part.
    pub(super) fn told(self, value: f64) -> String {
        format!(
            "{}{THIN}{}",
            self.short(value),
            self.words.replace(' ', "\u{a0}")
        )
    }

    /// `value` in this unit with three significant digits, without the unit.
    pub(super) fn short(self, value: f64) -> String {
        significant(self.of(value), 3)
    }
}

/// `value` with `decimals` decimals, thousands apart, and a true minus sign.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", sane(value).abs());
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |parts| parts);
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        out.push('−');
    }
    for (place, digit) in whole.char_indices() {
        // Four digits stay together, as in a year.
        if place > 0 && whole.len() > 4 && (whole.len() - place).is_multiple_of(3) {
            out.push(THIN);
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// `value` with `digits` significant digits, but never with fewer than its whole ones.
pub(super) fn significant(value: f64, digits: i32) -> String {
    fixed(value, decimals_for(value, digits))
}

fn decimals_for(value: f64, digits: i32) -> usize {
    let size = sane(value).abs();
    if size < 1e-9 {
        return 0;
    }
    // Rounding may carry into one more digit: 9.996 is 10.0 with three digits.
    let leading = size.log10().floor() as i32;
    let rounded = format!("{:.*}", (digits - 1 - leading).clamp(0, 9) as usize, size);
    let carried = rounded
        .parse::<f64>()
        .unwrap_or(size)
        .max(1e-9)
        .log10()
        .floor() as i32;
    (digits - 1 - carried).clamp(0, 9) as usize
}

/// `value` cut to the second digit of its standard error, and that error, as `12.41 ± 0.13`.
pub(super) fn with_error(value: f64, error: Option<f64>) -> String {
    match error.map(sane) {
        Some(error) if error > 0.0 => {
            let decimals = decimals_for(error, 2);
            format!("{} ± {}", fixed(value, decimals), fixed(error, decimals))
        }
        _ => significant(value, 3),
    }
}

/// Decimals with which an error has two digits.
pub(super) fn decimals_of_error(error: f64) -> usize {
    decimals_for(error, 2)
}

/// A share as a percentage with two significant digits, and with more near 1.
pub(super) fn percent(share: f64) -> String {
    let share = sane(share) * 100.0;
    let odd = share.abs().min((100.0 - share).abs());
    let decimals = match odd {
        none if none < 1e-9 => 0,
        small if small < 0.1 => 2,
        small if small < 10.0 => 1,
        _ => 0,
    };
    format!("{}{THIN}%", fixed(share, decimals))
}

/// A count with its noun.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!(
        "{}{THIN}{}",
        fixed(count as f64, 0),
        if count == 1 { one } else { many }
    )
}

/// A number without zeros that only say how exact it is.
pub(super) fn trimmed(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

/// A small count in words.
pub(super) fn in_words(count: u64) -> String {
    let words = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    words
        .get(usize::try_from(count).unwrap_or(usize::MAX))
        .map_or_else(|| fixed(count as f64, 0), ToString::to_string)
}

/// `text` with its first letter large.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// An id as a name: `drone_attack` becomes `Drone attack`.
pub(super) fn name_of_id(id: &str) -> String {
    if id == "after-effects" {
        return "After-effects".to_owned();
    }
    capitalised(&id.replace(['_', '-'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(fixed(1_234_567.0, 0), "1\u{a0}234\u{a0}567");
        assert_eq!(fixed(-1234.56, 1), "−1234.6");
        assert_eq!(fixed(-0.004, 1), "0.0");
        assert_eq!(fixed(f64::NAN, 1), "0.0");
        assert_eq!(significant(148.23, 3), "148");
        assert_eq!(significant(9.996, 3), "10.0");
        assert_eq!(significant(0.012_34, 2), "0.012");
        assert_eq!(significant(0.0, 3), "0");
        assert_eq!(with_error(22.7612, Some(0.2345)), "22.76 ± 0.23");
        assert_eq!(with_error(22.7612, None), "22.8");
        assert_eq!(percent(0.053), "5.3\u{a0}%");
        assert_eq!(percent(0.9412), "94.1\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(name_of_id("drone_attack"), "Drone attack");
    }
}
