//! The result of an explanation: what happened in one replication, and why.

use serde::{Deserialize, Serialize};

use super::{CourseEpoch, CourseField, CourseRoute, CourseTank, ScenarioInfo};

/// The story of one replication.
///
/// Instants are seconds since the scenario's start. Volumes are those that a run of this one
/// replication reports, to the barrel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// `keruen-story/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Names of the strategies applied.
    pub strategies: Vec<String>,
    /// Seed of all random streams.
    pub seed: u64,
    /// Number of the replication.
    pub replication: u64,
    /// How it was picked.
    pub pick: StoryPick,
    /// What fields planned, bbl.
    pub planned_bbl: i64,
    /// Delivered, bbl.
    pub delivered_bbl: i64,
    /// Planned − delivered, bbl.
    pub undelivered_bbl: i64,
    /// Delivered if nothing goes wrong, bbl.
    pub undisturbed_delivered_bbl: i64,
    /// Produced if nothing goes wrong − produced, bbl: what [`Self::causes`] share.
    pub lost_production_bbl: i64,
    /// Planned − produced if nothing goes wrong, bbl: undelivered = this + lost production + stored.
    pub undisturbed_shut_in_bbl: i64,
    /// Lost to the fields' own outages, bbl.
    pub field_outage_bbl: i64,
    /// Lost to damage by earlier stops, bbl.
    #[serde(default)]
    pub damaged_bbl: i64,
    /// Withheld for quotas, bbl.
    #[serde(default)]
    pub quota_cut_bbl: i64,
    /// Could be produced and had nowhere to go, bbl.
    pub shut_in_bbl: i64,
    /// Change of stock, bbl.
    pub stored_bbl: i64,
    /// Hours from leaving the band around plan to lasting return; `None` if it never left or has
    /// not returned by the horizon.
    pub time_to_recover_hours: Option<f64>,
    /// Whether it left the band and had not returned by the horizon.
    pub not_recovered: bool,
    /// To which hazards the loss is laid, the largest first; what none blocks at that time is
    /// under the id `after-effects`, which comes last.
    pub causes: Vec<StoryCause>,
    /// When which regime began, in order; empty without regimes.
    pub regimes: Vec<StoryRegime>,
    /// What went wrong, in order of time.
    pub disruptions: Vec<StoryDisruption>,
    /// What limited deliveries, in order of time.
    pub bottlenecks: Vec<StoryBottleneck>,
    /// What went into and out of tanks, in order of time.
    pub tank_phases: Vec<StoryTankPhase>,
    /// Fields that had to shut in, in order of time.
    pub shut_ins: Vec<StoryShutIn>,
    /// Times in which deliveries stayed below plan, in order of time.
    pub shortfalls: Vec<StoryShortfall>,
    /// Routes, in the order of [`CourseEpoch::routes_bpd`].
    pub routes: Vec<CourseRoute>,
    /// Tanks, in the order of [`CourseEpoch::stocks_bbl`].
    pub tanks: Vec<CourseTank>,
    /// Fields, in the order of [`CourseEpoch::produced_bpd`].
    pub fields: Vec<CourseField>,
    /// Times between two events, in order, from the start of the horizon to its end.
    pub epochs: Vec<CourseEpoch>,
}

/// How a replication was picked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum StoryPick {
    /// By its number.
    Number,
    /// As the one with the most undelivered.
    Worst(StoryStanding),
    /// As the one whose undelivered is a quantile of all.
    Quantile {
        /// The probability, 0 to 1.
        probability: f64,
        /// Where it stands.
        #[serde(flatten)]
        standing: StoryStanding,
    },
}

impl StoryPick {
    /// Where it stands among the replications it was picked from; `None` if it was picked by its
    /// number.
    #[must_use]
    pub fn standing(&self) -> Option<&StoryStanding> {
        match self {
            Self::Number => None,
            Self::Worst(standing) | Self::Quantile { standing, .. } => Some(standing),
        }
    }
}

/// Where a replication stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryStanding {
    /// Replications it was picked from, 0 to one less than this.
    pub among: u64,
    /// Rank by undelivered, from 1 for the worst.
    pub rank: u64,
    /// Replications with just as much undelivered, itself included.
    pub equals: u64,
}

/// What one hazard did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryCause {
    /// Id of the hazard, or `after-effects`.
    pub hazard: String,
    /// Its name.
    pub name: String,
    /// Its class; empty for after-effects.
    pub class: String,
    /// Number of events; one may disrupt several elements.
    pub events: i64,
    /// Time in which at least one of its disruptions was at work, hours.
    pub active_hours: f64,
    /// Lost production laid to it, bbl.
    pub attributed_bbl: i64,
}

/// From when on which regime held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryRegime {
    /// When it began.
    pub start_seconds: i64,
    /// Its name.
    pub regime: String,
}

/// One disruption.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryDisruption {
    /// Id of the hazard.
    pub hazard: String,
    /// Qualified id of what was hit: `link.spm#2`.
    pub target: String,
    /// Name of what was hit.
    pub target_name: String,
    /// When it began.
    pub start_seconds: i64,
    /// When it ended, at most the horizon.
    pub end_seconds: i64,
    /// Share of capacity left meanwhile.
    pub left: f64,
    /// Whether it is the first of its event; an event may hit several targets.
    pub is_first: bool,
    /// Lost production laid to it, bbl.
    pub attributed_bbl: i64,
}

/// A time in which one more barrel a day of one element's capacity would have been delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryBottleneck {
    /// Qualified id: `link.spm`.
    pub element: String,
    /// Its name.
    pub name: String,
    /// When it began.
    pub start_seconds: i64,
    /// When it ended.
    pub end_seconds: i64,
}

/// What a tank does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TankPhase {
    /// More goes in than out.
    Fills,
    /// It is full and stays so.
    Full,
    /// More goes out than in.
    Empties,
}

/// A time in which a tank does one thing; where it holds what it has without being full, there is
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryTankPhase {
    /// Id of its hub.
    pub tank: String,
    /// What it does.
    pub phase: TankPhase,
    /// When it begins.
    pub start_seconds: i64,
    /// When it ends.
    pub end_seconds: i64,
    /// Contents at its beginning, bbl.
    pub from_bbl: i64,
    /// Contents at its end, bbl.
    pub to_bbl: i64,
}

/// An unbroken time in which a field shut in more than it does if nothing goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryShutIn {
    /// Id of the field.
    pub field: String,
    /// When it began.
    pub start_seconds: i64,
    /// When it ended.
    pub end_seconds: i64,
    /// Shut in beyond what is shut in if nothing goes wrong, bbl.
    pub volume_bbl: i64,
    /// The most of that at any time, b/d.
    pub most_bpd: i64,
}

/// A time in which deliveries stayed below plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryShortfall {
    /// When it began.
    pub start_seconds: i64,
    /// When it ended; gaps that are too short to count are within it.
    pub end_seconds: i64,
    /// Volume below plan in it, bbl.
    pub undelivered_bbl: i64,
    /// Greatest share of plan missing, 0 to 1.
    pub deepest_cut: f64,
}
