//! What multiplies rates and durations: seasons and regimes.

use crate::model::{Hazard, Law, Occurs};
use crate::scenario::tree::Node;

use super::hazards::Lowering;

impl Lowering<'_, '_> {
    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn season(&self) -> Option<Option<[f64; 12]>> {
        let Some(node) = self.table.get("season") else {
            return Some(None);
        };
        let weights = self.twelve(node)?;
        if weights.iter().any(|weight| *weight < 0.0) || weights.iter().all(|weight| *weight == 0.0)
        {
            self.reader
                .report
                .error(
                    "scenario::bad_season",
                    node.at,
                    "these weights",
                    "the weights of a season are 0 or above, and not all 0",
                )
                .help("write 1 for an ordinary month, 2 for one with twice as many events")
                .file();
            return None;
        }
        let mean = weights.iter().sum::<f64>() / 12.0;
        if (mean - 1.0).abs() > 0.005 {
            self.reader
                .report
                .warning(
                    "scenario::season_mean",
                    node.at,
                    format!("mean {mean:.3}"),
                    format!("the season of `hazard.{}` changes its yearly rate", self.element.id),
                )
                .help(format!("weights multiply the rate as it is written; divided by {mean:.4} they would only shift it within the year"))
                .file();
        }
        Some(Some(weights))
    }

    /// A number for each month.
    fn twelve(&self, node: &Node) -> Option<[f64; 12]> {
        let numbers: Vec<f64> = node
            .array()?
            .iter()
            .map(|node| self.reader.number(node))
            .collect::<Option<_>>()?;
        numbers.try_into().ok()
    }

    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn duration_season(&self) -> Option<Option<[f64; 12]>> {
        self.optional("duration_season", |node| {
            let factors = self.twelve(node)?;
            if factors.iter().all(|factor| *factor > 0.0) {
                return Some(factors);
            }
            self.reader
                .report
                .error(
                    "scenario::bad_season",
                    node.at,
                    "these factors",
                    "factors of a duration are above 0",
                )
                .help("write 1 for an ordinary month, 2 for one in which everything takes twice as long")
                .file();
            None
        })
    }

    /// Multipliers in the order of the model's regimes; none if regimes do not matter.
    pub(super) fn regime(&self) -> Option<Vec<f64>> {
        let Some(node) = self.table.get("regime") else {
            return Some(Vec::new());
        };
        let regimes = &self.elements.model().regimes;
        let mut multipliers = vec![1.0; regimes.len()];
        let mut is_whole = true;
        for (id, entry) in &node.table()?.0 {
            let Some(index) = regimes.iter().position(|regime| regime.id == *id) else {
                let known = regimes.iter().map(|regime| regime.id.as_str());
                self.reader
                    .unknown_id("scenario::unknown_regime", entry.key, id, "regime", known);
                is_whole = false;
                continue;
            };
            match self.reader.number(&entry.node) {
                Some(number) if number < 0.0 => {
                    self.reader.negative(entry.node.at);
                    is_whole = false;
                }
                Some(number) => multipliers[index] = number,
                None => is_whole = false,
            }
        }
        if is_whole && multipliers.iter().all(|multiplier| *multiplier == 0.0) {
            self.reader
                .report
                .error(
                    "scenario::bad_regime",
                    node.at,
                    "these multipliers",
                    format!("`hazard.{}` never occurs: no regime leaves it a rate", self.element.id),
                )
                .help("give at least one regime a multiplier above 0; regimes that are not named have 1")
                .file();
            return None;
        }
        is_whole.then_some(multipliers)
    }

    /// Seasons and regimes need a rate to multiply.
    pub(super) fn rate_fits(&self, hazard: &Hazard) {
        let what = match &hazard.occurs {
            Occurs::Poisson { .. }
            | Occurs::Campaign { .. }
            | Occurs::Renewal {
                up: Law::Exponential { .. },
            } => return,
            Occurs::Renewal { .. } => "only an exponential up-time has a rate that",
            Occurs::Dates(_)
            | Occurs::Once { .. }
            | Occurs::Every { .. }
            | Occurs::Decisions { .. }
            | Occurs::Log(_) => "given instants have no rate that",
            Occurs::After { .. } => "a consequence has no rate of its own that",
        };
        let can = match &hazard.occurs {
            Occurs::Renewal { .. } => "can",
            _ => "could",
        };
        if hazard.season.is_some() {
            self.refuse("season", &format!("{what} a season {can} multiply"));
        }
        if !hazard.regime.is_empty() {
            self.refuse("regime", &format!("{what} a regime {can} multiply"));
        }
    }
}
