//! Keys that several tables have.

use super::grammar::Need::Default;
use super::grammar::Shape::{List, Number, Strings, Table, Text};
use super::grammar::{Key, key};
use super::network::UNITS_TABLE;

pub(super) const NAME: Key = key("name", Text, Default("the id"), "Name for people.");
pub(super) const NOTE: Key = key("note", Text, Default("none"), "A remark; it has no effect.");
pub(super) const SOURCE: Key = key(
    "source",
    Strings,
    Default("none"),
    "Ids of `[source.ID]` tables that figures here come from.",
);
pub(super) const GRADE: Key = key(
    "grade",
    Text,
    Default("the scenario's"),
    "Id of the `[grade.ID]` by which tonnes here are barrels.",
);
pub(super) const GRADES: Key = key(
    "grades",
    Strings,
    Default("all"),
    "Ids of the grades that may be here; the others may not.",
);
pub(super) const COUNTRY: Key = key(
    "country",
    Text,
    Default("none"),
    "Country code, for selectors and results.",
);
pub(super) const AT: Key = key(
    "at",
    List(&Number, Some(2)),
    Default("none"),
    "Longitude and latitude in degrees, for maps.",
);
pub(super) const JURISDICTION: Key = key(
    "jurisdiction",
    Strings,
    Default("none"),
    "One or several jurisdictions it lies in, for selectors.",
);
pub(super) const UNITS: Key = key(
    "units",
    Table(&UNITS_TABLE),
    Default("one piece"),
    "Parallel units under the common capacity, each of which can fail alone.",
);
