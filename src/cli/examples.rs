//! Examples that `--help` shows below each command.

pub(super) const KERUEN: &str = "Examples:
  keruen init my-study                          write a small scenario to start from
  keruen check my-study/scenario.toml           is the file right, and what does it describe?
  keruen run my-study/scenario.toml             how much gets through, how bad is a bad year?

Exit codes: 0 done, 1 a bug, 2 wrong arguments, 3 invalid scenario, 4 a file could not be read
or written, 130 interrupted.";

pub(super) const RUN: &str = "Examples:
  keruen run scenarios/kazakhstan.toml
  keruen run scenarios/kazakhstan.toml -n 100000 --seed 7 --out results --overwrite
  keruen run scenarios/kazakhstan.toml --with scenarios/strategies/btc-7.toml
  keruen run scenarios/kazakhstan.toml --set scenario.horizon='2 yr' --stop undelivered=0.01
  keruen run scenarios/kazakhstan.toml --strata -n 20000
  keruen run scenarios/kazakhstan.toml --strata=sanctions,russia-transit-halt --json | jq '.strata.figures'
  keruen run scenarios/kazakhstan.toml --json | jq '.strategies[0].metrics.undelivered'";

pub(super) const STRESS: &str = "Examples:
  keruen stress scenarios/kazakhstan.toml --close link.spm --from 2026-01-10 --for '10 d'
  keruen stress scenarios/kazakhstan.toml \\
      --close link.spm#1 --from 2026-01-10 --for '60 d' \\
      --close link.spm#2 --from 2026-01-10 --for '60 d'
  keruen stress scenarios/kazakhstan.toml --case scenarios/stress/b03-storm-2023-11.toml";

pub(super) const COMPARE: &str = "Examples:
  keruen compare scenarios/diversification.toml
  keruen compare scenarios/kazakhstan.toml -n 4000 \\
      --with scenarios/strategies/btc-7.toml \\
      --with scenarios/strategies/btc-7.toml+scenarios/strategies/kcts.toml
  keruen compare scenarios/diversification.toml --stop undelivered=0.01 --out compared --overwrite
  keruen compare scenarios/diversification.toml --json | jq '.comparisons[] | {of, undelivered: .metrics.undelivered}'";

pub(super) const FIT: &str = "Examples:
  keruen fit scenarios/logs/cpc-marine-attacks.csv --from 2025-01-01 --until 2026-05-01
  keruen fit outages.csv --from 2019-01-01 --until 2026-01-01 --longer-than '1 d' --by target
  keruen fit attacks.csv --from 2024-01-01 --until 2026-01-01 --campaign yes --source attack-log
  keruen fit attacks.csv --from 2024-01-01 --until 2026-01-01 --json | jq '.groups[0].rate'";

pub(super) const EXPLAIN: &str = "Examples:
  keruen explain scenarios/kazakhstan.toml --replication 17
  keruen explain scenarios/kazakhstan.toml --worst -n 2000
  keruen explain scenarios/kazakhstan.toml --quantile 0.95 --json | jq '.causes'";

pub(super) const BACKTEST: &str = "Example:
  keruen backtest scenarios/backtest.toml";

pub(super) const EXACT: &str = "Examples:
  keruen exact scenarios/twelve_parts.toml
  keruen exact scenarios/twelve_parts.toml -n 20000 --json | jq '.agreement'
  keruen exact scenarios/twelve_parts.toml --states 5000000 --no-simulation";

pub(super) const RANK: &str = "Examples:
  keruen rank scenarios/kazakhstan.toml --by shadow-price
  keruen rank scenarios/kazakhstan.toml -n 4000 --tank-step 0.1 --out worth --overwrite
  keruen rank scenarios/two_routes.toml --step 10 --json | jq '.elements[0]'
  keruen rank scenarios/kazakhstan.toml --by importance
  keruen rank scenarios/kazakhstan.toml --by shapley --players classes
  keruen rank scenarios/kazakhstan.toml --by shapley --orders 40 -n 500 --json | jq '.players[0]'
  keruen rank scenarios/kazakhstan.toml --by recovery --with scenarios/strategies/cpc-storage.toml";

pub(super) const OPTIMISE: &str = "Examples:
  keruen optimise study.toml --budget '200 MUSD'
  keruen optimise scenarios/kazakhstan.toml --budget '40 MUSD' --by mean -n 5000 \\
      --with scenarios/strategies/btc-7.toml --with scenarios/strategies/rail-cars.toml
  keruen optimise study.toml --value '40 USD/bbl' --timing '2 yr' --enough '30 Mb'
  keruen optimise study.toml --cost-of kcts='3 bnUSD' --without druzhba --json | jq '.best'";
pub(super) const SENSITIVITY: &str = "Examples:
  keruen sensitivity scenarios/kazakhstan.toml
  keruen sensitivity scenarios/kazakhstan.toml --with scenarios/strategies/btc-7.toml --rows 0
  keruen sensitivity scenarios/kazakhstan.toml --trajectories 0 --value 40 \\
      --choose scenarios/strategies/cpc-storage.toml --choose scenarios/strategies/tankers-10.toml
  keruen sensitivity scenarios/two_routes.toml --json | jq '.tornado.figures[0]'";

pub(super) const CURVE: &str = "Examples:
  keruen curve scenarios/two_routes.toml --of link.northern-line.capacity --from '0 kb/d' --to '600 kb/d'
  keruen curve scenarios/kazakhstan.toml --of hub.cpc-terminal.tank.capacity --sizes '6 Mb, 8 Mb, 10 Mb'
  keruen curve scenarios/kazakhstan.toml --firm scenarios/strategies/btc-7.toml";

pub(super) const WORST: &str = "Examples:
  keruen worst scenarios/kazakhstan.toml -k 2
  keruen worst scenarios/kazakhstan.toml -k 3 --among links --units --for '10 d' --for '60 d'
  keruen worst scenarios/kazakhstan.toml --among spm,link.atyrau-bolshoy-chagan,hub.aktau
  keruen worst scenarios/twelve_parts.toml -k 3 --down-state hazards --json | jq '.sizes[2].worst[0]'";

pub(super) const CHECK: &str = "Examples:
  keruen check scenarios/kazakhstan.toml
  keruen check scenarios/kazakhstan.toml --with scenarios/strategies/btc-7.toml --json
  keruen check scenarios/kazakhstan.toml --dot | dot -Tsvg > network.svg";

pub(super) const SCHEMA: &str = "Example:
  keruen schema > keruen.schema.json
  # then begin a scenario with the line  #:schema ./keruen.schema.json";

pub(super) const INIT: &str = "Example:
  keruen init my-study && keruen run my-study/scenario.toml";

pub(super) const REPORT: &str = "Examples:
  keruen report keruen-out/kazakhstan
  keruen report keruen-out/kazakhstan --format html,md --figures exceedance,losses
  keruen report keruen-out/kazakhstan --theme dark --png-width 2400";

pub(super) const EXPORT: &str = "Examples:
  keruen export keruen-out/kazakhstan --format geojson --out network.geojson
  keruen export keruen-out/kazakhstan --out network.graphml --overwrite
  keruen export scenarios/kazakhstan.toml --format dot | neato -Tsvg > network.svg";

pub(super) const COMPLETIONS: &str = "Example:
  keruen completions bash > ~/.local/share/bash-completion/completions/keruen";
