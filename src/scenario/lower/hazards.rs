//! Hazards: when they occur, for how long, and what is left.

use crate::model::Element as Part;
use crate::model::{Hazard, Law, Model, Overlap, Start, Target};
use crate::scenario::read::{Reader, text, truth};
use crate::scenario::text::Place;
use crate::scenario::tree::{Element, Node, Table};
use crate::units::Fraction;

use super::nodes::name;
use super::targets::Elements;

pub(super) fn hazards(reader: &Reader<'_>, model: &Model, tree: &Table) -> Vec<Hazard> {
    let elements = Elements::of(model, reader.report);
    let ids: Vec<&str> = tree.elements("hazard").map(|element| element.id).collect();
    let mut found = Vec::new();
    let mut tables = Vec::new();
    for element in tree.elements("hazard") {
        let lowered = Lowering {
            reader,
            elements: &elements,
            ids: &ids,
            element,
            table: element.table,
        };
        if let Some(hazard) = lowered.hazard() {
            found.push(hazard);
            tables.push(element);
        }
    }
    if let Some(order) = super::circles::order(reader.report, &found, &tables) {
        super::expected::check(reader, model, &found, &tables, &order);
    }
    found
}

/// One hazard on its way into the model.
pub(super) struct Lowering<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) elements: &'r Elements<'r>,
    /// Ids of all hazards, sorted.
    pub(super) ids: &'r [&'r str],
    pub(super) element: Element<'r>,
    pub(super) table: &'r Table,
}

impl Lowering<'_, '_> {
    fn hazard(&self) -> Option<Hazard> {
        let table = self.table;
        self.refuse_unused();
        let hits = self.hits();
        let duration = self.duration();
        let left = table
            .get("left")
            .map_or(Some(Law::Fixed(0.0)), |node| self.reader.share_law(node));
        let season = self.season();
        let regime = self.regime();
        let duration_season = self.duration_season();
        let delay = self.optional("delay", |node| self.reader.time_law(node));
        let stages = self.stages();
        let reversal = self.reversal();
        let averted = table
            .get("averted")
            .map_or(Some(Fraction::ZERO), |node| self.reader.share(node));
        let repair = self.repair();
        let floating = self.floating();
        let announced = self.announced();
        let overlap = self.overlap();
        let start = self.start();
        // The rest depends on the targets; without them nothing more can be said.
        let hits = hits?;
        let scope = self.scope(&hits);
        let targets: Vec<Target> = hits.into_iter().map(|hit| hit.target).collect();
        let occurs = self.occurs(&targets);
        if let (Some(left), Some(node)) = (&left, table.get("left")) {
            self.left_fits(left, node.at, &targets);
        }
        let stages = stages?;
        for (stage, at) in &stages {
            self.left_fits(&stage.left, *at, &targets);
        }
        let hazard = Hazard {
            name: name(self.element),
            class: text(table, "class").unwrap_or("technical").to_owned(),
            scope: scope?,
            season: season?,
            regime: regime?,
            duration_season: duration_season?,
            shared_duration: truth(table, "shared_duration", true),
            delay: delay?,
            stages: stages.into_iter().map(|(stage, _)| stage).collect(),
            reversal: reversal?,
            averted: averted?,
            repair: repair?,
            announced: announced?,
            floating: floating?,
            overlap,
            start: start?,
            ..Hazard::plain(
                self.element.id.to_owned(),
                targets,
                occurs?,
                [duration?, left?],
                self.reader.horizon,
            )
        };
        self.rate_fits(&hazard);
        Some(hazard)
    }

    /// What stands under a key that may be absent, which is another thing than wrong.
    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn optional<T>(
        &self,
        key: &str,
        read: impl Fn(&Node) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.table.get(key) {
            None => Some(None),
            Some(node) => read(node).map(Some),
        }
    }

    /// The one key of `occurs`.
    pub(super) fn process(&self) -> Option<&str> {
        let occurs = self.table.table("occurs")?;
        let known = [
            "poisson",
            "renewal",
            "campaign",
            "dates",
            "once",
            "every",
            "decisions",
            "after",
            "log",
        ];
        known.into_iter().find(|key| occurs.get(key).is_some())
    }

    pub(super) fn is(&self, process: &str) -> bool {
        self.process() == Some(process)
    }

    /// Complains about a key that this hazard's process has no use for.
    pub(super) fn refuse(&self, key: &str, why: &str) {
        if let Some(at) = self.table.key_at(key) {
            self.reader
                .report
                .error(
                    "scenario::unused_key",
                    at,
                    "no meaning here",
                    format!("`hazard.{}.{key}`: {why}", self.element.id),
                )
                .help("remove it")
                .file();
        }
    }

