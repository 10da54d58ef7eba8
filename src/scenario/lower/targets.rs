//! Which elements a word means.

use crate::model::{Element, Model, Part, Service, Target};
use crate::scenario::problem::Report;
use crate::units::Fraction;

/// The elements of a model by their ids.
pub(in crate::scenario) struct Elements<'m> {
    model: &'m Model,
    report: &'m Report,
}

/// Why a word means no element.
pub(in crate::scenario) struct Unresolved {
    pub(in crate::scenario) message: String,
    pub(in crate::scenario) label: String,
    pub(in crate::scenario) help: String,
}

/// The four kinds, as they are written before an id. A tank has the id of its hub, so it is never
/// meant without its kind.
const KINDS: [&str; 4] = ["field", "hub", "market", "link"];

/// What stands before the id of a service.
const SERVICE: &str = "service.";

impl<'m> Elements<'m> {
    /// Of a model whose fields, hubs, markets and links are lowered.
    pub(in crate::scenario) fn of(model: &'m Model, report: &'m Report) -> Self {
        Self { model, report }
    }

    pub(super) fn model(&self) -> &'m Model {
        self.model
    }

    /// Index of an element of a kind.
    fn index(&self, kind: &str, id: &str) -> Option<Element> {
        let model = self.model;
        match kind {
            "field" => position(&model.fields, id, |field| &field.id).map(Element::Field),
            "hub" => position(&model.hubs, id, |hub| &hub.id).map(Element::Hub),
            "market" => position(&model.markets, id, |market| &market.id).map(Element::Market),
            "link" => position(&model.links, id, |link| &link.id).map(Element::Link),
            "tank" => position(&model.hubs, id, |hub| &hub.id)
                .filter(|&index| model.hubs[index].tank.is_some())
                .map(Element::Tank),
            _ => None,
        }
    }

    /// Kind and id of an element.
    pub(in crate::scenario) fn qualified(&self, element: Element) -> String {
        let model = self.model;
        match element {
            Element::Field(index) => format!("field.{}", model.fields[index].id),
            Element::Hub(index) => format!("hub.{}", model.hubs[index].id),
            Element::Market(index) => format!("market.{}", model.markets[index].id),
            Element::Link(index) => format!("link.{}", model.links[index].id),
            Element::Tank(index) => format!("tank.{}", model.hubs[index].id),
        }
    }

    /// Name of an element.
    fn name(&self, element: Element) -> &'m str {
        let model = self.model;
        match element {
            Element::Field(index) => &model.fields[index].name,
            Element::Hub(index) | Element::Tank(index) => &model.hubs[index].name,
            Element::Market(index) => &model.markets[index].name,
            Element::Link(index) => &model.links[index].name,
        }
    }

    /// What targets are called, sorted by key: `CPC moorings`, or `unit 2 of CPC moorings`.
    pub(in crate::scenario) fn names(&self, targets: &[&Target]) -> String {
        let of_one = |targets: &[&Target]| {
            if let Some(service) = self.service(&targets[0].key) {
                return service.name.clone();
            }
            let Some(&Part { element, .. }) = targets[0].parts.first() else {
                return targets[0].key.clone();
            };
            let name = match element {
                Element::Tank(_) => &format!("the tank of {}", self.name(element)),
                _ => self.name(element),
            };
            let parts = targets.iter().flat_map(|target| &target.parts);
            let mut units: Vec<usize> = parts.filter_map(|part| part.unit).collect();
            if units.len() == self.units(element) {
                return name.to_owned();
            }
            units.sort_unstable();
            let numbers: Vec<String> = units.iter().map(|unit| (unit + 1).to_string()).collect();
            match numbers.as_slice() {
                [one] => format!("unit {one} of {name}"),
                [first @ .., last] => format!("units {} and {last} of {name}", first.join(", ")),
                [] => name.to_owned(),
            }
        };
        let element = |target: &Target| {
            let is_service = target.key.starts_with(SERVICE);
            target
                .parts
                .first()
                .map(|part| part.element)
                .filter(|_| !is_service)
        };
        let is_same = |one: &Target, other: &Target| {
            element(one).is_some_and(|known| element(other) == Some(known))
        };
        let elements = targets.chunk_by(|one, other| is_same(one, other));
        elements.map(of_one).collect::<Vec<_>>().join(", ")
    }

    /// The service of a qualified id.
    fn service(&self, written: &str) -> Option<&'m Service> {
        let id = written.strip_prefix(SERVICE)?;
        let services = &self.model.services;
        position(services, id, |service| &service.id).map(|index| &services[index])
    }

    /// Number of units; 0 if the element is one piece.
    fn units(&self, element: Element) -> usize {
        match element {
            Element::Hub(index) => self.model.hubs[index].units.len(),
            Element::Link(index) => self.model.links[index].units.len(),
            Element::Field(_) | Element::Market(_) | Element::Tank(_) => 0,
        }
    }

    /// Whether a share of its capacity is no capacity: some part of it is unlimited.
    pub(in crate::scenario) fn is_unlimited(&self, target: &Target) -> bool {
        self.unlimited(target).is_some()
    }

    /// The first element of a target that is unlimited.
    pub(super) fn unlimited(&self, target: &Target) -> Option<Element> {
        let is_unlimited = |part: &Part| match part.element {
            Element::Field(_) | Element::Hub(_) | Element::Tank(_) => false,
            Element::Market(index) => self.model.markets[index].demand.is_none(),
            Element::Link(index) => {
                let link = &self.model.links[index];
                link.capacity.is_none() && link.units.is_empty()
            }
        };
        let mut parts = target.parts.iter();
        parts
            .find(|part| is_unlimited(part))
            .map(|part| part.element)
    }

    /// An element as targets: itself, or all its units.
    pub(in crate::scenario) fn targets(&self, element: Element) -> Vec<Target> {
        let id = self.qualified(element);
        let target = |unit: Option<usize>, key: String| Target {
            parts: vec![Part {
                element,
                unit,
                loss: Fraction::ONE,
            }],
            key,
        };
        match self.units(element) {
            0 => vec![target(None, id)],
            count => (0..count)
                .map(|unit| target(Some(unit), format!("{id}#{}", unit + 1)))
                .collect(),
        }
    }

    /// All elements, in the order of their kinds and ids.
    pub(in crate::scenario) fn all(&self) -> impl Iterator<Item = Element> {
        let model = self.model;
        let fields = (0..model.fields.len()).map(Element::Field);
        let hubs = (0..model.hubs.len()).map(Element::Hub);
        let markets = (0..model.markets.len()).map(Element::Market);
        let links = (0..model.links.len()).map(Element::Link);
        fields.chain(hubs).chain(markets).chain(links)
    }

    /// What a reference such as `link.spm#2`, `link.spm` or `spm` means.
    pub(in crate::scenario) fn find(&self, written: &str) -> Result<Vec<Target>, Unresolved> {
        let (whole, unit) = match written.split_once('#') {
            Some((whole, unit)) => (whole, Some(unit)),
            None => (written, None),
        };
        if let (Some(service), None) = (self.service(whole), unit) {
            return Ok(vec![Target {
                parts: service.feeds.clone(),
                key: whole.to_owned(),
            }]);
        }
        if self.service(whole).is_some() {
            return Err(Unresolved {
                message: format!("`{whole}` has no units"),
                label: "one piece".to_owned(),
                help: format!(
                    "write `{whole}`; what depends on one of its units is a service of its own"
                ),
            });
        }
        let element = self.element(whole)?;
        let targets = self.targets(element);
        let Some(unit) = unit else { return Ok(targets) };
        let units = self.units(element);
        let number: Option<usize> = unit
            .parse()
            .ok()
            .filter(|number| (1..=units).contains(number));
        match number {
            Some(number) => Ok(targets.into_iter().skip(number - 1).take(1).collect()),
            None if units == 0 => Err(Unresolved {
                message: format!("`{whole}` has no units"),
                label: "one piece".to_owned(),
                help: match element {
                    Element::Hub(_) | Element::Link(_) => {
                        format!("write `{whole}`, or give it `units`")
                    }
                    _ => format!("write `{whole}`"),
                },
            }),
            None => Err(Unresolved {
                message: format!("`{whole}` has no unit `#{unit}`"),
                label: "no such unit".to_owned(),
                help: format!("its units are #1 to #{units}"),
            }),
        }
    }

    fn element(&self, written: &str) -> Result<Element, Unresolved> {
        if let Some((kind, id)) = written.split_once('.')
            && (KINDS.contains(&kind) || kind == "tank")
        {
            if kind == "tank" && self.index("hub", id).is_some() && self.index(kind, id).is_none() {
                return Err(Unresolved {
                    message: format!("hub `{id}` has no tank"),
                    label: "no tank".to_owned(),
                    help: format!("give `[hub.{id}]` a `tank`, or hit `hub.{id}` itself"),
                });
            }
            return self.index(kind, id).ok_or_else(|| self.unknown(written));
        }
        let found: Vec<Element> = KINDS
            .iter()
            .filter_map(|kind| self.index(kind, written))
            .collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(self.unknown(written)),
            _ => {
                let both: Vec<String> = found
                    .iter()
                    .map(|&element| format!("`{}`", self.qualified(element)))
                    .collect();
                Err(Unresolved {
                    message: format!("`{written}` may mean {}", both.join(" or ")),
                    label: "which of them?".to_owned(),
                    help: "write the one that is meant with its kind".to_owned(),
                })
            }
        }
    }

    fn unknown(&self, written: &str) -> Unresolved {
        let is_qualified = written.contains('.');
        let tanks = (0..self.model.hubs.len()).filter(|&hub| self.model.hubs[hub].tank.is_some());
        let always_qualified = tanks.map(Element::Tank).filter(|_| is_qualified);
        let all = self.all().chain(always_qualified);
        let services = self.model.services.iter().filter(|_| is_qualified);
        let known: Vec<String> = all
            .map(|element| self.qualified(element))
            .chain(services.map(|service| format!("{SERVICE}{}", service.id)))
            .filter(|_| self.report.has_time_to_guess())
            .collect();
        let words = known.iter().map(|word| {
            if is_qualified {
                word.as_str()
            } else {
                word.split_once('.').map_or("", |(_, id)| id)
            }
        });
        let of_service = format!("{SERVICE}{written}");
        let (label, help) = if self.service(&of_service).is_some() {
            let label = "no field, hub, market or link has this id";
            (label, "a service is written with its kind: `service.ID`")
        } else if written.starts_with(SERVICE) {
            ("no service has this id", "services are `[service.ID]`")
        } else if written.starts_with("tank.") {
            (
                "no hub has this id",
                "a tank is named by its hub: `tank.ID` of `[hub.ID]`",
            )
        } else {
            (
                "no field, hub, market or link has this id",
                "ids are those of `[field.ID]`, `[hub.ID]`, `[market.ID]` and `[link.ID]`; a tank is written `tank.ID` with the id of its hub, a service `service.ID`",
            )
        };
        Unresolved {
            message: format!(
                "unknown element `{}`",
                crate::scenario::problem::shown(written)
            ),
            label: label.to_owned(),
            help: self
                .report
                .did_you_mean(written, words)
                .unwrap_or_else(|| help.to_owned()),
        }
    }
}

/// Index of an id in a list that is sorted by id.
fn position<T>(list: &[T], id: &str, id_of: impl Fn(&T) -> &String) -> Option<usize> {
    list.binary_search_by(|item| id_of(item).as_str().cmp(id))
        .ok()
}
