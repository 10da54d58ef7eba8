#!/usr/bin/env python3
"""The workload as a model of pywr 1: a scenario for each sampled year.

    python pywr1_loop.py WORKLOAD.json YEARS SEED [SOLVER]

Needs pywr 1 and numpy. SOLVER is glpk-edge unless given. As a simulator does, every day is solved.
The last line printed is JSON.
"""

import json
import sys
import time

import numpy as np
from pywr.core import Input, Link, Model, Output, Scenario, Storage
from pywr.parameters import ArrayIndexedScenarioParameter
from pywr.recorders import NumpyArrayNodeRecorder, TotalFlowNodeRecorder

import sampler
import workload


def build(load, table, solver):
    """The model, what counts the flow to each outlet, and what counts the cost of each arc."""
    # What pywr offers to those who promise not to change costs or fixed limits while it runs.
    promises = {"set_fixed_flows_once": True, "set_fixed_costs_once": True, "use_unsafe_api": True}
    model = Model(solver=solver, solver_args=promises if solver.startswith("glpk") else {})
    model.timestepper.start = "2026-01-01"
    model.timestepper.end = "2026-12-31"
    model.timestepper.delta = 1
    scenario = Scenario(model, "year", size=table.shape[1])
    nodes = [Link(model, name=f"node{number}") for number in range(len(load.nodes))]
    outlets, costs = [], []
    for number, c in enumerate(load.components):
        sizes = np.ascontiguousarray(table[:, :, number])
        limit = ArrayIndexedScenarioParameter(model, scenario, sizes)
        name = f"arc{number}"
        if c.kind == "supply":
            arc = Input(model, name=name, max_flow=limit, cost=c.cost)
            arc.connect(nodes[c.head])
        elif c.kind == "demand":
            arc = Output(model, name=name, max_flow=limit, cost=c.cost - load.penalty)
            nodes[c.tail].connect(arc)
            outlets.append(NumpyArrayNodeRecorder(model, arc))
        else:
            arc = Link(model, name=name, max_flow=limit, cost=c.cost)
            nodes[c.tail].connect(arc)
            arc.connect(nodes[c.head])
        if load.is_min_cost:
            costs.append(TotalFlowNodeRecorder(model, arc, factor=float(c.cost)))
    for number, s in enumerate(load.stores):
        store = Storage(
            model,
            name=f"store{number}",
            max_volume=s.volume,
            initial_volume=s.initial,
            cost=-load.stock_value,
        )
        fill = Link(model, name=f"fill{number}", max_flow=s.max_in)
        draw = Link(model, name=f"draw{number}", max_flow=s.max_out)
        for start, end in [(nodes[s.node], fill), (fill, store), (store, draw)]:
            start.connect(end)
        draw.connect(nodes[s.node])
    return model, outlets, costs


def main():
    path, years, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    solver = sys.argv[4] if len(sys.argv) > 4 else "glpk-edge"
    load = workload.read(path)
    begin, cpu = time.perf_counter(), time.process_time()
    table = sampler.table(sampler.Law(load), np.random.default_rng(seed), years)
    model, outlets, costs = build(load, table, solver)
    model.run()
    spent, cpu = time.perf_counter() - begin, time.process_time() - cpu
    met = np.stack([recorder.data.sum(axis=0) for recorder in outlets])  # by outlet and year
    mean, error = sampler.estimate(load.demand * load.days - met.sum(axis=0))
    report = {"workload": load.name, "years": years, "seconds": spent, "cpu": cpu}
    report |= {"unserved": mean, "se": error}
    if load.is_min_cost:
        paid = np.sum([np.asarray(recorder.values()) for recorder in costs], axis=0)
        report["cost"], report["cost_se"] = sampler.estimate(paid)
        report["outlets"] = [float(value) for value in met.mean(axis=1)]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
