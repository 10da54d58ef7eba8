// The daily loop a C++ developer would write for a scenario with tanks: LEMON's network simplex, every
// day of every future.
//
//   kazakhstan_loop SCENARIO MODE SECONDS
//
// SCENARIO is written by kazakhstan.py: the network, and for each future what changes on which day.
// MODE `daily` solves each day; `changes` passes over days on which no capacity and no limit of a tank
// differs from the day before. Futures are played in turn, again from the first after the last, until
// so many seconds of CPU time are over, all of them at least once. The last line printed is JSON.
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
#include <string>
#include <vector>

using Whole = std::int64_t;
using Graph = lemon::SmartDigraph;
using Simplex = lemon::NetworkSimplex<Graph, Whole, Whole>;

struct Tank {
  int node;
  Whole size, floor, initial, worth;
};

struct Change {
  int day;
  size_t place;  // an arc, or behind the arcs a tank
  Whole capacity;
};

struct Arc {
  int tail, head;
  Whole cost, capacity;
  bool is_market;
};

struct Scenario {
  int days, nodes, source, sink;
  Whole planned;
  std::vector<Arc> arcs;
  std::vector<Tank> tanks;
  std::vector<std::vector<Change>> futures;

  explicit Scenario(const char* path) {
    std::ifstream in(path);
    size_t arc_count = 0, tank_count = 0, future_count = 0;
    in >> days >> nodes >> source >> sink >> arc_count >> tank_count >> future_count >> planned;
    if (!in) fail(path);
    arcs.resize(arc_count);
    for (auto& a : arcs) in >> a.tail >> a.head >> a.cost >> a.capacity >> a.is_market;
    tanks.resize(tank_count);
    for (auto& t : tanks) in >> t.node >> t.size >> t.floor >> t.initial >> t.worth;
    futures.resize(future_count);
    for (auto& future : futures) {
      size_t count = 0;
      in >> count;
      if (!in) fail(path);
      future.resize(count);
      for (auto& c : future) in >> c.day >> c.place >> c.capacity;
    }
    if (!in) fail(path);
  }

  [[noreturn]] static void fail(const char* path) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
};

class Loop {
 public:
  explicit Loop(const Scenario& scenario)
      : scenario_(scenario), cost_(graph_), upper_(graph_), simplex_(graph_) {
    for (int i = 0; i < scenario.nodes; ++i) graph_.addNode();
    for (const auto& a : scenario.arcs) add(a.tail, a.head, a.cost);
    for (const auto& t : scenario.tanks) {
      add(t.node, scenario.sink, -t.worth);
      add(scenario.source, t.node, t.worth);
    }
    add(scenario.sink, scenario.source, 0);
    simplex_.reset();
    simplex_.costMap(cost_);
  }

  // Barrels planned and not delivered in one future.
  Whole play(const std::vector<Change>& future, bool is_daily) {
    size_t count = scenario_.arcs.size();
    for (size_t i = 0; i < count; ++i) set(i, scenario_.arcs[i].capacity);
    std::vector<Whole> stock, size;
    for (const auto& t : scenario_.tanks) {
      stock.push_back(t.initial);
      size.push_back(t.size);
    }
    set(arcs_.size() - 1, 1'000'000'000);
    auto next = future.begin();
    Whole delivered = 0;
    is_new_ = true;
    for (int day = 0; day < scenario_.days; ++day) {
      for (; next != future.end() && next->day == day; ++next) {
        if (next->place < count) {
          set(next->place, next->capacity);
        } else {
          size[next->place - count] = next->capacity;
        }
      }
      for (size_t t = 0; t < stock.size(); ++t) {
        set(count + 2 * t, std::max<Whole>(0, size[t] - stock[t]));
        set(count + 2 * t + 1, std::max<Whole>(0, stock[t] - scenario_.tanks[t].floor));
      }
      if (is_new_ || is_daily) solve();
      delivered += met_;
      for (size_t t = 0; t < stock.size(); ++t) stock[t] += net_[t];
    }
    return scenario_.planned * scenario_.days - delivered;
  }

  long long solves() const { return solves_; }

 private:
  void add(int tail, int head, Whole cost) {
    auto arc = graph_.addArc(graph_.nodeFromId(tail), graph_.nodeFromId(head));
    cost_[arc] = cost;
    arcs_.push_back(arc);
  }

  void set(size_t arc, Whole capacity) {
    auto& known = upper_[arcs_[arc]];
    is_new_ |= known != capacity;
    known = capacity;
  }

  void solve() {
    simplex_.upperMap(upper_);
    if (simplex_.run() != Simplex::OPTIMAL) {
      std::cerr << "a day was not solved\n";
      std::exit(3);
    }
    size_t count = scenario_.arcs.size();
    met_ = 0;
    for (size_t i = 0; i < count; ++i)
      if (scenario_.arcs[i].is_market) met_ += simplex_.flow(arcs_[i]);
    net_.clear();
    for (size_t i = count; i + 1 < arcs_.size(); i += 2)
      net_.push_back(simplex_.flow(arcs_[i]) - simplex_.flow(arcs_[i + 1]));
    is_new_ = false;
    ++solves_;
  }

  const Scenario& scenario_;
  Graph graph_;
  Graph::ArcMap<Whole> cost_, upper_;
  std::vector<Graph::Arc> arcs_;
  Simplex simplex_;
  bool is_new_ = true;
  Whole met_ = 0;
  std::vector<Whole> net_;
  long long solves_ = 0;
};

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "kazakhstan_loop SCENARIO daily|changes SECONDS\n";
    return 2;
  }
  Scenario scenario(argv[1]);
  bool is_daily = std::string(argv[2]) == "daily";
  double seconds = std::stod(argv[3]);
  Loop loop(scenario);
  std::clock_t begin = std::clock();
  auto start = std::chrono::steady_clock::now();
  auto spent = [&] { return double(std::clock() - begin) / CLOCKS_PER_SEC; };
  std::vector<Whole> undelivered;
  size_t years = 0;
  while (years < scenario.futures.size() || spent() < seconds) {
    Whole found = loop.play(scenario.futures[years % scenario.futures.size()], is_daily);
    if (years < scenario.futures.size()) undelivered.push_back(found);
    ++years;
  }
  double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("{\"years\": %zu, \"seconds\": %.4f, \"cpu\": %.4f, \"solves\": %lld, ", years, wall, spent(),
              loop.solves());
  std::printf("\"undelivered\": [");
  for (size_t i = 0; i < undelivered.size(); ++i)
    std::printf("%s%lld", i ? ", " : "", static_cast<long long>(undelivered[i]));
  std::printf("]}\n");
}
