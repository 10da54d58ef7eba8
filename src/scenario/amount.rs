//! Single figures, as they are written on a command line.

use super::quantity::{self, Dimension};

/// What a figure measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Money, USD.
    Money,
    /// Money per barrel, USD/bbl.
    Price,
    /// Time, days.
    Time,
    /// Volume, bbl.
    Volume,
}

/// Reads `120 MUSD`, `40 USD/bbl` or `2 yr`; the value is in the unit of [`Amount`].
///
/// # Errors
/// A sentence that says what is wrong with it, with advice.
///
/// # Examples
/// ```
/// # use keruen::scenario::{Amount, amount};
/// assert_eq!(amount("2 bnUSD", Amount::Money), Ok(2e9));
/// assert!(amount("2 kb/d", Amount::Money).is_err());
/// ```
pub fn amount(text: &str, what: Amount) -> Result<f64, String> {
    let dimension = match what {
        Amount::Money => Dimension::Money,
        Amount::Price => Dimension::Price,
        Amount::Time => Dimension::Time,
        Amount::Volume => Dimension::Volume,
    };
    let found = quantity::parse(text, dimension).map_err(|fault| match fault.help {
        Some(help) => format!("{}; {help}", fault.message),
        None => fault.message,
    })?;
    if found.tonnes {
        return Err("tonnes need a grade: write barrels".to_owned());
    }
    if found.value < 0.0 {
        return Err("a negative value has no meaning here".to_owned());
    }
    Ok(match what {
        Amount::Price => found.value / 1_000.0,
        Amount::Money | Amount::Time | Amount::Volume => found.value,
    })
}
