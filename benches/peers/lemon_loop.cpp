// What a C++ developer writes with LEMON: a network simplex solved for every state met.
//
//   lemon_loop WORKLOAD MODE SECONDS SEED THREADS
//
// WORKLOAD is a plain-number file written by workload.py. MODE `changes` solves whenever the state
// changes; `memo` also keeps a table of all states met. With stores every day is solved, whatever
// the mode. The last line printed is JSON.
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

using Whole = std::int64_t;
using Clock = std::chrono::steady_clock;

struct Component {
  int tail, head;
  Whole cost, up, down;
  double unavailability;
  double log_stay[2];  // logarithm of the chance to stay another day, while up and while down
};

struct Store {
  int node;
  Whole volume, initial, most_in, most_out;
};

struct Workload {
  std::string name;
  int days, nodes, source, sink, first_demand;
  Whole penalty, stock_value, demand = 0;
  std::vector<Component> components;
  std::vector<Store> stores;

  explicit Workload(const char* path) {
    std::ifstream in(path);
    size_t count = 0, store_count = 0;
    in >> name >> days >> penalty >> stock_value >> nodes >> source >> sink >> count >>
        first_demand >> store_count;
    if (!in) fail(path);
    components.resize(count);
    stores.resize(store_count);
    for (auto& c : components) {
      double fails, is_repaired;
      in >> c.tail >> c.head >> c.cost >> c.up >> c.down >> c.unavailability >> fails >> is_repaired;
      c.log_stay[0] = std::log1p(-fails);
      c.log_stay[1] = std::log1p(-is_repaired);
    }
    for (auto& s : stores) in >> s.node >> s.volume >> s.initial >> s.most_in >> s.most_out;
    if (!in) fail(path);
    for (size_t i = first_demand; i < count; ++i) demand += components[i].up;
  }

  [[noreturn]] static void fail(const char* path) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
};

// What one state gives: demand met, cost, flow to each outlet.
struct Answer {
  Whole met = 0, cost = 0;
  std::vector<Whole> outlets;
};

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
  using Graph = lemon::SmartDigraph;
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

struct Totals {
  std::vector<double> unserved, cost, outlets;
  Whole solves = 0;
};

class Worker {
 public:
  Worker(const Workload& load, bool remembers, std::uint64_t seed)
      : load_(load), simplex_(load), rng_(seed), remembers_(remembers && load.stores.empty()),
        is_down_(load.components.size()), changes_(load.days) {}

  void year(Totals& totals) {
    sample();
    std::vector<Whole> stock;
    for (const auto& s : load_.stores) stock.push_back(s.initial);
    double unserved = 0, cost = 0;
    Answer fresh;
    const Answer* now = nullptr;
    for (int day = 0; day < load_.days; ++day) {
      for (size_t c : changes_[day]) set(c, !is_down_[c]);
      if (day == 0 || !changes_[day].empty() || !stock.empty()) now = settle(stock, fresh, totals);
      unserved += double(load_.demand - now->met);
      cost += double(now->cost);
      for (size_t k = 0; k < now->outlets.size(); ++k) totals.outlets[k] += double(now->outlets[k]);
    }
    totals.unserved.push_back(unserved);
    totals.cost.push_back(cost);
  }

 private:
  void set(size_t index, bool is_down) {
    const auto& c = load_.components[index];
    is_down_[index] = is_down;
    simplex_.set_capacity(index, is_down ? c.down : c.up);
  }

  void sample() {
    for (auto& day : changes_) day.clear();
    for (size_t i = 0; i < load_.components.size(); ++i) {
      const auto& c = load_.components[i];
      bool is_down = uniform_(rng_) < c.unavailability;
      set(i, is_down);
      for (double day = 0;;) {
        day += 1 + std::floor(std::log(1.0 - uniform_(rng_)) / c.log_stay[is_down]);
        if (day >= load_.days) break;
        changes_[size_t(day)].push_back(i);
        is_down = !is_down;
      }
    }
  }

  const Answer* settle(std::vector<Whole>& stock, Answer& fresh, Totals& totals) {
    if (remembers_) {
      auto [found, is_new] = memo_.try_emplace(is_down_);
      if (is_new) {
        simplex_.solve(found->second);
        ++totals.solves;
      }
      return &found->second;
    }
    size_t first = load_.components.size();
    for (size_t s = 0; s < stock.size(); ++s) {
      const auto& store = load_.stores[s];
      simplex_.set_capacity(first + 2 * s, std::min(store.most_in, store.volume - stock[s]));
      simplex_.set_capacity(first + 2 * s + 1, std::min(store.most_out, stock[s]));
    }
    simplex_.solve(fresh);
    ++totals.solves;
    for (size_t s = 0; s < stock.size(); ++s)
      stock[s] += simplex_.flow(first + 2 * s) - simplex_.flow(first + 2 * s + 1);
    return &fresh;
  }

  const Workload& load_;
  Simplex simplex_;
  std::mt19937_64 rng_;
  std::uniform_real_distribution<double> uniform_{0.0, 1.0};
  bool remembers_;
  std::vector<bool> is_down_;
  std::vector<std::vector<size_t>> changes_;
  std::unordered_map<std::vector<bool>, Answer> memo_;
};

double cpu_seconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

struct Estimate {
  double mean = 0, error = 0;
  explicit Estimate(const std::vector<double>& values) {
    double n = double(values.size()), square = 0;
    for (double v : values) mean += v / n;
    for (double v : values) square += (v - mean) * (v - mean);
    if (n > 1) error = std::sqrt(square / (n - 1) / n);
  }
};

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "lemon_loop WORKLOAD changes|memo SECONDS SEED THREADS\n";
    return 2;
  }
  Workload load(argv[1]);
  bool remembers = std::string(argv[2]) == "memo";
  double seconds = std::stod(argv[3]);
  std::uint64_t seed = std::stoull(argv[4]);
  size_t outlets = load.components.size() - size_t(load.first_demand);
  std::vector<Totals> parts(std::stoul(argv[5]));
  std::vector<std::thread> threads;
  auto begin = Clock::now();
  auto spent = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  double cpu_before = cpu_seconds();
  for (size_t t = 0; t < parts.size(); ++t)
    threads.emplace_back([&, t] {
      parts[t].outlets.resize(outlets);
      Worker worker(load, remembers, seed * 1000 + t);
      while (spent() < seconds) worker.year(parts[t]);
    });
  for (auto& thread : threads) thread.join();
  double wall = spent(), cpu = cpu_seconds() - cpu_before;
  Totals all;
  all.outlets.resize(outlets);
  for (const auto& part : parts) {
    all.unserved.insert(all.unserved.end(), part.unserved.begin(), part.unserved.end());
    all.cost.insert(all.cost.end(), part.cost.begin(), part.cost.end());
    for (size_t k = 0; k < outlets; ++k) all.outlets[k] += part.outlets[k];
    all.solves += part.solves;
  }
  Estimate unserved(all.unserved), cost(all.cost);
  std::printf("{\"workload\": \"%s\", \"years\": %zu, \"seconds\": %.4f, \"cpu\": %.4f, \"solves\": %lld, "
              "\"unserved\": %.1f, \"se\": %.1f, \"cost\": %.1f, \"cost_se\": %.1f, \"outlets\": [",
              load.name.c_str(), all.unserved.size(), wall, cpu, static_cast<long long>(all.solves),
              unserved.mean, unserved.error, cost.mean, cost.error);
  for (size_t k = 0; k < outlets; ++k)
    std::printf("%s%.1f", k ? ", " : "", all.outlets[k] / double(all.unserved.size()));
  std::printf("]}\n");
}
