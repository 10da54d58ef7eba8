// What a C++ developer writes with LEMON: a solve for every state met.
//
//   lemon_loop simplex|preflow WORKLOAD MODE SECONDS SEED THREADS
//
// `simplex` is the network simplex (least cost), `preflow` push-relabel (the greatest flow alone).
// WORKLOAD is a plain-number file written by workload.py; SECONDS are of CPU time, for each thread.
// MODE `changes` solves whenever the state changes; `memo` also keeps a table of all states met. With
// stores every day is solved, whatever the mode. The last line printed is JSON.
#include <lemon/network_simplex.h>
#include <lemon/preflow.h>
#include <lemon/smart_graph.h>

#include <optional>

#include "monte_carlo.hpp"

using Graph = lemon::SmartDigraph;

// Minimum-cost circulation: a free arc closes the loop from sink to source, demand met is
// rewarded, stock gained is worth a little less. Arcs are the components, then for each store the
// one that fills it and the one that draws from it.
class Simplex {
 public:
  explicit Simplex(const Workload& load) : load_(load), cost_(graph_), upper_(graph_) {
    for (int i = 0; i < load.nodes; ++i) graph_.addNode();
    Whole most = 0;
    for (size_t i = 0; i < load.components.size(); ++i) {
      const auto& c = load.components[i];
      bool rewarded = i >= size_t(load.first_demand);
      add(c.tail, c.head, c.cost - (rewarded ? load.penalty : 0), c.up);
      most += c.up;
    }
    for (const auto& s : load.stores) {
      add(s.node, load.sink, -load.stock_value, 0);
      add(load.source, s.node, load.stock_value, 0);
      most += s.most_in;
    }
    add(load.sink, load.source, 0, most);
    simplex_.emplace(graph_);
    simplex_->costMap(cost_);
  }

  void set_capacity(size_t arc, Whole capacity) { upper_[arcs_[arc]] = capacity; }
  Whole flow(size_t arc) const { return simplex_->flow(arcs_[arc]); }

  void solve(Answer& answer) {
    simplex_->upperMap(upper_);
    if (simplex_->run() != Algorithm::OPTIMAL) {
      std::cerr << "a state was not solved\n";
      std::exit(3);
    }
    answer.met = answer.cost = 0;
    answer.outlets.clear();
    for (size_t i = 0; i < load_.components.size(); ++i) {
      Whole units = flow(i);
      answer.cost += units * load_.components[i].cost;
      if (i >= size_t(load_.first_demand)) {
        answer.met += units;
        answer.outlets.push_back(units);
      }
    }
  }

 private:
  using Algorithm = lemon::NetworkSimplex<Graph, Whole, Whole>;

  void add(int tail, int head, Whole cost, Whole upper) {
    auto arc = graph_.addArc(graph_.nodeFromId(tail), graph_.nodeFromId(head));
    cost_[arc] = cost;
    upper_[arc] = upper;
    arcs_.push_back(arc);
  }

  const Workload& load_;
  Graph graph_;
  Graph::ArcMap<Whole> cost_, upper_;
  std::vector<Graph::Arc> arcs_;
  std::optional<Algorithm> simplex_;  // made once the graph is whole
};

// The greatest flow, by pushing; only its value is asked for, so the first phase is enough.
class Preflow {
 public:
  explicit Preflow(const Workload& load) : upper_(graph_) {
    for (int i = 0; i < load.nodes; ++i) graph_.addNode();
    for (const auto& c : load.components)
      arcs_.push_back(graph_.addArc(graph_.nodeFromId(c.tail), graph_.nodeFromId(c.head)));
    preflow_.emplace(graph_, upper_, graph_.nodeFromId(load.source), graph_.nodeFromId(load.sink));
  }

  void set_capacity(size_t arc, Whole capacity) { upper_[arcs_[arc]] = capacity; }
  Whole flow(size_t) const { return 0; }

  void solve(Answer& answer) {
    preflow_->runMinCut();
    answer.met = preflow_->flowValue();
  }

 private:
  Graph graph_;
  Graph::ArcMap<Whole> upper_;
  std::vector<Graph::Arc> arcs_;
  std::optional<lemon::Preflow<Graph, Graph::ArcMap<Whole>>> preflow_;
};

int main(int argc, char** argv) {
  std::string solver = argc > 1 ? argv[1] : "";
  if (argc != 7 || (solver != "simplex" && solver != "preflow")) {
    std::cerr << "lemon_loop simplex|preflow WORKLOAD changes|memo SECONDS SEED THREADS\n";
    return 2;
  }
  auto run = solver == "simplex" ? play<Simplex> : play<Preflow>;
  return run(argv[2], argv[3], std::stod(argv[4]), std::stoull(argv[5]), std::stoul(argv[6]));
}
