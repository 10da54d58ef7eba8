//! Pages about what matters most: rankings by worth, importance, fair shares and times to recover, and the worst to
//! lose.

use std::io;

use crate::results::{Importance, Rank, RankElement, Shapley, TimesToRecover, Worst};

use super::super::importance::importance_told;
use super::super::number::{counted, grouped, with_error};
use super::super::rank::rank_told;
use super::super::recovery::recovery_told;
use super::super::shapley::shapley_told;
use super::super::tell::Tell;
use super::super::worst::worst_told;
use super::methods::{
    ESTIMATES, IMPORTANCE, Method, RECOVERY, SHADOW_PRICES, SHAPLEY, SIMULATION, WORST,
};
use super::reported::{Facts, Reported, Said, WIDTH};
use super::words::{SPACE, kbd, listed, share, share_of, volume};

/// Most things named in a sentence.
const NAMED: usize = 3;

/// What all rankings have in common.
macro_rules! facts {
    ($found:expr, $kind:expr) => {
        Facts {
            kind: $kind,
            title: &$found.scenario.name,
            about: &$found.scenario.about,
            scenario: Some(&$found.scenario),
            sha256: &$found.scenario.sha256,
            version: &$found.version,
            seed: Some($found.seed),
            replications: Some($found.replications),
            strategies: $found.strategies.iter().map(String::as_str).collect(),
        }
    };
}

impl Reported for Rank {
    fn facts(&self) -> Facts<'_> {
        facts!(self, "What capacity is worth")
    }

    fn said(&self) -> Said {
        // What was played again counts what tanks do later.
        let played = |element: &RankElement| {
            let mut all = self.played.iter();
            let found = all.find(|played| played.id == element.id);
            found.map(|played| played.more)
        };
        let worth_of = |element: &RankElement| {
            if self.played.is_empty() {
                element.kb_per_year_per_kbd
            } else {
                played(element)
            }
        };
        let mut worth: Vec<_> = self
            .elements
            .iter()
            .filter_map(|element| Some((element, worth_of(element)?)))
            .filter(|(_, worth)| worth.mean > 0.0)
            .collect();
        worth.sort_by(|one, other| other.1.mean.total_cmp(&one.1.mean));
        let mut more: Vec<String> = worth
            .iter()
            .take(NAMED)
            .map(|(element, worth)| {
                let bound = element.in_cut.map_or_else(String::new, |cut| {
                    format!("; it is the bottleneck {} of the time", share_of(cut))
                });
                format!(
                    "One more kb/d of `{}` delivers {} thousand barrels a year{bound}.",
                    element.id,
                    with_error(worth.mean, worth.std_error)
                )
            })
            .collect();
        if worth.is_empty() {
            more.push("No capacity is known to limit what is delivered.".to_owned());
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        rank_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![SHADOW_PRICES, SIMULATION]
    }
}

impl Reported for Importance {
    fn facts(&self) -> Facts<'_> {
        facts!(self, "Importance of hazards and elements")
    }

    fn said(&self) -> Said {
        let named = |rows: &[crate::results::ImportanceRow]| -> Vec<String> {
            rows.iter()
                .filter(|row| row.mean.saved_bbl.mean > 0.0)
                .take(NAMED)
                .map(|row| format!("`{}` ({})", row.id, volume(row.mean.saved_bbl)))
                .collect()
        };
        let mut more = vec![format!(
            "{} stay undelivered on average over the scenario.",
            volume(self.undelivered_bbl)
        )];
        for (rows, what) in [(&self.hazards, "hazards"), (&self.elements, "elements")] {
            let names = named(rows);
            if !names.is_empty() {
                more.push(format!(
                    "Saved most if one of the {what} never failed: {}.",
                    listed(&names)
                ));
            }
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        importance_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![IMPORTANCE, SIMULATION, ESTIMATES]
    }
}

impl Reported for Shapley {
    fn facts(&self) -> Facts<'_> {
        facts!(self, "The loss, fairly shared")
    }

    fn said(&self) -> Said {
        let named: Vec<String> = self
            .players
            .iter()
            .filter_map(|player| Some((player, player.mean.share?)))
            .take(NAMED)
            .map(|(player, part)| format!("`{}` {}", player.id, share_of(part)))
            .collect();
        let mut more = vec![format!(
            "{} of the mean loss over the scenario are divided among {} {}.",
            volume(self.mean.divided_bbl),
            counted(self.players.len() as u64),
            self.among
        )];
        if !named.is_empty() {
            more.push(format!("The largest shares: {}.", listed(&named)));
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        shapley_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![SHAPLEY, SIMULATION, ESTIMATES]
    }
}

impl Reported for TimesToRecover {
    fn facts(&self) -> Facts<'_> {
        facts!(self, "Times to recover and to survive")
    }

    fn said(&self) -> Said {
        let exposed: Vec<String> = self
            .rows
            .iter()
            .filter(|row| row.deliveries.is_exposed())
            .filter_map(|row| {
                let gap = row.deliveries.gap_days?;
                let days = with_error(gap.mean, gap.std_error);
                Some(format!("`{}` by `{}` ({days} days)", row.id, row.hazard))
            })
            .collect();
        let text = if exposed.is_empty() {
            "No outage lasts longer on average than deliveries go on without falling short."
                .to_owned()
        } else {
            format!(
                "{} outages last longer on average than deliveries hold out; by most: {}.",
                counted(exposed.len() as u64),
                listed(&exposed[..exposed.len().min(NAMED)])
            )
        };
        Said {
            more: vec![text],
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        recovery_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![RECOVERY, SIMULATION]
    }
}

impl Reported for Worst {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: "The worst things to lose",
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: None,
            replications: None,
            strategies: self.strategies.iter().map(String::as_str).collect(),
        }
    }

    fn said(&self) -> Said {
        let mut more = vec![format!(
            "With everything in place {} of {} planned are delivered.",
            kbd(self.delivered_bpd as f64),
            kbd(self.planned_bpd as f64)
        )];
        for size in &self.sizes {
            let Some(set) = size.worst.first() else {
                continue;
            };
            let names: Vec<String> = set.elements.iter().map(|id| format!("`{id}`")).collect();
            let kept = set.retention.map_or_else(String::new, |kept| {
                format!(", {} of what flows otherwise", share(kept))
            });
            let sure = if size.searched == "all" {
                "all sets were decided on"
            } else {
                "the search ended before all sets were decided on"
            };
            more.push(format!(
                "Worst {}: without {} {} are left{kept} ({sure}).",
                match size.size {
                    1 => "single loss".to_owned(),
                    many => format!("{}{SPACE}together", grouped(many as f64, 0)),
                },
                listed(&names),
                kbd(set.delivered_bpd as f64)
            ));
        }
        Said {
            more,
            ..Said::default()
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        worst_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        vec![WORST]
    }
}
