//! How events choose among targets.

use crate::model::Scope;
use crate::scenario::read::{count, strings};
use crate::scenario::tree::Node;
use crate::units::Fraction;

use super::hazards::Lowering;
use super::hits::Hit;

impl Lowering<'_, '_> {
    pub(super) fn scope(&self, hits: &[Hit]) -> Option<Scope> {
        if self.is("log") {
            return Some(Scope::Each);
        }
        let scope = self.table.get("scope");
        let word = scope.and_then(Node::text);
        let chance = self.table.get("chance");
        if word != Some("all") {
            self.refuse(
                "chance",
                "only scope \"all\" has a chance to hit each target",
            );
        }
        let count = match (word, scope.and_then(Node::table)) {
            (Some("all"), _) => {
                self.refuse(
                    "weights",
                    "only scope \"one\" or { some = … } picks targets by weight",
                );
                let chance = chance.map_or(Some(Fraction::ONE), |node| self.reader.share(node))?;
                return Some(Scope::All { chance });
            }
            (Some("one"), _) => 1,
            (_, Some(table)) => self.some(table.get("some")?, hits.len())?,
            _ => {
                self.refuse(
                    "weights",
                    "only scope \"one\" or { some = … } picks targets by weight",
                );
                return Some(Scope::Each);
            }
        };
        let weights = match self.table.get("weights") {
            Some(node) => self.weights(node, hits, count)?,
            None => Vec::new(),
        };
        Some(Scope::Some { count, weights })
    }

    fn some(&self, node: &Node, targets: usize) -> Option<usize> {
        let number = usize::try_from(count(node)?).unwrap_or(usize::MAX);
        if (1..=targets).contains(&number) {
            return Some(number);
        }
        self.reader
            .report
            .error(
                "scenario::out_of_range",
                node.at,
                "not so many",
                format!(
                    "not so many targets: `hazard.{}` has {targets}",
                    self.element.id
                ),
            )
            .help(format!("an event picks at least 1 and at most {targets}"))
            .file();
        None
    }

    fn weights(&self, node: &Node, hits: &[Hit], count: usize) -> Option<Vec<f64>> {
        let given: Vec<f64> = node
            .array()?
            .iter()
            .map(|node| self.reader.number(node))
            .collect::<Option<_>>()?;
        let references = self.table.get("hits").map_or(0, |hits| strings(hits).len());
        let bad = |message: String, help: &str| {
            self.reader
                .report
                .error("scenario::bad_weights", node.at, "these weights", message)
                .help(help)
                .file();
            None
        };
        if given.len() != references {
            return bad(
                format!(
                    "`weights` has {} entries, but `hits` has {references}",
                    given.len()
                ),
                "give one weight per entry of `hits`, in their order; units of one element share its weight each",
            );
        }
        let weights: Vec<f64> = hits.iter().map(|hit| given[hit.reference]).collect();
        let pickable = weights.iter().filter(|weight| **weight > 0.0).count();
        if weights.iter().any(|weight| *weight < 0.0) || pickable < count {
            return bad(
                format!(
                    "an event picks {count}, but the number of targets with a weight above 0 is {pickable}"
                ),
                "weights are 0 or above, with as many above 0 as an event picks",
            );
        }
        Some(weights)
    }
}
