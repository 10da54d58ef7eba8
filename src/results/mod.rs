//! What a run found and where it came from: plain data, the only types that are written out.
//!
//! [`Summary`] is `summary.json`. Reports and charts see nothing else, so a chart can be drawn
//! again without a new run.

mod backtest;
mod bound;
mod by_month;
mod comparison;
mod course;
mod curve;
mod estimate;
mod exact;
mod fit;
mod importance;
mod money;
mod optimise;
mod origin;
mod quota;
mod rank;
mod recovery;
mod sensitivity;
mod shapley;
mod splits;
mod story;
mod strata;
mod stress;
mod summary;
mod worst;

pub use backtest::{
    Backtest, BacktestEpisode, BacktestForecast, BacktestRow, BacktestScore, BacktestVariant,
};
pub use bound::{Bound, BoundFigure};
pub use by_month::{LinkMonths, MonthsOfLink, TankFan};
pub use comparison::{
    ComparedCost, ComparedMetric, ComparedOrder, ComparedRegime, Comparison, ControlledDifference,
    Retention, Retentions,
};
pub use course::{CourseEpoch, CourseField, CourseRoute, CourseTank};
pub use curve::{Curve, CurveLoss, CurvePoint, CurveSizes, FirmAnswer, FirmEquivalent, FirmPoint};
pub use estimate::{Band, Controlled, Epistemic, Metric, Metrics, Tail};
pub use exact::{
    Exact, ExactAgreement, ExactBottleneck, ExactComponent, ExactImportance, ExactLevel,
    ExactLongRun, ExactRisk, ExactRow, ExactShortfall, ExactSpread, ExactStart, ExactStates,
};
pub use fit::{
    Bounded, CampaignFit, DurationFit, Fit, FitGroup, LawFit, LeftFit, Parameter, RateFit,
    SeasonFit,
};
pub use importance::{Importance, ImportanceMeasures, ImportanceRow};
pub use money::{AtRisk, Money, ObjectiveOutcome};
pub use optimise::{
    GivenUp, NotToldApart, OnFrontier, Optimise, OptimiseAxis, OptimiseBest, OptimiseOption,
    OptimiseOverlap, OptimiseRegret, OptimiseRules, OptimiseScreening, OptimiseStage,
    OptimiseTiming, Portfolio, RegretTable, TimingBetween, TimingStep,
};
pub use origin::{Origin, OriginFigure, OriginSource};
pub use quota::{QuotaMonth, UndisturbedQuota};
pub use rank::{Rank, RankElement, RankEstimate, RankPlayed, RankTank};
pub use recovery::{Exposure, RecoveryRow, TimesToRecover};
pub use sensitivity::{
    Decision, DecisionAlternative, DecisionFigure, DecisionValue, IndexFigure, Indices, Screening,
    ScreeningFigure, Sensitivity, Tornado, TornadoFigure, TornadoLevel,
};
pub use shapley::{Shapley, ShapleyPlayer, ShapleyShare, ShapleyTotal};
pub use splits::{GradeTreatment, RouteRange};
pub use story::{
    Story, StoryBottleneck, StoryCause, StoryDisruption, StoryPick, StoryRegime, StoryShortfall,
    StoryShutIn, StoryStanding, StoryTankPhase, TankPhase,
};
pub use strata::{Strata, StrataFigure, StrataHazard, StrataKind};
pub use stress::{Stress, StressEvent};
pub use summary::{
    ControlVariates, Convergence, ConvergencePoint, Exceedance, ExceedancePoint, FORMAT, Fan,
    FanDoubt, LinkInfo, MonthlyRow, NetworkInfo, NodeInfo, RouteInfo, ScenarioInfo, StrategyInfo,
    StrategyResult, Summary, UncertainFigure, Uncertainty, Undisturbed,
};
pub use worst::{
    Worst, WorstAway, WorstCause, WorstCommon, WorstElement, WorstOutage, WorstOverTime,
    WorstPairs, WorstSet, WorstSize,
};
