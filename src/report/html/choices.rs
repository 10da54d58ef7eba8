//! Pages about choices and checks: portfolios, figures in doubt, sizes, back-tests, exact answers.

use std::io;

use crate::results::{Backtest, Curve, Exact, Optimise, Sensitivity};

use super::super::backtest::backtest_told;
use super::super::curve::curve_told;
use super::super::exact::exact_told;
use super::super::number::{brief, counted, grouped};
use super::super::optimise::optimise_told;
use super::super::sensitivity::sensitivity_told;
use super::super::tell::Tell;
use super::methods::{
    BACKTEST, ESTIMATES, EXACT, FIRM, INFORMATION, Method, PORTFOLIOS, REGRET, SENSITIVITY,
    SIMULATION, SIZES,
};
use super::reported::{Facts, Reported, Said, WIDTH};
use super::words::{SPACE, barrels, kbd, listed, million_usd, share, volume};

/// Most things named in a sentence.
const NAMED: usize = 3;

impl Reported for Optimise {
    fn facts(&self) -> Facts<'_> {
        let title = if self.study.is_empty() {
            &self.scenario.name
        } else {
            &self.study
        };
        Facts {
            kind: "Choice among portfolios",
            title,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: Some(self.seed),
            replications: Some(self.replications),
            strategies: Vec::new(),
        }
    }

    fn said(&self) -> Said {
        let screened = &self.screening;
        let mut more = vec![format!(
            "{} portfolios of {} strategies keep the rules; {} were left after screening.",
            counted(screened.portfolios),
            counted(self.options.len() as u64),
            counted(self.portfolios.len() as u64)
        )];
        for best in &self.best {
            let Some(portfolio) = self.portfolios.get(best.portfolio) else {
                continue;
            };
            let by = match best.by.as_str() {
                "tail" => "loss in the worst years",
                "net" => "net value",
                _ => "mean loss",
            };
            let names: Vec<String> = portfolio
                .strategies
                .iter()
                .map(|id| format!("`{id}`"))
                .collect();
            let name = if names.is_empty() {
                "none of the strategies".to_owned()
            } else {
                listed(&names)
            };
            let others = match best.not_told_apart.len() {
                0 => "all others are told apart from it".to_owned(),
                1 => "1 other cannot be told from it".to_owned(),
                several => format!("{several} others cannot be told from it"),
            };
            more.push(format!(
                "Best by {by}{}: {name}, for {} a year, avoids {} a year on average; {others}.",
                if self.budget_usd.is_some() {
                    " within the budget"
                } else {
                    ""
                },
                million_usd(portfolio.annual_usd),
                volume(portfolio.mean_avoided)
            ));
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        optimise_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        let mut methods = vec![PORTFOLIOS, SIMULATION, ESTIMATES];
        if self.regret.is_some() {
            methods.push(REGRET);
        }
        methods
    }
}

impl Reported for Sensitivity {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: "Which figures in doubt matter",
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: Some(self.seed),
            replications: Some(self.tornado.replications),
            strategies: self.strategies.iter().map(String::as_str).collect(),
        }
    }

    fn said(&self) -> Said {
        let named: Vec<String> = self
            .tornado
            .figures
            .iter()
            .take(NAMED)
            .map(|figure| {
                format!(
                    "`{}` (up to {})",
                    figure.path,
                    barrels(figure.reach(), None)
                )
            })
            .collect();
        let mut more = vec![format!(
            "Of {} figures in doubt {} change what is delivered; with all in the middle {} stay undelivered.",
            counted(self.figures.len() as u64),
            counted(self.tornado.figures.len() as u64),
            volume(self.tornado.middle.undelivered_bbl)
        )];
        if !named.is_empty() {
            more.push(format!(
                "Alone they move the mean most: {}.",
                listed(&named)
            ));
        }
        if let Some(indices) = &self.indices {
            more.push(format!(
                "All figures in doubt together move the mean by a standard deviation of {}.",
                barrels(indices.std_dev_of_all_bbl, None)
            ));
        }
        if let Some(decision) = &self.decision
            && let Some(best) = decision.alternatives.get(decision.best as usize)
        {
            more.push(format!(
                "As things stand `{}` is best on average; it is best in {} of what the figures may be.",
                best.id,
                share(best.best_in)
            ));
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        sensitivity_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        let mut methods = vec![SENSITIVITY, SIMULATION];
        if self.decision.is_some() {
            methods.push(INFORMATION);
        }
        methods
    }
}

