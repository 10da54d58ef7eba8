//! What doubt about figures adds to numbers, in words.

use crate::results::{Epistemic, Metric, Summary};

use super::number::{NOTHING, Scale, counted, significant, to_spread};

/// Title of the columns that hold bands.
pub(super) const BAND: &str = "90 % band\nfrom doubt";

/// What stands where noise hides a band.
const HIDDEN: &str = "not seen";

/// Which cells of full rows a table shows: each list has the places of the cells it keeps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells {
    pub(super) plain: &'static [usize],
    pub(super) doubt: &'static [usize],
}

impl Cells {
    /// The cells shown, out of all of a row.
    pub(super) fn of<T: Clone>(self, row: &[T], has_doubt: bool) -> Vec<T> {
        let kept = if has_doubt { self.doubt } else { self.plain };
        kept.iter().filter_map(|&at| row.get(at).cloned()).collect()
    }
}

/// The band of a mean.
pub(super) fn band(metric: Option<&Metric>, scale: Scale) -> String {
    told(metric.and_then(|metric| metric.epistemic), scale, 1.0)
}

/// The band of a mean whose sign is turned.
pub(super) fn band_of_opposite(metric: Option<&Metric>, scale: Scale) -> String {
    told(metric.and_then(|metric| metric.epistemic), scale, -1.0)
}

fn told(epistemic: Option<Epistemic>, scale: Scale, sign: f64) -> String {
    let Some(known) = epistemic else {
        return NOTHING.into();
    };
    if known.variance_raw == 0.0 {
        return NOTHING.into();
    }
    if known.std_dev == 0.0 {
        return HIDDEN.into();
    }
    // Adding zero makes a negative nothing nothing.
    let ends = [known.low, known.high].map(|end| sign * scale.of(end) + 0.0);
    let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
    // Two digits of the standard deviation; ends may be equal where most draws give nothing.
    let spread = Some(10.0 * scale.of(known.std_dev));
    let [low, high] = [low, high].map(|end| to_spread(end, spread));
    if low.starts_with('−') || high.starts_with('−') {
        format!("{low} to {high}")
    } else {
        format!("{low}–{high}")
    }
}

/// How often figures were drawn, for the first line; empty if they were not.
pub(super) fn draws(summary: &Summary) -> String {
    let Some(drawn) = &summary.uncertainty else {
        return String::new();
    };
    let figures = match drawn.parameters.len() {
        1 => "1 figure".to_owned(),
        several => format!("{} figures", counted(several as u64)),
    };
    format!(
        " in {} draws of {figures} in doubt, {} each",
        counted(drawn.draws),
        counted(drawn.replications_per_draw)
    )
}

/// The numbers of the replications that were done.
pub(super) fn numbers(summary: &Summary) -> String {
    let range = |first: u64, count: u64| {
        let last = first.saturating_add(count.saturating_sub(1));
        format!("{}–{}", counted(first), counted(last))
    };
    match &summary.uncertainty {
        None => format!(
            "replications {}",
            range(summary.first_replication, summary.replications)
        ),
        Some(drawn) => format!(
            "replications {} of draws {}",
            range(0, drawn.replications_per_draw),
            range(1, drawn.draws)
        ),
    }
}

