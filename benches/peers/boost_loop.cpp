// What a C++ developer writes with the Boost Graph Library: Boykov and Kolmogorov's maximum flow for
// every state met.
//
//   boost_loop WORKLOAD MODE SECONDS SEED THREADS
//
// WORKLOAD is a plain-number file written by workload.py; SECONDS are of CPU time, for each thread.
// MODE `changes` solves whenever the state changes; `memo` also keeps a table of all states met. The
// last line printed is JSON.
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>

#include "monte_carlo.hpp"

class BoykovKolmogorov {
 public:
  explicit BoykovKolmogorov(const Workload& load)
      : graph_(load.nodes), source_(load.source), sink_(load.sink) {
    for (const auto& c : load.components) {
      Edge there = boost::add_edge(c.tail, c.head, graph_).first;
      Edge back = boost::add_edge(c.head, c.tail, graph_).first;
      graph_[there].reverse = back;
      graph_[back].reverse = there;
      edges_.push_back(there);
    }
  }

  void set_capacity(size_t arc, Whole capacity) { graph_[edges_[arc]].capacity = capacity; }
  Whole flow(size_t) const { return 0; }

  void solve(Answer& answer) {
    using boost::get;
    answer.met = boost::boykov_kolmogorov_max_flow(
        graph_, get(&Way::capacity, graph_), get(&Way::left, graph_), get(&Way::reverse, graph_),
        get(&Place::from, graph_), get(&Place::side, graph_), get(&Place::distance, graph_),
        get(boost::vertex_index, graph_), source_, sink_);
  }

 private:
  using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
  using Edge = Traits::edge_descriptor;
  struct Way {
    Whole capacity = 0, left = 0;
    Edge reverse;
  };
  struct Place {
    Edge from;
    boost::default_color_type side;
    Whole distance;
  };
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Place, Way>;

  Graph graph_;
  Traits::vertex_descriptor source_, sink_;
  std::vector<Edge> edges_;
};

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "boost_loop WORKLOAD changes|memo SECONDS SEED THREADS\n";
    return 2;
  }
  return play<BoykovKolmogorov>(argv[1], argv[2], std::stod(argv[3]), std::stoull(argv[4]),
                                std::stoul(argv[5]));
}
