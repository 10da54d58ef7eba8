#!/usr/bin/env python3
"""What a Python user writes around a library: one graph, capacities set in place, solved on change.

    python library_loop.py LIBRARY WORKLOAD.json MODE SECONDS SEED

LIBRARY is networkx, networkx-bk, igraph, scipy, ortools or highs. SECONDS such as `6y` are years,
drawn at once, as the simulators draw them. MODE `changes` solves whenever the
state changes; `memo` also keeps a table of all states met. With stores every day is solved. SECONDS
are of CPU time. The last line printed is JSON.
"""

import json
import math
import sys
import time

import numpy as np

import sampler
import workload


class Arcs:
    """Tails, heads and costs: the components, then for each store an arc in and an arc out.

    For least cost demand met is rewarded and stock gained is worth a little less; `reward` is the
    cost with that in it, `paid` the cost that is reported.
    """

    def __init__(self, load):
        parts, stores = load.components, load.stores
        tails = [c.tail for c in parts] + [n for s in stores for n in (s.node, load.source)]
        heads = [c.head for c in parts] + [n for s in stores for n in (load.sink, s.node)]
        self.tails, self.heads = np.array(tails, np.int32), np.array(heads, np.int32)
        self.count, self.nodes = len(tails), len(load.nodes) + 2
        self.source, self.sink = load.source, load.sink
        self.first_demand = len(parts) - len(load.of_kind("demand"))
        self.components = len(parts)
        self.paid = np.array([c.cost for c in parts], np.int64)
        self.reward = np.concatenate([self.paid, np.tile([-1, 1], len(stores)) * load.stock_value])
        is_demand = slice(self.first_demand, self.components)
        self.reward[is_demand] -= load.penalty if load.is_min_cost else 1
        self.most = int(sum(c.cap for c in parts) + sum(s.max_in for s in stores))
        # Parallel arcs as one, in the order of (tail, head), for libraries that hold one per pair.
        self.pairs, self.pair_of = np.unique(
            np.stack([self.tails, self.heads], axis=1), axis=0, return_inverse=True
        )
        self.pair_of = self.pair_of.ravel()

    def joined(self, capacity):
        return np.bincount(self.pair_of, capacity, len(self.pairs)).astype(np.int64)


# Each maker gives a function from capacities to the greatest flow …


def networkx_flow(arcs, method="preflow_push"):
    import networkx as nx
    from networkx.algorithms.flow import build_residual_network

    graph = nx.DiGraph()
    graph.add_nodes_from(range(arcs.nodes))
    graph.add_edges_from(((int(a), int(b)) for a, b in arcs.pairs), capacity=1)
    # The residual network is kept; networkx clears the flow in it before each solve.
    residual = build_residual_network(graph, "capacity")
    residual.graph["inf"] = 3 * arcs.most
    edges = [residual[int(a)][int(b)] for a, b in arcs.pairs]
    solve = getattr(nx.algorithms.flow, method)

    def flow(capacity):
        for edge, size in zip(edges, arcs.joined(capacity).tolist()):
            edge["capacity"] = size
        found = solve(graph, arcs.source, arcs.sink, residual=residual, value_only=True)
        return found.graph["flow_value"]

    return flow


def igraph_flow(arcs):
    import igraph

    edges = list(zip(arcs.tails.tolist(), arcs.heads.tolist()))
    graph = igraph.Graph(n=arcs.nodes, edges=edges, directed=True)
    return lambda capacity: int(
        graph.maxflow_value(arcs.source, arcs.sink, capacity=capacity.tolist())
    )


