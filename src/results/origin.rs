//! Where results come from: the command, and the figures behind them with their sources.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the file `origin.json` holds: written beside every result, so that a report can say how to
/// have it again and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `keruen-origin/1`.
    pub format: String,
    /// The command in words for a shell, without options that change no number.
    pub command: String,
    /// What scenarios and strategies state in figures, in the order of the files.
    pub figures: Vec<OriginFigure>,
    /// Remarks on tables as a whole, by path: `link.atyrau-samara`.
    pub remarks: BTreeMap<String, String>,
    /// Sources that are cited, by id.
    pub sources: BTreeMap<String, OriginSource>,
}

/// A figure of a scenario, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginFigure {
    /// Where it stands: `field.tengiz.plan`.
    pub path: String,
    /// The id of the strategy that sets it; `None` for the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// Its value.
    pub value: String,
    /// Low end of what it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// High end of what it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// What is known of its doubt: `range`, `events in exposure` or `events in trials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Ids of its sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a figure comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginSource {
    /// Title.
    pub title: String,
    /// Publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Date as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