impl Reported for Curve {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: if self.firm.is_some() {
                "Firm equivalent"
            } else {
                "What size is worth"
            },
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: Some(self.seed),
            replications: Some(self.replications),
            strategies: self.strategies.iter().map(String::as_str).collect(),
        }
    }

    fn said(&self) -> Said {
        let mut more = Vec::new();
        if let Some(sizes) = &self.sizes {
            more.push(format!(
                "As it is, {} stay undelivered on average.",
                volume(sizes.as_it_is.mean_bbl)
            ));
            for point in [sizes.points.first(), sizes.points.last()]
                .into_iter()
                .flatten()
            {
                more.push(format!(
                    "With `{}` at {}: {}.",
                    sizes.key,
                    point.value,
                    volume(point.loss.mean_bbl)
                ));
            }
        }
        if let Some(firm) = &self.firm {
            more.push(format!(
                "Without the option {} stay undelivered on average, with it {}.",
                volume(firm.without.mean_bbl),
                volume(firm.with.mean_bbl)
            ));
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        curve_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        let own = if self.firm.is_some() { FIRM } else { SIZES };
        vec![own, SIMULATION, ESTIMATES]
    }
}

impl Reported for Backtest {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: "Back-test",
            title: &self.name,
            about: &self.about,
            scenario: None,
            sha256: &self.sha256,
            version: &self.version,
            seed: Some(self.seed),
            replications: None,
            strategies: Vec::new(),
        }
    }

    fn said(&self) -> Said {
        let hits = self
            .episodes
            .iter()
            .filter(|episode| episode.is_within)
            .count();
        let mut more = vec![format!(
            "{hits} of {} recorded disruptions are met within {}{SPACE}% of what was observed.",
            self.episodes.len(),
            grouped(100.0 * self.within, 0)
        )];
        for variant in &self.variants {
            let Some(score) = &variant.score else {
                continue;
            };
            let seen = if variant.in_sample {
                ", which has seen what it forecasts and so proves nothing"
            } else {
                ""
            };
            more.push(format!(
                "Forecasts of `{}`{seen}: {} of {} outcomes inside their 90{SPACE}% interval, skill over the plan alone {}.",
                variant.id,
                score.inside_90,
                variant.forecasts.len(),
                score
                    .skill_over_plan
                    .map_or_else(|| "not known".to_owned(), |skill| grouped(skill, 2))
            ));
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        backtest_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![BACKTEST, SIMULATION]
    }
}

impl Reported for Exact {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: "Exact answer",
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: self.agreement.as_ref().map(|beside| beside.seed),
            replications: self.agreement.as_ref().map(|beside| beside.replications),
            strategies: self.strategies.iter().map(String::as_str).collect(),
        }
    }

    fn said(&self) -> Said {
        let long_run = &self.long_run;
        let mut more = vec![format!(
            "All {} joint states were gone through, {} of them solved.",
            brief(self.states.joint, 4),
            counted(self.states.solved)
        )];
        if let Some(agrees) = self.agreement.as_ref().and_then(|beside| beside.agrees) {
            more.push(if agrees {
                "The simulation beside agrees within four standard errors.".to_owned()
            } else {
                "The simulation beside does not agree within four standard errors.".to_owned()
            });
        }
        Said {
            finding: Some(format!(
                "In the long run {} of {} planned are delivered.",
                kbd(long_run.delivered_bpd),
                kbd(long_run.planned_bpd)
            )),
            more,
            tiles: Vec::new(),
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        exact_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![EXACT]
    }
}
