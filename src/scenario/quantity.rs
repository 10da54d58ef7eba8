//! Strings with units.

use super::problem::{did_you_mean, listed, shown};

/// What a quantity measures. Its base unit is in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    /// Flow (b/d).
    Flow,
    /// Volume (b).
    Volume,
    /// Time (d).
    Time,
    /// Events (/d).
    Frequency,
    /// Money (USD).
    Money,
    /// Money per barrel (thousandths of a USD/bbl).
    Price,
    /// A difference of prices: as [`Self::Price`], and may be below 0.
    Difference,
}

/// A unit: a number in it times 10^`ten`, times `times`, divided by `by`, is in the base unit.
pub(super) struct Unit {
    pub(super) name: &'static str,
    ten: i32,
    times: f64,
    by: f64,
    /// Whether a grade's barrels per tonne multiply it.
    tonnes: bool,
}

const fn unit(name: &'static str, ten: i32, times: f64, by: f64, tonnes: bool) -> Unit {
    Unit {
        name,
        ten,
        times,
        by,
        tonnes,
    }
}

const FLOW: &[Unit] = &[
    unit("b/d", 0, 1.0, 1.0, false),
    unit("kb/d", 3, 1.0, 1.0, false),
    unit("Mb/d", 6, 1.0, 1.0, false),
    unit("t/d", 0, 1.0, 1.0, true),
    unit("kt/d", 3, 1.0, 1.0, true),
    unit("Mt/a", 6, 1.0, 365.25, true),
];
const VOLUME: &[Unit] = &[
    unit("b", 0, 1.0, 1.0, false),
    unit("kb", 3, 1.0, 1.0, false),
    unit("Mb", 6, 1.0, 1.0, false),
    unit("t", 0, 1.0, 1.0, true),
    unit("kt", 3, 1.0, 1.0, true),
    unit("Mt", 6, 1.0, 1.0, true),
];
const TIME: &[Unit] = &[
    unit("s", 0, 1.0, 86_400.0, false),
    unit("min", 0, 1.0, 1_440.0, false),
    unit("h", 0, 1.0, 24.0, false),
    unit("d", 0, 1.0, 1.0, false),
    unit("wk", 0, 7.0, 1.0, false),
    unit("mo", 0, 365.25, 12.0, false),
    unit("yr", 0, 365.25, 1.0, false),
];
const FREQUENCY: &[Unit] = &[
    unit("/d", 0, 1.0, 1.0, false),
    unit("/mo", 0, 12.0, 365.25, false),
    unit("/yr", 0, 1.0, 365.25, false),
];
const MONEY: &[Unit] = &[
    unit("USD", 0, 1.0, 1.0, false),
    unit("MUSD", 6, 1.0, 1.0, false),
    unit("bnUSD", 9, 1.0, 1.0, false),
];
const PRICE: &[Unit] = &[unit("USD/bbl", 3, 1.0, 1.0, false)];

const ALL: [Dimension; 6] = [
    Dimension::Flow,
    Dimension::Volume,
    Dimension::Time,
    Dimension::Frequency,
    Dimension::Money,
    Dimension::Price,
];

impl Dimension {
    pub(super) fn units(self) -> &'static [Unit] {
        match self {
            Self::Flow => FLOW,
            Self::Volume => VOLUME,
            Self::Time => TIME,
            Self::Frequency => FREQUENCY,
            Self::Money => MONEY,
            Self::Price | Self::Difference => PRICE,
        }
    }

    /// What it is, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flow => "a rate",
            Self::Volume => "a volume",
            Self::Time => "a length of time",
            Self::Frequency => "a number of events per time",
            Self::Money => "an amount of money",
            Self::Price => "money per barrel",
            Self::Difference => "a difference of prices",
        }
    }

    /// How one is written.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Flow => "860 kb/d",
            Self::Volume => "4 Mb",
            Self::Time => "36 h",
            Self::Frequency => "2 /yr",
            Self::Money => "300 MUSD",
            Self::Price => "4.5 USD/bbl",
            Self::Difference => "-2 USD/bbl",
        }
    }

    fn unit_names(self) -> impl Iterator<Item = &'static str> {
        self.units().iter().map(|unit| unit.name)
    }

    /// Whether it may be below 0.
    pub(super) fn is_signed(self) -> bool {
        self == Self::Difference
    }

    /// A regular expression that every quantity of this dimension matches.
    pub(super) fn pattern(self) -> String {
        let units: Vec<&str> = self.unit_names().collect();
        let sign = if self.is_signed() { "[+-]?" } else { r"\+?" };
        format!(
            r"^\s*{sign}[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?\s*({})\s*$",
            units.join("|")
        )
    }
}

/// A number with a unit, read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// In the base unit; if it is in tonnes, still to be multiplied by barrels per tonne.
    pub(super) value: f64,
    pub(super) tonnes: bool,
}

/// Why a string is no quantity.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) label: String,
    pub(super) help: Option<String>,
}

