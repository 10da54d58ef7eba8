// What the C++ peers share: a workload read from plain numbers, its daily Markov chains, the loop over
// sampled years and the report. A peer brings a `Solver` with
//
//   explicit Solver(const Workload&);
//   void set_capacity(size_t arc, Whole);   // arcs: the components, then two for each store
//   void solve(Answer&);
//   Whole flow(size_t arc) const;           // of the last solve; asked only if there are stores
//
// and calls `play<Solver>(…)`.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

using Whole = std::int64_t;

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

// What one state gives: demand met, cost, flow to each outlet. Where no costs are asked for, a solver
// leaves the last two as they are.
struct Answer {
  Whole met = 0, cost = 0;
  std::vector<Whole> outlets;
};

struct Totals {
  std::vector<double> unserved, cost, outlets;
  Whole solves = 0;
};

template <class Solver>
class Worker {
 public:
  Worker(const Workload& load, bool remembers, std::uint64_t seed)
      : load_(load), solver_(load), rng_(seed), remembers_(remembers && load.stores.empty()),
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
    solver_.set_capacity(index, is_down ? c.down : c.up);
  }

  // The chains from their steady state, one geometric time after the other.
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
        solver_.solve(found->second);
        ++totals.solves;
      }
      return &found->second;
    }
    size_t first = load_.components.size();
    for (size_t s = 0; s < stock.size(); ++s) {
      const auto& store = load_.stores[s];
      solver_.set_capacity(first + 2 * s, std::min(store.most_in, store.volume - stock[s]));
      solver_.set_capacity(first + 2 * s + 1, std::min(store.most_out, stock[s]));
    }
    solver_.solve(fresh);
    ++totals.solves;
    for (size_t s = 0; s < stock.size(); ++s)
      stock[s] += solver_.flow(first + 2 * s) - solver_.flow(first + 2 * s + 1);
    return &fresh;
  }

  const Workload& load_;
  Solver solver_;
  std::mt19937_64 rng_;
  std::uniform_real_distribution<double> uniform_{0.0, 1.0};
  bool remembers_;
  std::vector<bool> is_down_;
  std::vector<std::vector<size_t>> changes_;
  std::unordered_map<std::vector<bool>, Answer> memo_;
};

// Wall and CPU seconds since it was made.
class Stopwatch {
 public:
  double wall() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  double cpu() const { return double(std::clock() - cpu_) / CLOCKS_PER_SEC; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin_ = Clock::now();
  std::clock_t cpu_ = std::clock();
};

struct Estimate {
  double mean = 0, error = 0;
  explicit Estimate(const std::vector<double>& values) {
    double n = double(values.size()), square = 0;
    for (double v : values) mean += v / n;
    for (double v : values) square += (v - mean) * (v - mean);
    if (n > 1) error = std::sqrt(square / (n - 1) / n);
  }
};

// Years on threads of their own until their CPU time is over; one line of JSON.
template <class Solver>
int play(const char* path, const std::string& mode, double seconds, std::uint64_t seed,
         size_t thread_count) {
  Workload load(path);
  size_t outlets = load.components.size() - size_t(load.first_demand);
  std::vector<Totals> parts(thread_count);
  std::vector<std::thread> threads;
  Stopwatch watch;
  for (size_t t = 0; t < parts.size(); ++t)
    threads.emplace_back([&, t] {
      parts[t].outlets.resize(outlets);
      Worker<Solver> worker(load, mode == "memo", seed * 1000 + t);
      do worker.year(parts[t]);
      while (watch.cpu() < seconds * double(thread_count));
    });
  for (auto& thread : threads) thread.join();
  double wall = watch.wall(), cpu = watch.cpu();
  Totals all;
  all.outlets.resize(outlets);
  for (const auto& part : parts) {
    all.unserved.insert(all.unserved.end(), part.unserved.begin(), part.unserved.end());
    all.cost.insert(all.cost.end(), part.cost.begin(), part.cost.end());
    for (size_t k = 0; k < outlets; ++k) all.outlets[k] += part.outlets[k];
    all.solves += part.solves;
  }
  Estimate unserved(all.unserved), cost(all.cost);
  std::printf("{\"workload\": \"%s\", \"years\": %zu, \"seconds\": %.4f, \"cpu\": %.4f, "
              "\"solves\": %lld, \"unserved\": %.1f, \"se\": %.1f, \"cost\": %.1f, "
              "\"cost_se\": %.1f, \"outlets\": [",
              load.name.c_str(), all.unserved.size(), wall, cpu, static_cast<long long>(all.solves),
              unserved.mean, unserved.error, cost.mean, cost.error);
  for (size_t k = 0; k < outlets; ++k)
    std::printf("%s%.1f", k ? ", " : "", all.outlets[k] / double(all.unserved.size()));
  std::printf("]}\n");
  return 0;
}
