//! Examples that `--help` shows below each command.

pub(super) const RUN: &str = "Examples:
  keruen run scenarios/kazakhstan.toml
  keruen run scenarios/kazakhstan.toml -n 100000 --seed 7 --out results --overwrite
  keruen run scenarios/kazakhstan.toml --with scenarios/strategies/btc-7.toml
  keruen run scenarios/kazakhstan.toml --set scenario.horizon='2 yr' --stop undelivered=0.01
  keruen run scenarios/kazakhstan.toml --json | jq '.strategies[0].metrics.undelivered'";

pub(super) const STRESS: &str = "Examples:
  keruen stress scenarios/kazakhstan.toml --close link.spm --from 2026-01-10 --for '10 d'
  keruen stress scenarios/kazakhstan.toml \\
      --close link.spm#1 --from 2026-01-10 --for '60 d' \\
      --close link.spm#2 --from 2026-01-10 --for '60 d'
  keruen stress scenarios/kazakhstan.toml --case scenarios/stress/b03-storm-2023-11.toml";

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
  keruen rank scenarios/two_routes.toml --step 10 --json | jq '.elements[0]'";

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

pub(super) const REPORT: &str = "Example:
  keruen report keruen-out/kazakhstan";

pub(super) const COMPLETIONS: &str = "Example:
  keruen completions bash > ~/.local/share/bash-completion/completions/keruen";
