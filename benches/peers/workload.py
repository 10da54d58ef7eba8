"""A workload as every peer and the translation to a scenario see it.

A workload is a JSON file: nodes, links, supplies, demands and, in one of them, stores. Its year
has 365 daily steps; every link, supply and demand is a component that is up with capacity `cap`
or down with `cap_down`. README.md states the law. Standard library only.
"""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "workloads"


@dataclass(frozen=True)
class Component:
    """Something that is up or down: a link, a supply or a demand.

    Capacities are in the workload's flow unit, `cost` is per unit of flow.
    """

    kind: str  # "link", "supply" or "demand"
    tail: int  # node; the source's number for a supply
    head: int  # node; the sink's number for a demand
    cost: int
    cap: int
    cap_down: int
    unavailability: float
    p_fail: float  # chance a day to go down, while up
    p_repair: float  # chance a day to come up, while down


@dataclass(frozen=True)
class Store:
    """A tank farm at a node; volumes in units of flow times a day."""

    node: int
    volume: int
    initial: int
    max_in: int
    max_out: int


@dataclass(frozen=True)
class Workload:
    """Components in the order links, supplies, demands. Source and sink follow the nodes."""

    key: str  # file name without its ending
    name: str
    days: int
    is_min_cost: bool
    penalty: int
    stock_value: int
    nodes: list
    components: list
    stores: list

    @property
    def source(self):
        return len(self.nodes)

    @property
    def sink(self):
        return len(self.nodes) + 1

    def of_kind(self, kind):
        return [c for c in self.components if c.kind == kind]

    @property
    def demand(self):
        """Most that all outlets take in a day when up."""
        return sum(c.cap for c in self.of_kind("demand"))


def read(path):
    """The workload in a JSON file."""
    path = Path(path)
    doc = json.loads(path.read_text(encoding="utf-8"))
    nodes = [node["name"] for node in doc["nodes"]]
    source, sink = len(nodes), len(nodes) + 1
    is_min_cost = doc["objective"] == "min_cost"

    def component(kind, tail, head, part):
        fail, repair = 1 / part["mttf"], 1 / part["mttr"]
        unavailability = fail / (fail + repair)
        mixing = -math.expm1(-(fail + repair))
        return Component(
            kind,
            tail,
            head,
            # Where costs are no part of the question, nobody is made to look at them.
            part["cost"] if is_min_cost else 0,
            part["cap"],
            part["cap_down"],
            unavailability,
            unavailability * mixing,
            (1 - unavailability) * mixing,
        )

    components = [component("link", x["from"], x["to"], x) for x in doc["links"]]
    components += [component("supply", source, x["node"], x) for x in doc["supplies"]]
    components += [component("demand", x["node"], sink, x) for x in doc["demands"]]
    stores = [
        Store(x["node"], x["volume"], x["initial"], x["max_in"], x["max_out"])
        for x in doc["storages"]
    ]
    return Workload(
        path.stem,
        doc["name"],
        doc["horizon_days"],
        is_min_cost,
        doc["unserved_penalty"],
        doc["stock_value"],
        nodes,
        components,
        stores,
    )


def write_plain(workload, path):
    """Plain numbers for the compiled peers.

    One header line (name, days, penalty, stock value, nodes, source, sink, components, first
    demand, stores), a line per component (tail, head, cost, cap, cap down, unavailability, chance
    to fail, chance to be repaired), a line per store (node, volume, initial, most in, most out).
    The file is replaced whole, so that a run beside this one never reads half of it.
    """
    first_demand = len(workload.components) - len(workload.of_kind("demand"))
    lines = [
        [workload.name, workload.days, workload.penalty, workload.stock_value]
        + [len(workload.nodes) + 2, workload.source, workload.sink]
        + [len(workload.components), first_demand, len(workload.stores)]
    ]
    for c in workload.components:
        lines.append(
            [c.tail, c.head, c.cost, c.cap, c.cap_down]
            + [repr(c.unavailability), repr(c.p_fail), repr(c.p_repair)]
        )
    for s in workload.stores:
        lines.append([s.node, s.volume, s.initial, s.max_in, s.max_out])
    text = "".join(" ".join(map(str, line)) + "\n" for line in lines)
    fresh = Path(f"{path}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