    /// Complains about keys that its process has no use for.
    fn refuse_unused(&self) {
        const COURSE: [&str; 6] = [
            "duration",
            "duration_season",
            "shared_duration",
            "delay",
            "then",
            "reversal",
        ];
        const REPAIR: [&str; 4] = ["crew", "mobilisation", "spares", "stops_for"];
        let refuse = |keys: &[&str], why: &str| {
            for key in keys {
                self.refuse(key, why);
            }
        };
        match self.process() {
            Some("log") => {
                let why = "a log says itself what it hits, for how long, and what is left";
                refuse(&COURSE, why);
                refuse(&REPAIR, why);
                refuse(
                    &[
                        "left", "scope", "chance", "weights", "season", "regime", "averted",
                    ],
                    why,
                );
            }
            Some("decisions") => {
                let why = "a permission is away from a refusal to the decision that grants it again, and no longer";
                refuse(&COURSE, why);
                refuse(&REPAIR, why);
                refuse(
                    &["overlap", "averted"],
                    "a permission is either there or away: change `renewed` and `reopened`",
                );
            }
            Some("renewal") => refuse(
                &["delay"],
                "the up-time says already when a target goes down",
            ),
            Some("after") if self.lasts_with_cause() => refuse(
                &REPAIR,
                "what is repaired is its cause, and it lasts as long as that",
            ),
            _ => {}
        }
        if !self.is("log") && self.process().is_some() {
            self.refuse("time_zone", "only a log has times without an offset");
        }
        if matches!(
            self.table.get("scope").and_then(Node::text),
            None | Some("each")
        ) && self.table.table("scope").is_none()
            && !self.is("log")
            && !self.is("decisions")
        {
            self.refuse(
                "shared_duration",
                "with scope \"each\" every target has its own events, and so its own durations",
            );
        }
        if self.table.get("crew").is_some() {
            self.refuse(
                "reversal",
                "a crew works until it is done, so nothing ends early",
            );
        }
    }

    fn duration(&self) -> Option<Law> {
        if self.is("log") || self.is("decisions") {
            return Some(Law::Fixed(1.0));
        }
        if let Some(node) = self.table.get("duration") {
            return self.reader.time_law(node);
        }
        if self.lasts_with_cause() {
            return Some(Law::Fixed(0.0));
        }
        self.reader
            .report
            .error(
                "scenario::missing_key",
                self.element.at,
                "how long does it last?",
                format!("`hazard.{}` has no `duration`", self.element.id),
            )
            .help("give a time, \"36 h\", or a distribution, { exponential = { mean = \"5 d\" } }")
            .file();
        None
    }

    fn overlap(&self) -> Overlap {
        let has_crew = self.table.get("crew").is_some();
        let is_renewal = self.is("renewal");
        match text(self.table, "overlap") {
            Some(word @ ("union" | "queue")) if is_renewal => {
                self.refuse(
                    "overlap",
                    &format!("the clock of a renewal runs only while its target is up, so `{word}` cannot happen"),
                );
                Overlap::Ignore
            }
            Some("union") if has_crew => {
                self.refuse(
                    "overlap",
                    "a crew repairs the disruptions of a target one after the other, so they cannot run at once: with a crew it is `queue` or `ignore`",
                );
                Overlap::Queue
            }
            Some("union") => Overlap::Union,
            Some("queue") => Overlap::Queue,
            Some("ignore") => Overlap::Ignore,
            _ if is_renewal => Overlap::Ignore,
            _ if has_crew => Overlap::Queue,
            _ => Overlap::Union,
        }
    }

    fn start(&self) -> Option<Start> {
        let Some(node) = self.table.get("start") else {
            return Some(Start::Up);
        };
        if self.process().is_some() && !self.is("renewal") {
            self.refuse(
                "start",
                "only a renewal has a state at the start; others begin with nothing active",
            );
            return None;
        }
        if self.table.get("then").is_some() && node.text() != Some("up") {
            self.refuse(
                "start",
                "what is down at the start would be in one of several parts of its disruption, and which is not known",
            );
            return None;
        }
        match node.text() {
            Some("stationary") if self.table.get("regime").is_some() => {
                self.refuse(
                    "start",
                    "regimes change the rate from time to time, so there is no state as after a long time",
                );
                None
            }
            Some("stationary") => Some(Start::Stationary),
            Some(_) => Some(Start::Up),
            None => {
                let age = node.table()?.table("down")?.get("age")?;
                Some(Start::Down {
                    age: self.reader.seconds(age)?,
                })
            }
        }
    }

    /// A share of something unlimited is no limit.
    fn left_fits(&self, left: &Law, at: Place, targets: &[Target]) {
        if matches!(left, Law::Fixed(share) if *share == 0.0) {
            return;
        }
        for target in targets {
            let Some(element) = self.elements.unlimited(target) else {
                continue;
            };
            let id = self.elements.qualified(element);
            let what = if target.key.starts_with(&id) {
                format!("`{}`", target.key)
            } else {
                format!("`{id}`, which depends on `{}`,", target.key)
            };
            self.reader
                .report
                .error(
                    "scenario::share_of_unlimited",
                    at,
                    "a share of what?",
                    format!("{what} has no limit of which a share could be left"),
                )
                .help(match element {
                    Part::Market(_) => "give the market a `demand`, or leave 0",
                    _ => "give the link a `capacity`, or leave 0",
                })
                .file();
            return;
        }
    }
}
