//! How a disruption goes on and ends: stages, reversals, repairs, work that can wait.

use crate::model::{Floating, Repair, Reversal, Spares, Stage};
use crate::scenario::read::{count, strings};
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table};
use crate::units::Seconds;

use super::hazards::Lowering;

/// Most parts that may follow on the first.
const MAX_STAGES: usize = 8;

/// Most spare parts in stock.
const MAX_STOCK: u64 = 1_000;

impl Lowering<'_, '_> {
    /// Parts that follow on the first, with the places of what they leave.
    pub(super) fn stages(&self) -> Option<Vec<(Stage, Place)>> {
        let Some(node) = self.table.get("then") else {
            return Some(Vec::new());
        };
        let parts = node.array()?;
        if parts.len() > MAX_STAGES {
            self.reader
                .report
                .error(
                    "scenario::too_many_stages",
                    node.at,
                    format!("{} parts", parts.len()),
                    format!("a disruption has at most {MAX_STAGES} parts after the first"),
                )
                .help("join parts that leave nearly the same")
                .file();
            return None;
        }
        let stages: Vec<Option<(Stage, Place)>> =
            parts.iter().map(|part| self.stage(part.table()?)).collect();
        stages.into_iter().collect()
    }

    fn stage(&self, table: &Table) -> Option<(Stage, Place)> {
        let duration = table
            .get("duration")
            .and_then(|node| self.reader.time_law(node));
        let left_node = table.get("left")?;
        let left = self.reader.share_law(left_node);
        let stage = Stage {
            duration: duration?,
            left: left?,
        };
        Some((stage, left_node.at))
    }

    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn reversal(&self) -> Option<Option<Reversal>> {
        self.optional("reversal", |node| {
            let table = node.table()?;
            let chance = table.get("chance").map(|node| self.reader.share(node));
            let after = table.get("after").map(|node| self.reader.time_law(node));
            Some(Reversal {
                chance: chance??,
                after: after??,
            })
        })
    }

    pub(super) fn repair(&self) -> Option<Repair> {
        let crew = self.optional("crew", |node| self.crew(node));
        let mobilisation = self.optional("mobilisation", |node| self.reader.time_law(node));
        let spares = self.optional("spares", |node| self.spares(node.table()?));
        let stops_for = self
            .table
            .get("stops_for")
            .map_or(Some(Vec::new()), |node| self.hazard_ids(node));
        Some(Repair {
            crew: crew?,
            mobilisation: mobilisation?,
            spares: spares?,
            stops_for: stops_for?,
        })
    }

    fn crew(&self, node: &Node) -> Option<String> {
        let id = node.text()?;
        let crews = &self.elements.model().crews;
        if crews.iter().any(|crew| crew.id == id) {
            return Some(id.to_owned());
        }
        let known = crews.iter().map(|crew| crew.id.as_str());
        self.reader
            .unknown_id("scenario::unknown_crew", node.at, id, "crew", known);
        None
    }

    fn spares(&self, table: &Table) -> Option<Spares> {
        let lead = table
            .get("lead")
            .and_then(|node| self.reader.time_law(node));
        let stock_node = table.get("stock")?;
        let stock = count(stock_node)?;
        if !(1..=MAX_STOCK).contains(&stock) {
            self.reader
                .report
                .error(
                    "scenario::out_of_range",
                    stock_node.at,
                    "not a usable stock",
                    "a stock of spare parts has from 1 to 1000 of them",
                )
                .help("if every repair waits for its part, that time belongs to `mobilisation`; if parts are always at hand, leave `spares` out")
                .file();
            return None;
        }
        Some(Spares {
            stock: usize::try_from(stock).ok()?,
            lead: lead?,
        })
    }

    /// Ids of hazards that exist, each once.
    fn hazard_ids(&self, node: &Node) -> Option<Vec<String>> {
        let mut is_whole = true;
        let mut ids = Vec::new();
        for (id, at) in strings(node) {
            is_whole &= self.known_hazard(id, at);
            ids.push(id.to_owned());
        }
        ids.sort_unstable();
        ids.dedup();
        is_whole.then_some(ids)
    }

    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn announced(&self) -> Option<Option<Seconds>> {
        if self.process().is_some()
            && !["dates", "every", "log"]
                .map(|p| self.is(p))
                .contains(&true)
        {
            self.refuse(
                "announced",
                "only what has its dates can be announced: give it `dates` or `every`, or a log",
            );
        }
        self.optional("announced", |node| self.reader.seconds(node))
    }

    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn floating(&self) -> Option<Option<Floating>> {
        let floating = self.optional("floating", |node| {
            let table = node.table()?;
            let within = table.get("within").map(|node| self.reader.seconds(node));
            let unless = table.get("unless").map(|node| self.hazard_ids(node));
            let recall = table.get("recall").map(|node| self.reader.seconds(node));
            let recall = match recall {
                None => None,
                Some(read) => Some(read?),
            };
            Some(Floating {
                within: within??,
                unless: unless??,
                recall,
            })
        });
        let cannot_wait = ["renewal", "campaign", "log", "after", "decisions"];
        if cannot_wait.into_iter().any(|process| self.is(process)) {
            self.refuse(
                "floating",
                "only planned work can wait for a good moment: that of `dates`, `every` or `once`",
            );
        }
        floating
    }
}
