//! By which methods results come about, short, with their literature.

/// A method, as a page names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// What is done.
    pub text: &'static str,
    /// Where it comes from.
    pub references: &'static [&'static str],
}

const PHILOX: &str =
    "Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy as 1, 2, 3";
const FLOWS: &str = "Ahuja, Magnanti and Orlin 1993, Network Flows";
const TAILS: &str =
    "Rockafellar and Uryasev 2002, Conditional value-at-risk for general loss distributions";
const TAIL_ERRORS: &str = "Trindade, Uryasev, Shapiro and Zrazhevsky 2007, Financial prediction with constrained tail risk";
const BINOMIAL: &str = "Clopper and Pearson 1934, The use of confidence or fiducial limits illustrated in the case \
                        of the binomial";
const HOLM: &str = "Holm 1979, A simple sequentially rejective multiple test procedure";
const DOMINANCE: &str = "Barrett and Donald 2003, Consistent tests for stochastic dominance";
const BIRNBAUM: &str =
    "Birnbaum 1969, On the importance of different components in a multicomponent system";
const VESELY: &str =
    "Vesely et al. 1983, Measures of Risk Importance and Their Applications, NUREG/CR-3385";

/// How futures are played.
pub(super) const SIMULATION: Method = Method {
    text: "Each replication is one possible future: random disruptions, seasons and regimes are drawn from counter-based \
           streams with a name for each process, and at every event the flows are allocated anew on the network that \
           is left, by priority, then as much as possible, then at least cost. Between two events every flow is \
           constant, so there is no error of a time step. The books balance to the barrel.",
    references: &[PHILOX, FLOWS],
};

/// How means and tails are estimated.
pub(super) const ESTIMATES: Method = Method {
    text: "Means have the standard error of independent replications. CVaR is the mean of the worst part of them, with \
           the error of its influence values. Bands of exceedance curves are exact binomial intervals of 95 %; they say \
           what more replications would narrow, not what is unknown about the inputs.",
    references: &[BINOMIAL, TAILS, TAIL_ERRORS],
};

/// How figures in doubt are drawn.
pub(super) const DOUBT: Method = Method {
    text: "Figures in doubt are drawn too: ranges as laws whose 5 % and 95 % points they are, counted events as \
           posteriors. Nested draws tell what chance does from what is not known.",
    references: &[
        "Atwood et al. 2003, Handbook of Parameter Estimation for Probabilistic Risk Assessment, NUREG/CR-6823",
        "Searle, Casella and McCulloch 1992, Variance Components",
        "Sun, Apley and Staum 2011, Efficient nested simulation for estimating the variance of a conditional expectation",
    ],
};

/// How strategies are compared.
pub(super) const COMPARISON: Method = Method {
    text: "All strategies meet the same disruptions (common random numbers), so differences are paired and have their \
           own errors. Tests among several strategies are adjusted after Holm; who would prefer a strategy is told \
           by tests of stochastic dominance.",
    references: &[HOLM, DOMINANCE],
};

/// How one future is told.
pub(super) const STORY: Method = Method {
    text: "One future is followed from event to event. A loss is laid to the disruptions that hold at the time it \
           arises, by what each takes away.",
    references: &[],
};

/// How a stress is played.
pub(super) const STRESS: Method = Method {
    text: "Nothing is random: the stated closures happen and nothing else does. Flows are allocated as in a run, and \
           compared with those of the undisturbed scenario.",
    references: &[FLOWS],
};

/// What capacity is worth.
pub(super) const SHADOW_PRICES: Method = Method {
    text: "What one more barrel a day of capacity would deliver is the derivative of the greatest flow, averaged over \
           the states of all futures; what it earns comes from allocating again with a small step more.",
    references: &[FLOWS],
};

/// Importance measures.
pub(super) const IMPORTANCE: Method = Method {
    text: "The same futures are played with each hazard or element never failing, and with it always down. Birnbaum's \
           measure is the difference of the two, Fussell–Vesely the share of the loss that goes if it never fails.",
    references: &[BIRNBAUM, VESELY],
};

/// Fair shares.
pub(super) const SHAPLEY: Method = Method {
    text: "Each player's share is what it adds to the loss, averaged over the orders in which players may join; shares \
           add up to the whole.",
    references: &[
        "Shapley 1953, A value for n-person games",
        "Castro, Gómez and Tejada 2009, Polynomial calculation of the Shapley value based on sampling",
    ],
};