def scipy_flow(arcs):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    # Edges back are stored from the start, for SciPy would add what is missing at every call.
    there = [tuple(pair) for pair in arcs.pairs.tolist()]
    both = sorted({*there, *((b, a) for a, b in there)})
    place = {pair: number for number, pair in enumerate(both)}
    where = np.array([place[pair] for pair in there])
    rows, columns = np.array(both, np.int32).T
    starts = np.searchsorted(rows, np.arange(arcs.nodes + 1)).astype(np.int32)
    sizes = np.zeros(len(both), np.int32)
    matrix = csr_array((sizes, columns.copy(), starts), shape=(arcs.nodes, arcs.nodes))

    def flow(capacity):
        matrix.data[where] = arcs.joined(capacity)
        return int(maximum_flow(matrix, arcs.source, arcs.sink).flow_value)

    return flow


def ortools_flow(arcs):
    from ortools.graph.python import max_flow

    solver = max_flow.SimpleMaxFlow()
    nothing = np.zeros(arcs.count, np.int64)
    names = solver.add_arcs_with_capacity(arcs.tails, arcs.heads, nothing)

    def flow(capacity):
        solver.set_arcs_capacity(names, capacity)
        if solver.solve(arcs.source, arcs.sink) != solver.OPTIMAL:
            raise RuntimeError("a state was not solved")
        return solver.optimal_flow()

    return flow


# … or to the flow of each arc at least cost, as a circulation with a free arc from sink to source.


def networkx_arcs(arcs):
    import networkx as nx

    whole = list(zip(arcs.tails.tolist(), arcs.heads.tolist(), arcs.reward.tolist()))

    def flows(capacity):
        graph = nx.MultiDiGraph()
        for number, ((a, b, cost), size) in enumerate(zip(whole, capacity.tolist())):
            graph.add_edge(a, b, key=number, weight=cost, capacity=size)
        graph.add_edge(arcs.sink, arcs.source, key=arcs.count, weight=0, capacity=arcs.most)
        found = np.zeros(arcs.count + 1, np.int64)
        for heads in nx.network_simplex(graph)[1].values():
            for keys in heads.values():
                for number, units in keys.items():
                    found[number] = units
        return found[:-1]

    return flows


def ortools_arcs(arcs):
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    known = np.zeros(arcs.count, np.int64)
    names = solver.add_arcs_with_capacity_and_unit_cost(arcs.tails, arcs.heads, known, arcs.reward)
    solver.add_arc_with_capacity_and_unit_cost(arcs.sink, arcs.source, arcs.most, 0)

    def flows(capacity):
        for number in np.flatnonzero(capacity != known):
            solver.set_arc_capacity(names[number], capacity[number])
        known[:] = capacity
        if solver.solve() != solver.OPTIMAL:
            raise RuntimeError("a state was not solved")
        return solver.flows(names)

    return flows


def highs_arcs(arcs):
    import highspy

    solver = highspy.Highs()
    for option, value in [("output_flag", False), ("threads", 1), ("solver", "simplex")]:
        solver.setOptionValue(option, value)
    # Presolve would throw the last basis away; with it kept, a solve starts hot.
    solver.setOptionValue("presolve", "off")
    columns = arcs.count + 1
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, arcs.nodes
    model.col_cost_ = np.append(arcs.reward, 0).astype(float)
    model.col_lower_ = np.zeros(columns)
    model.col_upper_ = np.append(np.zeros(arcs.count), arcs.most).astype(float)
    model.row_lower_ = model.row_upper_ = np.zeros(arcs.nodes)
    ends = np.stack([np.append(arcs.tails, arcs.sink), np.append(arcs.heads, arcs.source)], axis=1)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(0, 2 * columns + 1, 2, dtype=np.int32)
    model.a_matrix_.index_ = ends.ravel().astype(np.int32)
    model.a_matrix_.value_ = np.tile([-1.0, 1.0], columns)
    solver.passModel(model)
    numbers, nothing = np.arange(arcs.count, dtype=np.int32), np.zeros(arcs.count)

    def flows(capacity):
        solver.changeColsBounds(arcs.count, numbers, nothing, capacity.astype(float))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError("a state was not solved")
        return np.rint(np.array(solver.getSolution().col_value)[:-1]).astype(np.int64)

    return flows


