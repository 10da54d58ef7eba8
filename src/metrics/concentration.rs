//! How far a flow hangs on few routes or jurisdictions.

/// The shares behind `amounts`; `None` if there is nothing to share or an amount is negative.
fn shares(amounts: &[f64]) -> Option<impl Iterator<Item = f64> + '_> {
    let total: f64 = amounts.iter().sum();
    let is_valid = total > 0.0 && total.is_finite() && amounts.iter().all(|&amount| amount >= 0.0);
    is_valid.then(|| amounts.iter().map(move |amount| amount / total))
}

/// Herfindahl–Hirschman index, from 1/k for k equal parts to 1: the sum of squared shares.
///
/// `amounts` are shares or volumes of parts that do not overlap; they need not add up to 1.
/// `None` if they add up to 0 or one of them is negative.
///
/// # Examples
/// ```
/// # use keruen::metrics::herfindahl;
/// assert_eq!(herfindahl(&[30.0, 10.0]), Some(0.625));
/// ```
#[must_use]
pub fn herfindahl(amounts: &[f64]) -> Option<f64> {
    Some(shares(amounts)?.map(|share| share * share).sum())
}

/// Shannon entropy in nats, −Σ s ln s, from 0 to ln k. Amounts as for [`herfindahl`].
#[must_use]
pub fn shannon(amounts: &[f64]) -> Option<f64> {
    let spread = |share: f64| {
        if share > 0.0 {
            share * libm::log(1.0 / share)
        } else {
            0.0
        }
    };
    Some(shares(amounts)?.map(spread).sum())
}

/// The number of equal parts with the same entropy, from 1 to k. Amounts as for [`herfindahl`].
#[must_use]
pub fn effective_number(amounts: &[f64]) -> Option<f64> {
    shannon(amounts).map(libm::exp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    /// Case KA15: flows in kb/d by route, and by first foreign jurisdiction.
    #[test]
    fn strategy_and_metrics_concentration() {
        let by_route = [1_250.0, 90.0, 80.0, 40.0, 35.0, 25.0];
        close(herfindahl(&by_route).unwrap(), 0.684_059_037_396_1);
        close(shannon(&by_route).unwrap(), 0.733_286_143_503_2);
        close(effective_number(&by_route).unwrap(), 2.081_910_836_742);
        let by_jurisdiction = [1_460.0, 35.0, 25.0];
        close(herfindahl(&by_jurisdiction).unwrap(), 0.923_411_530_470_9);
        close(shannon(&by_jurisdiction).unwrap(), 0.193_078_126_182_9);
        close(
            effective_number(&by_jurisdiction).unwrap(),
            1.212_977_555_124,
        );
    }

    #[test]
    fn nothing_has_no_concentration_and_empty_parts_do_not_count() {
        assert_eq!(herfindahl(&[]), None);
        assert_eq!(shannon(&[0.0, 0.0]), None);
        assert_eq!(effective_number(&[2.0, -1.0]), None);
        assert_eq!(herfindahl(&[f64::NAN]), None);
        assert_eq!(shannon(&[5.0, 0.0]), Some(0.0));
    }
}
