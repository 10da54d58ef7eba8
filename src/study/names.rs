//! What elements are called in results.

use crate::model::{Element, Model};

/// The qualified id and the name of an element.
pub(super) fn named(model: &Model, element: Element) -> (String, String) {
    let (kind, id, name) = match element {
        Element::Field(at) => ("field", &model.fields[at].id, &model.fields[at].name),
        Element::Hub(at) | Element::Tank(at) => ("hub", &model.hubs[at].id, &model.hubs[at].name),
        Element::Market(at) => ("market", &model.markets[at].id, &model.markets[at].name),
        Element::Link(at) => ("link", &model.links[at].id, &model.links[at].name),
    };
    (format!("{kind}.{id}"), name.clone())
}
