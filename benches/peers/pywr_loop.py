#!/usr/bin/env python3
"""The workload as a model of pywr 2 (its Rust core): a scenario for each sampled year.

    python pywr_loop.py WORKLOAD.json YEARS SEED THREADS [SOLVER]

Needs pywr 2, numpy, pandas and tables. SOLVER is clp unless given. As a simulator does, every day
is solved. The last line printed is JSON.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pywr
import tables

import sampler
import workload


def literal(value):
    return {"type": "Literal", "value": float(value)}


def model(load, years, file):
    """The model as pywr reads it; the nodes that count demand met; the cost of every node."""
    nodes, edges, parameters, outlets, costs = [], [], [], [], {}

    def node(kind, name, **more):
        nodes.append({"type": kind, "meta": {"name": name}, **more})

    def edge(start, end):
        edges.append({"from_node": start, "to_node": end})

    for number in range(len(load.nodes)):
        node("Link", f"node{number}")
    for number, c in enumerate(load.components):
        name = f"arc{number}"
        parameters.append(
            {"type": "TablesArray", "meta": {"name": f"cap{number}"}, "node": name}
            | {"where": "/", "url": file, "scenario": "year"}
        )
        limit = {"type": "Parameter", "name": f"cap{number}"}
        costs[name] = float(c.cost)
        if c.kind == "supply":
            node("Input", name, max_flow=limit, cost=literal(c.cost))
            edge(name, f"node{c.head}")
        elif c.kind == "demand":
            node("Output", name, max_flow=limit, cost=literal(c.cost - load.penalty))
            edge(f"node{c.tail}", name)
            outlets.append(name)
        else:
            node("Link", name, max_flow=limit, cost=literal(c.cost))
            edge(f"node{c.tail}", name)
            edge(name, f"node{c.head}")
    for number, s in enumerate(load.stores):
        store, fill, draw = f"store{number}", f"fill{number}", f"draw{number}"
        node(
            "Storage",
            store,
            max_volume=literal(s.volume),
            cost=literal(-load.stock_value),
            initial_volume={"type": "Absolute", "volume": float(s.initial)},
        )
        node("Link", fill, max_flow=literal(s.max_in))
        node("Link", draw, max_flow=literal(s.max_out))
        for start, end in [(f"node{s.node}", fill), (fill, store), (store, draw)]:
            edge(start, end)
        edge(draw, f"node{s.node}")
    counted = [{"type": "Node", "name": name, "attribute": "Inflow"} for name in outlets]
    if load.is_min_cost:
        rest = [name for name in costs if name not in outlets]
        counted += [{"type": "Node", "name": name, "attribute": "Outflow"} for name in rest]
    total = {
        "meta": {"name": "totals"},
        "metrics": counted,
        "aggregator": {"func": {"type": "Sum"}},
    }
    network = {
        "nodes": nodes,
        "edges": edges,
        "parameters": parameters,
        "metric_sets": [total],
        "outputs": [{"type": "Memory", "meta": {"name": "totals"}, "metric_set": "totals"}],
    }
    whole = {
        "metadata": {"title": load.name},
        "time": {"start": "2026-01-01", "end": "2026-12-31"}
        | {"timestep": {"type": "Days", "days": 1}},
        "scenarios": {"groups": [{"name": "year", "size": years}]},
        "network": network,
    }
    return whole, outlets, costs


def main():
    path, years, seed, threads = sys.argv[1], *map(int, sys.argv[2:5])
    solver = sys.argv[5] if len(sys.argv) > 5 else "clp"
    load = workload.read(path)
    begin, cpu = time.perf_counter(), time.process_time()
    table = sampler.table(sampler.Law(load), np.random.default_rng(seed), years)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with tables.open_file(str(folder / "capacities.h5"), "w") as file:
            for number in range(len(load.components)):
                file.create_array("/", f"arc{number}", np.ascontiguousarray(table[:, :, number]))
        document, outlets, costs = model(load, years, "capacities.h5")
        built = pywr.ModelSchema.from_json_string(json.dumps(document)).build(folder, folder)
        settings = {"parallel": True, "threads": threads} if threads > 1 else {}
        result = built.run(solver, settings)
    rows = result.network_result.to_record_batch("totals").to_pandas()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    totals = rows.pivot(index="simulation_id", columns="name", values="value")
    met = totals[outlets].to_numpy()
    mean, error = sampler.estimate(load.demand * load.days - met.sum(axis=1))
    answer = {"workload": load.name, "years": years, "seconds": seconds, "cpu": cpu}
    answer |= {"unserved": mean, "se": error}
    if load.is_min_cost:
        paid = totals[list(costs)].to_numpy() @ np.array(list(costs.values()))
        answer["cost"], answer["cost_se"] = sampler.estimate(paid)
        answer["outlets"] = [float(value) for value in met.mean(axis=0)]
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