/// Times to recover and to survive.
pub(super) const RECOVERY: Method = Method {
    text: "How long outages last is read off the drawn timelines; how long nothing falls short is a linear program \
           over the stocks and ways that are left.",
    references: &[
        "Simchi-Levi, Schmidt and Wei 2014, From superstorms to factory fires: managing unpredictable supply-chain \
         disruptions",
        "Simchi-Levi et al. 2015, Identifying risks and mitigating disruptions in the automotive supply chain",
    ],
};

/// The worst sets.
pub(super) const WORST: Method = Method {
    text: "All sets of each size are decided on, by solving the network without them or by a bound read off flows; \
           what comes to the same counts once. Outages that end are played with tanks, lags and restarts.",
    references: &[
        "Wood 1993, Deterministic network interdiction",
        "Brown, Carlyle, Salmerón and Wood 2006, Defending critical infrastructure",
    ],
};

/// Portfolios.
pub(super) const PORTFOLIOS: Method = Method {
    text: "All portfolios that keep the rules are screened in growing numbers of futures and given up only when another \
           that costs no more is shown to be better; what is left is played in many futures that screening has not seen. \
           Cost is investment with interest while building, as equal payments over its lifetime, and running cost.",
    references: &[
        "Kim and Nelson 2001, A fully sequential procedure for indifference-zone selection in simulation",
        HOLM,
        TAILS,
    ],
};

/// Regret.
pub(super) const REGRET: Method = Method {
    text: "Where cases have no probability, portfolios are held against each case: regret is how much worse one is \
           than the best of that case.",
    references: &[
        "Savage 1951, The theory of statistical decision",
        "Dixit and Pindyck 1994, Investment under Uncertainty",
    ],
};

/// Sensitivity.
pub(super) const SENSITIVITY: Method = Method {
    text: "Each figure in doubt is set to its ends while all others stay (tornado), moved wherever the others stand \
           (elementary effects), and given its share of the variance (Sobol' indices), in the same futures.",
    references: &[
        "Morris 1991, Factorial sampling plans for preliminary computational experiments",
        "Campolongo, Cariboni and Saltelli 2007, An effective screening design for sensitivity analysis of large models",
        "Saltelli et al. 2010, Variance based sensitivity analysis of model output",
        "Jansen 1999, Analysis of variance designs for model output",
    ],
};

/// Value of information.
pub(super) const INFORMATION: Method = Method {
    text: "What it is worth to know a figure before choosing is the gain of deciding by it, from regressions tried on \
           draws they were not fitted to.",
    references: &[
        "Raiffa and Schlaifer 1961, Applied Statistical Decision Theory",
        "Strong, Oakley and Brennan 2014, Estimating multiparameter partial expected value of perfect information \
         from a probabilistic sensitivity analysis sample",
    ],
};

/// Sizes.
pub(super) const SIZES: Method = Method {
    text: "The same futures are played at every size, so that differences are paired.",
    references: &[],
};

/// Firm equivalents.
pub(super) const FIRM: Method = Method {
    text: "The firm equivalent of a risky option is the capacity of a way that never fails and leaves as much \
           undelivered, sought in the same futures.",
    references: &["Garver 1966, Effective load carrying capability of generating units"],
};

/// Back-tests.
pub(super) const BACKTEST: Method = Method {
    text: "Recorded disruptions are replayed and held against what was observed; forecasts are scored by the continuous \
           ranked probability score against simple references.",
    references: &[
        "Gneiting and Raftery 2007, Strictly proper scoring rules, prediction, and estimation",
        "Ferro 2014, Fair scores for ensemble forecasts",
    ],
};

/// Exact answers.
pub(super) const EXACT: Method = Method {
    text: "All joint states of the network's processes are gone through, with states that cannot be told apart merged; \
           the long run of each process is known in closed form. The same scenario is simulated beside.",
    references: &[
        "Barlow and Proschan 1975, Statistical Theory of Reliability and Life Testing",
        "Takács 1962, Introduction to the Theory of Queues",
        BIRNBAUM,
        VESELY,
    ],
};
