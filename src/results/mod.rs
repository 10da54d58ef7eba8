//! What a run found and where it came from: plain data, the only types that are written out.
//!
//! [`Summary`] is `summary.json`. Reports and charts see nothing else, so a chart can be drawn
//! again without a new run.

mod course;
mod estimate;
mod story;
mod stress;
mod summary;

pub use course::{CourseEpoch, CourseField, CourseRoute, CourseTank};
pub use estimate::{Metric, Metrics, Tail};
pub use story::{
    Story, StoryBottleneck, StoryCause, StoryDisruption, StoryPick, StoryRegime, StoryShortfall,
    StoryShutIn, StoryStanding, StoryTankPhase, TankPhase,
};
pub use stress::{Stress, StressEvent};
pub use summary::{
    Convergence, ConvergencePoint, Exceedance, ExceedancePoint, FORMAT, Fan, LinkInfo, MonthlyRow,
    NetworkInfo, NodeInfo, RouteInfo, ScenarioInfo, StrategyInfo, StrategyResult, Summary,
    Undisturbed,
};