/// What must be known to read errors and bands; `None` if there is no doubt.
pub(super) fn note(summary: &Summary) -> Option<String> {
    let Some(drawn) = &summary.uncertainty else {
        return match summary.figures_in_doubt {
            0 => None,
            1 => Some(
                "The errors leave out that 1 figure is in doubt: --uncertain 200 draws it."
                    .to_owned(),
            ),
            several => Some(format!(
                "The errors leave out that {} figures are in doubt: --uncertain 200 draws them.",
                counted(several)
            )),
        };
    };
    if drawn.replications_per_draw < 2 {
        return Some(
            "With one replication for each draw, what chance does and what is not known cannot be \
             told apart."
                .to_owned(),
        );
    }
    let mut text =
        "The 90 % band from doubt holds the mean for nine tenths of what the figures in \
                    doubt may be. More replications make ± smaller, not the band."
            .to_owned();
    let undelivered = summary
        .strategies
        .first()
        .and_then(|strategy| strategy.metrics.get("undelivered")?.epistemic);
    if let Some(share) = undelivered.and_then(|known| known.share) {
        let share = significant(share * 100.0, 2);
        text = format!("{text} Doubt makes {share} % of the variance of undelivered volume.");
    }
    let metrics = summary
        .strategies
        .iter()
        .flat_map(|one| one.metrics.values());
    let is_hidden = |known: &Epistemic| known.variance_raw < 0.0;
    if metrics
        .filter_map(|metric| metric.epistemic.as_ref())
        .any(is_hidden)
    {
        text.push_str(" Not seen: chance hides the band.");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{UncertainFigure, Uncertainty};

    #[test]
    fn bands_are_told_with_the_digits_that_matter() {
        let known = |variance_raw: f64, low, high| Epistemic {
            std_dev: 4e6 * variance_raw.max(0.0),
            variance_raw,
            share: Some(0.5),
            low,
            high,
        };
        let volume = Scale::volume(1e9);
        let told = |known, sign| super::told(Some(known), volume, sign);
        assert_eq!(told(known(1.0, 30.12e6, 42.66e6), 1.0), "30.1–42.7");
        assert_eq!(told(known(1.0, 30.12e6, 42.66e6), -1.0), "−42.7 to −30.1");
        assert_eq!(told(known(-1.0, 5.0, 5.0), 1.0), "not seen");
        assert_eq!(told(known(0.0, 5.0, 5.0), 1.0), "–");
        assert_eq!(super::told(None, volume, 1.0), "–");
    }

    /// A run whose figures were drawn.
    fn drawn() -> Summary {
        let mut summary = super::super::example::summary();
        summary.uncertainty = Some(Uncertainty {
            draws: 500,
            replications_per_draw: 20,
            parameters: vec![UncertainFigure {
                path: "hazard.storm.occurs.poisson.rate".to_owned(),
                form: "range".to_owned(),
                value: "7 /yr".to_owned(),
                low: "4 /yr".to_owned(),
                high: "11 /yr".to_owned(),
                source: Vec::new(),
            }],
        });
        let strategy = &mut summary.strategies[0];
        let elements = [
            &mut strategy.routes,
            &mut strategy.hazards,
            &mut strategy.classes,
        ];
        let inner = elements
            .into_iter()
            .flat_map(|elements| elements.values_mut());
        let all = inner.chain([&mut strategy.metrics]);
        for metric in all.flat_map(|metrics| metrics.values_mut()) {
            let mean = metric.mean.unwrap_or(0.0);
            metric.epistemic = Some(Epistemic {
                std_dev: 0.2 * mean.abs(),
                variance_raw: 0.04 * mean * mean,
                share: Some(0.35),
                low: 0.7 * mean,
                high: 1.4 * mean,
            });
        }
        let events = strategy.metrics.get_mut("shortfall_events");
        if let Some(known) = events.and_then(|events| events.epistemic.as_mut()) {
            (known.std_dev, known.variance_raw) = (0.0, -0.1);
        }
        summary
    }

    #[test]
    fn both_kinds_of_error_stand_side_by_side() {
        let mut out = Vec::new();
        super::super::run_text(&drawn(), 100, &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_run_without_draws_says_what_its_errors_leave_out() {
        let mut summary = super::super::example::summary();
        assert_eq!(note(&summary), None);
        summary.figures_in_doubt = 158;
        let said = note(&summary).expect("a note");
        assert_eq!(
            said,
            "The errors leave out that 158 figures are in doubt: --uncertain 200 draws them."
        );
    }

    #[test]
    fn columns_of_doubt_are_there_if_figures_were_drawn() {
        let header = |summary: &Summary| {
            let mut out = Vec::new();
            super::super::summary_csv(summary, &mut out).expect("memory takes all");
            let text = String::from_utf8(out).expect("text");
            text.lines().next().map(str::to_owned).unwrap_or_default()
        };
        assert!(header(&drawn()).ends_with("censored,epistemic_std_dev,epistemic_variance_raw,epistemic_share,epistemic_low,epistemic_high"));
        assert!(header(&super::super::example::summary()).ends_with("censored"));
    }
}
