//! What a run found and where it came from: plain data, the only types that are written out.
//!
//! [`Summary`] is `summary.json`. Reports and charts see nothing else, so a chart can be drawn
//! again without a new run.

mod estimate;
mod stress;
mod summary;

pub use estimate::{Band, Epistemic, Metric, Metrics, Tail};
pub use stress::{Stress, StressEpoch, StressEvent, StressField, StressRoute, StressTank};
pub use summary::{
    Convergence, ConvergencePoint, Exceedance, ExceedancePoint, FORMAT, Fan, FanDoubt, LinkInfo,
    MonthlyRow, NetworkInfo, NodeInfo, RouteInfo, ScenarioInfo, StrategyInfo, StrategyResult,
    Summary, UncertainFigure, Uncertainty, Undisturbed,
};