/// Reads `"1.2 Mb/d"`.
pub(super) fn parse(text: &str, dimension: Dimension) -> Result<Measured, Fault> {
    let trimmed = text.trim();
    let (number, unit_name) = split(trimmed);
    let example = format!(
        "write {} like \"{}\"",
        dimension.name(),
        dimension.example()
    );
    let Some(number) = number else {
        return Err(Fault {
            message: format!("`{}` is not {}", shown(trimmed), dimension.name()),
            label: "no number here".to_owned(),
            help: Some(example),
        });
    };
    if unit_name.is_empty() {
        return Err(Fault {
            message: format!("`{}` has no unit", shown(trimmed)),
            label: "a unit is due here".to_owned(),
            help: Some(format!(
                "units of {}: {}",
                plain(dimension),
                listed(dimension.unit_names())
            )),
        });
    }
    let Some(unit) = dimension.units().iter().find(|unit| unit.name == unit_name) else {
        return Err(wrong_unit(unit_name, dimension));
    };
    let value = number.scaled(unit.ten) * unit.times / unit.by;
    if !value.is_finite() {
        return Err(Fault {
            message: format!("`{}` is too large a number", shown(trimmed)),
            label: "beyond what can be counted".to_owned(),
            help: Some(example),
        });
    }
    Ok(Measured {
        value,
        tonnes: unit.tonnes,
    })
}

/// Without its article.
fn plain(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Flow => "rates",
        Dimension::Volume => "volumes",
        Dimension::Time => "time",
        Dimension::Frequency => "events per time",
        Dimension::Money => "money",
        Dimension::Price | Dimension::Difference => "money per barrel",
    }
}

fn wrong_unit(written: &str, dimension: Dimension) -> Fault {
    let other = ALL
        .into_iter()
        .find(|other| other.unit_names().any(|name| name == written));
    let known = format!(
        "units of {}: {}",
        plain(dimension),
        listed(dimension.unit_names())
    );
    match other {
        Some(other) => Fault {
            message: format!(
                "`{written}` measures {}, not {}",
                other.name(),
                dimension.name()
            ),
            label: format!("{} is due here", dimension.name()),
            help: Some(known),
        },
        None => Fault {
            message: format!("unknown unit `{}`", shown(written)),
            label: format!("not a unit of {}", plain(dimension)),
            help: Some(match did_you_mean(written, dimension.unit_names()) {
                Some(advice) => format!("{advice} {known}"),
                None => known,
            }),
        },
    }
}

/// A decimal number, digits and exponent apart, so that a power of ten is exact.
struct Decimal {
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// The double nearest to this number times a power of ten.
    fn scaled(&self, ten: i32) -> f64 {
        let exponent = self.exponent.saturating_add(i64::from(ten));
        format!("{}e{exponent}", self.digits)
            .parse()
            .unwrap_or(f64::NAN)
    }
}

/// Splits into a number and what follows it; underscores may stand between digits.
fn split(text: &str) -> (Option<Decimal>, &str) {
    let bytes = text.as_bytes();
    let mut digits = String::new();
    let mut at = 0;
    if let Some(sign @ (b'+' | b'-')) = bytes.first() {
        digits.push(char::from(*sign));
        at = 1;
    }
    let mut any = false;
    let mut point = false;
    while let Some(&byte) = bytes.get(at) {
        let next_is_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => {
                digits.push(char::from(byte));
                any = true;
            }
            b'_' if any && next_is_digit => {}
            b'.' if any && !point && next_is_digit => {
                digits.push('.');
                point = true;
            }
            _ => break,
        }
        at += 1;
    }
    if !any {
        return (None, text);
    }
    let mut exponent = 0;
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let start = at + 1 + sign;
        let length = bytes[start.min(bytes.len())..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if length > 0 {
            // An exponent that does not fit is either way beyond what a double holds.
            let size: i64 = text[start..start + length].parse().unwrap_or(i64::MAX / 2);
            exponent = if bytes[at + 1] == b'-' { -size } else { size };
            at = start + length;
        }
    }
    (Some(Decimal { digits, exponent }), text[at..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, dimension: Dimension) -> f64 {
        parse(text, dimension).expect("valid").value
    }

    #[test]
    fn units_scale_exactly() {
        assert_eq!(value("1.2 Mb/d", Dimension::Flow), 1_200_000.0);
        assert_eq!(value("1.0015kb/d", Dimension::Flow), 1001.5);
        assert_eq!(value("1_250.5 b", Dimension::Volume), 1250.5);
        assert_eq!(value("36 h", Dimension::Time), 1.5);
        assert_eq!(value("1 mo", Dimension::Time), 365.25 / 12.0);
        assert_eq!(value("3.9 USD/bbl", Dimension::Price), 3900.0);
        assert_eq!(value("2 bnUSD", Dimension::Money), 2e9);
        assert_eq!(value("2 /yr", Dimension::Frequency), 2.0 / 365.25);
        assert_eq!(value("1e3 b/d", Dimension::Flow), 1000.0);
    }

    /// Known answer: 10 Mt a year at 7.3 barrels a tonne are 199.8631075 kb/d.
    #[test]
    fn tonnes_wait_for_a_grade() {
        let read = parse("10 Mt/a", Dimension::Flow).expect("valid");
        assert!(read.tonnes);
        assert!((read.value * 7.3 - 199_863.107_5).abs() < 1e-3);
    }

    #[test]
    fn what_is_no_quantity_says_why() {
        for (text, message) in [
            ("", "`` is not a rate"),
            ("fast", "`fast` is not a rate"),
            ("860", "`860` has no unit"),
            ("860 kbd", "unknown unit `kbd`"),
            ("4 Mb", "`Mb` measures a volume, not a rate"),
            ("1e400 b/d", "`1e400 b/d` is too large a number"),
            (
                "1e99999999999999999999 b/d",
                "`1e99999999999999999999 b/d` is too large a number",
            ),
            ("NaN b/d", "`NaN b/d` is not a rate"),
            ("inf", "`inf` is not a rate"),
        ] {
            assert_eq!(
                parse(text, Dimension::Flow).expect_err("invalid").message,
                message
            );
        }
    }
}
