//! Hazards: whom they hit, in which scope, for how long, and what is left.

use crate::model::Element as Part;
use crate::model::{Hazard, Law, Model, Occurs, Overlap, Scope, Start, Target};
use crate::scenario::read::{Reader, count, strings, text};
use crate::scenario::text::Place;
use crate::scenario::tree::{Element, Node, Table};
use crate::units::{Fraction, Seconds};

use super::hits::Hit;
use super::nodes::name;
use super::targets::Elements;

/// Most disruptions that a replication may be expected to have.
const MAX_DISRUPTIONS: f64 = 1e6;

pub(super) fn hazards(reader: &Reader<'_>, model: &Model, tree: &Table) -> Vec<Hazard> {
    let elements = Elements::of(model, reader.report);
    let mut found = Vec::new();
    let mut expected: Vec<(f64, Place, &str)> = Vec::new();
    for element in tree.elements("hazard") {
        let lowered = Lowering {
            reader,
            elements: &elements,
            element,
            table: element.table,
        };
        let Some(hazard) = lowered.hazard() else {
            continue;
        };
        let at = element.table.key_at("occurs").unwrap_or(element.at);
        expected.push((expected_disruptions(&hazard, model.horizon), at, element.id));
        found.push(hazard);
    }
    let total: f64 = expected.iter().map(|(number, ..)| number).sum();
    let most = expected.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((number, at, id)) = most
        && total > MAX_DISRUPTIONS
    {
        reader
            .report
            .error(
                "scenario::too_many_disruptions",
                at,
                format!("{number:.0} of them"),
                format!(
                    "{total:.0} disruptions are expected per replication, most of them from `{id}`"
                ),
            )
            .help("at most a million are simulated: is the unit of time right?")
            .file();
    }
    found
}

/// Mean number of disruptions in a horizon.
fn expected_disruptions(hazard: &Hazard, horizon: Seconds) -> f64 {
    let processes = match hazard.scope {
        Scope::Each => hazard.targets.len() as f64,
        Scope::All { .. } | Scope::Some { .. } => 1.0,
    };
    let days = horizon.days();
    processes
        * match &hazard.occurs {
            Occurs::Poisson { rate_per_day } | Occurs::Campaign { rate_per_day, .. } => {
                let season = hazard
                    .season
                    .map_or(1.0, |weights| weights.iter().sum::<f64>() / 12.0);
                rate_per_day * days * season
            }
            Occurs::Renewal { up } => days / (up.mean() + hazard.duration.mean()),
            Occurs::Dates(dates) => dates.len() as f64,
            Occurs::Once { .. } | Occurs::After { .. } => 1.0,
            Occurs::Every { period, .. } => days / period.days(),
            Occurs::Decisions { times, .. } => times.len() as f64,
            Occurs::Log(events) => events.len() as f64,
        }
}

/// One hazard on its way into the model.
pub(super) struct Lowering<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) elements: &'r Elements<'r>,
    pub(super) element: Element<'r>,
    pub(super) table: &'r Table,
}

impl Lowering<'_, '_> {
    fn hazard(&self) -> Option<Hazard> {
        let table = self.table;
        let hits = self.hits();
        let duration = self.duration();
        let left = table
            .get("left")
            .map_or(Some(Law::Fixed(0.0)), |node| self.reader.share_law(node));
        let season = self.season();
        let overlap = self.overlap();
        let start = self.start();
        // The rest depends on the targets; without them nothing more can be said.
        let hits = hits?;
        let scope = self.scope(&hits);
        let targets: Vec<Target> = hits.into_iter().map(|hit| hit.target).collect();
        let occurs = self.occurs(&targets);
        if let Some(left) = &left {
            self.left_fits(left, &targets);
        }
        let hazard = Hazard {
            name: name(self.element),
            class: text(table, "class").unwrap_or("technical").to_owned(),
            scope: scope?,
            season: season?,
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
        self.season_fits(&hazard);
        Some(hazard)
    }

    /// The one key of `occurs`.
    pub(super) fn process(&self) -> Option<&str> {
        let occurs = self.table.table("occurs")?;
        let known = ["poisson", "renewal", "dates", "once", "every", "log"];
        known.into_iter().find(|key| occurs.get(key).is_some())
    }

    fn is(&self, process: &str) -> bool {
        self.process() == Some(process)
    }

    /// Complains about a key that this hazard's process has no use for.
    fn refuse(&self, key: &str, why: &str) {
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

    fn duration(&self) -> Option<Law> {
        if self.is("log") {
            for key in [
                "duration", "left", "scope", "chance", "weights", "overlap", "season",
            ] {
                self.refuse(
                    key,
                    "a log says itself what it hits, for how long, and what is left",
                );
            }
            return Some(Law::Fixed(1.0));
        }
        if let Some(node) = self.table.get("duration") {
            return self.reader.time_law(node);
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

    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    fn season(&self) -> Option<Option<[f64; 12]>> {
        let Some(node) = self.table.get("season") else {
            return Some(None);
        };
        let weights: Vec<f64> = node
            .array()?
            .iter()
            .map(|node| self.reader.number(node))
            .collect::<Option<_>>()?;
        let weights: [f64; 12] = weights.try_into().ok()?;
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

    fn season_fits(&self, hazard: &Hazard) {
        let why = match &hazard.occurs {
            Occurs::Poisson { .. }
            | Occurs::Campaign { .. }
            | Occurs::Renewal {
                up: Law::Exponential { .. },
            } => return,
            Occurs::Renewal { .. } => {
                "only an exponential up-time has a rate that a season can multiply"
            }
            Occurs::Dates(_)
            | Occurs::Once { .. }
            | Occurs::Every { .. }
            | Occurs::Decisions { .. }
            | Occurs::After { .. }
            | Occurs::Log(_) => "given instants have no rate that a season could multiply",
        };
        if hazard.season.is_some() {
            self.refuse("season", why);
        }
    }

    fn overlap(&self) -> Overlap {
        let is_renewal = self.is("renewal");
        match text(self.table, "overlap") {
            Some(word @ ("union" | "queue")) if is_renewal => {
                self.refuse(
                    "overlap",
                    &format!("the clock of a renewal runs only while its target is up, so `{word}` cannot happen"),
                );
                Overlap::Ignore
            }
            Some("union") => Overlap::Union,
            Some("queue") => Overlap::Queue,
            Some("ignore") => Overlap::Ignore,
            _ if is_renewal => Overlap::Ignore,
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
        match node.text() {
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

    fn scope(&self, hits: &[Hit]) -> Option<Scope> {
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

    /// A share of something unlimited is no limit.
    fn left_fits(&self, left: &Law, targets: &[Target]) {
        let closes = matches!(left, Law::Fixed(share) if *share == 0.0);
        let unlimited = targets
            .iter()
            .find(|target| self.elements.is_unlimited(target));
        if let (false, Some(target), Some(node)) = (closes, unlimited, self.table.get("left")) {
            self.reader
                .report
                .error(
                    "scenario::share_of_unlimited",
                    node.at,
                    "a share of what?",
                    format!(
                        "`{}` has no limit of which a share could be left",
                        target.key
                    ),
                )
                .help(match target.parts.first().map(|part| part.element) {
                    Some(Part::Market(_)) => "give the market a `demand`, or leave 0",
                    _ => "give the link a `capacity`, or leave 0",
                })
                .file();
        }
    }
}
