//! What a specification is made of.

use crate::scenario::problem::listed;
use crate::scenario::quantity::Dimension;

/// A table with known keys.
pub(in crate::scenario) struct Spec {
    /// As in the headings of the documentation: `field.ID`.
    pub(in crate::scenario) name: &'static str,
    pub(in crate::scenario) doc: &'static str,
    pub(in crate::scenario) keys: &'static [Key],
}

/// A key.
pub(in crate::scenario) struct Key {
    pub(in crate::scenario) name: &'static str,
    pub(in crate::scenario) shape: Shape,
    pub(in crate::scenario) need: Need,
    pub(in crate::scenario) doc: &'static str,
}

/// Whether a key must be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Need {
    Required,
    /// With what holds if it is absent, as the documentation says it.
    Default(&'static str),
    /// Belongs to the format, but this version does not simulate it.
    Later,
    /// No key at all, but a word that people write for what the format says otherwise: how.
    Otherwise(&'static str),
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum Shape {
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of the first words; the second ones are known, but not simulated yet.
    WordsLater(&'static [&'static str], &'static [&'static str]),
    Bool,
    /// A whole number that is not negative.
    Count,
    /// Any number.
    Number,
    /// A number, or a table with its doubt.
    Quantified,
    /// A share in [0, 1], or a table with its doubt.
    Share,
    /// A string with a unit, or a table with its doubt.
    Quantity(Dimension),
    /// A rate, or rates by time.
    Profile,
    /// A distribution of a duration.
    TimeLaw,
    /// A distribution of a share.
    ShareLaw,
    /// A date, or a date with a time.
    Instant,
    /// A date, or any string.
    DateOrText,
    /// One string, or an array of strings.
    Strings,
    /// An array of values, with the number it must have if that is fixed.
    List(&'static Shape, Option<usize>),
    /// A table with known keys.
    Table(&'static Spec),
    /// A table with exactly one of the keys, and perhaps `note` and `source`.
    OneOf(&'static Spec),
    /// Tables by id.
    Elements(&'static Spec),
    /// Values by the id of an element of this kind.
    ById(&'static str, &'static Shape),
    /// The first that fits the kind of value.
    Either(&'static [Shape]),
    /// Known, but its content is not looked at.
    Anything,
}

pub(super) const fn key(name: &'static str, shape: Shape, need: Need, doc: &'static str) -> Key {
    Key {
        name,
        shape,
        need,
        doc,
    }
}

impl Key {
    /// Whether this version reads it.
    pub(in crate::scenario) fn is_read(&self) -> bool {
        !matches!(self.need, Need::Later | Need::Otherwise(_))
    }
}

impl Spec {
    pub(in crate::scenario) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Names of the keys that this version reads.
    pub(in crate::scenario) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys
            .iter()
            .filter(|key| key.is_read())
            .map(|key| key.name)
    }
}

impl Shape {
    /// The keys of a table that is a part of its element with properties of its own, so that a
    /// strategy may change one of them; other tables are one value written in several keys.
    pub(in crate::scenario) fn part(self) -> Option<&'static Spec> {
        match self {
            Self::Table(spec)
                if spec.name == super::network::TANK.name
                    || spec.name == super::network::FLEET.name =>
            {
                Some(spec)
            }
            _ => None,
        }
    }

    /// What is expected, for people.
    pub(in crate::scenario) fn expected(self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Words(words) | Self::WordsLater(words, _) => {
                format!(
                    "one of {}",
                    words
                        .iter()
                        .map(|w| format!("\"{w}\""))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            Self::Bool => "true or false".to_owned(),
            Self::Count => "a whole number that is not negative".to_owned(),
            Self::Number | Self::Quantified => "a number".to_owned(),
            Self::Share => "a share from 0 to 1".to_owned(),
            Self::Quantity(dimension) => {
                format!("{} such as \"{}\"", dimension.name(), dimension.example())
            }
            Self::Profile => "a rate such as \"860 kb/d\", or a profile".to_owned(),
            Self::TimeLaw => "a length of time such as \"36 h\", or a distribution".to_owned(),
            Self::ShareLaw => "a share from 0 to 1, or a distribution".to_owned(),
            Self::Instant => {
                "a date such as 2026-07-01, or a date-time such as 2026-07-01T06:00:00Z".to_owned()
            }
            Self::DateOrText => "a date or a string".to_owned(),
            Self::Strings => "a string or an array of strings".to_owned(),
            Self::List(_, Some(count)) => format!("an array of {count} values"),
            Self::List(_, None) => "an array".to_owned(),
            Self::Table(spec) | Self::OneOf(spec) => {
                format!("a table with {}", listed(spec.names()))
            }
            Self::Elements(_) => "tables by id".to_owned(),
            Self::ById(kind, value) => {
                format!("a table in which each {kind}'s id has {}", value.expected())
            }

            Self::Either(shapes) => shapes
                .iter()
                .map(|s| s.expected())
                .collect::<Vec<_>>()
                .join(", or "),
            Self::Anything => "a value".to_owned(),
        }
    }
}