FLOW = {
    "networkx": networkx_flow,
    "networkx-bk": lambda arcs: networkx_flow(arcs, "boykov_kolmogorov"),
    "igraph": igraph_flow,
    "scipy": scipy_flow,
    "ortools": ortools_flow,
}
COST = {"networkx": networkx_arcs, "ortools": ortools_arcs, "highs": highs_arcs}


def answers(load, arcs, library):
    """From capacities to demand met and, at least cost, cost, flow to each outlet and all flows."""
    if library in FLOW and not load.is_min_cost:
        greatest = FLOW[library](arcs)
        return lambda capacity: (greatest(capacity), 0, 0, None)
    flows = COST[library](arcs)

    def answer(capacity):
        found = flows(capacity)
        own = found[: arcs.components]
        outlets = own[arcs.first_demand :].copy()
        return int(outlets.sum()), int(own @ arcs.paid), outlets, found

    return answer


class Year:
    """Sums over the days of one sampled year."""

    def __init__(self):
        self.met, self.cost, self.outlets = 0, 0, 0

    def add(self, answer, days):
        self.met += answer[0] * days
        self.cost += answer[1] * days
        self.outlets = self.outlets + answer[2] * days


def without_stores(law, answer, remembers):
    known = {}

    def play(sampled):
        total = Year()
        for _, days, capacity in sampler.spells(law, sampled):
            if remembers:
                key = capacity.tobytes()
                found = known.get(key)
                if found is None:
                    found = known[key] = answer(capacity)[:3]
            else:
                found = answer(capacity)
            total.add(found, days)
        return total

    return play


def with_stores(load, law, answer):
    volume = np.array([s.volume for s in load.stores])
    most_in = np.array([s.max_in for s in load.stores])
    most_out = np.array([s.max_out for s in load.stores])
    count = len(load.components)
    whole = np.empty(count + 2 * len(load.stores), np.int64)

    def play(sampled):
        total, stock = Year(), np.array([s.initial for s in load.stores])
        for _, days, capacity in sampler.spells(law, sampled):
            whole[:count] = capacity
            for _ in range(days):
                whole[count::2] = np.minimum(most_in, volume - stock)
                whole[count + 1 :: 2] = np.minimum(most_out, stock)
                found = answer(whole)
                stock += found[3][count::2] - found[3][count + 1 :: 2]
                total.add(found, 1)
        return total

    return play


def main():
    library, path, mode, seconds, seed = sys.argv[1:6]
    load = workload.read(path)
    law, arcs = sampler.Law(load), Arcs(load)
    answer = answers(load, arcs, library)
    play = with_stores(load, law, answer) if load.stores else None
    play = play or without_stores(law, answer, mode == "memo")
    rng, years = np.random.default_rng(int(seed)), []
    begin, cpu = time.perf_counter(), time.process_time()
    wanted = int(seconds[:-1]) if seconds.endswith("y") else None
    longest = math.inf if wanted else float(seconds)
    # Years are sampled many at once: a call of numpy costs as much for one as for a few.
    batch = wanted or max(1, min(32, 4000 // len(load.components)))
    is_over = False
    while not is_over:
        for sampled in sampler.changes(law, rng, batch):
            years.append(play(sampled))
            is_over = len(years) == wanted or time.process_time() - cpu >= longest
            if is_over:
                break
    spent, cpu = time.perf_counter() - begin, time.process_time() - cpu
    mean, error = sampler.estimate([load.demand * load.days - year.met for year in years])
    report = {"workload": load.name, "years": len(years), "seconds": spent, "cpu": cpu}
    report |= {"unserved": mean, "se": error}
    if load.is_min_cost:
        report["cost"], report["cost_se"] = sampler.estimate([year.cost for year in years])
        report["outlets"] = [float(x) for x in np.mean([year.outlets for year in years], axis=0)]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
