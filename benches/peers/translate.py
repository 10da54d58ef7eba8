#!/usr/bin/env python3
"""Translate the shared workloads into Keruen scenarios.

    python benches/peers/translate.py             # rewrites benches/workloads/*.toml
    python benches/peers/translate.py --check     # fails if one of them is not up to date
    python benches/peers/translate.py FILE.json   # one workload, to standard output

Nodes become hubs, a supply a field with a free link to its hub, a demand a market with a free link
from its hub. A store becomes the tank of its hub. The workload's day model is kept exactly: up and
down times are geometric on a grid of days, begun in the steady state. Standard library only.
"""

import argparse
import re
import sys
from fractions import Fraction
from pathlib import Path

import workload

TRANSLATED = ["w1", "w2", "w3", "w4_100", "w4_1000"]


def identifier(name):
    """`AtyrauCpc` as `atyrau-cpc`: letters, digits and `-`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name)
    return re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")


def distinct(wanted, taken):
    """`wanted`, or `wanted-2`, `wanted-3`, … if it is taken already; it is taken from now on."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found


def share(part, whole):
    """`part / whole` as a decimal that gives `part` again when scaled and rounded."""
    value = part / whole
    if round(whole * value) != part:
        raise ValueError(f"{part} of {whole} is not kept by a decimal share")
    return repr(value)


def tariff(cost):
    """A whole cost as so many thousandths of a dollar a barrel."""
    return f'"{cost // 1000}.{cost % 1000:03d} USD/bbl"'


def market_ids(load):
    """The market of each demand, in the workload's order."""
    return [f"{identifier(load.nodes[c.tail])}-outlet" for c in load.of_kind("demand")]


def geometric(chance):
    """Whole days, each with this chance to be the last; all digits, so that the law is kept."""
    return f'{{ geometric = {{ mean = "{1 / chance!r} d", step = "1 d" }} }}'


def hazard(target, component):
    """The tables of one component's two-state chain."""
    return [
        f'[hazard.{target.replace(".", "-")}]',
        'class = "technical"',
        f'hits = ["{target}"]',
        f"occurs = {{ renewal = {{ up = {geometric(component.p_fail)} }} }}",
        f"duration = {geometric(component.p_repair)}",
        f"left = {share(component.cap_down, component.cap)}",
        'start = "stationary"',
        "",
    ]


def header(load):
    """What the file is, and the scenario's own tables."""
    question = "least cost among the greatest flows" if load.is_min_cost else "the greatest flow"
    lines = [
        f"# Workload {load.name}, written by benches/peers/translate.py from {load.key}.json.",
        "# Every number is synthetic: place names are borrowed so that the file can be read.",
        f"# Asked of every day: {question}.",
        "# One unit of the workload's flow is 1 b/d here, one of its volume 1 b.",
    ]
    if load.is_min_cost:
        lines += [
            "# One unit of its cost is 0.001 USD/bbl: the tariffs paid, in USD, are its cost / 1000.",
        ]
    else:
        lines += ["# Costs are no part of this question, so there are no tariffs."]
    if load.stores:
        lines += [
            "# What is stored where is decided by least cost. The workload settles stores once a day; tanks here",
            "# act in continuous time. Figures are close to the workload's and not the same.",
        ]
    stores = ["[allocation]", 'storing = "cost"', ""] if load.stores else []
    return [
        *lines,
        "",
        "[scenario]",
        f'name = "Workload {load.name}"',
        'about = "A synthetic network to compare the speed of simulators; no real data."',
        "start = 2026-01-01",
        f'horizon = "{load.days} d"',
        "",
        "[simulation]",
        "replications = 10_000",
        "seed = 1",
        'shortfall = { tolerance = 0.0, gap = "0 s" }',
        "",
        *stores,
    ]


def scenario(load):
    """The whole scenario file as text."""
    lines, hazards, nodes, links = header(load), [], set(), set()
    hubs = [distinct(identifier(name), nodes) for name in load.nodes]
    stores = {store.node: store for store in load.stores}
    if len(stores) != len(load.stores):
        raise ValueError("two stores at one node")

    def link(name, start, end, component, capacity):
        name = distinct(name, links)
        lines.extend([f"[link.{name}]", f'from = "{start}"', f'to = "{end}"'])
        if capacity is not None:
            lines.append(f'capacity = "{capacity} b/d"')
        if component.cost:
            lines.append(f"tariff = {tariff(component.cost)}")
        lines.append("")
        return name

    for number, hub in enumerate(hubs):
        lines += [f"[hub.{hub}]", f'name = "{load.nodes[number]}"']
        if number in stores:
            s = stores[number]
            start = float(Fraction(s.initial, s.volume))
            lines.append(
                f'tank = {{ capacity = "{s.volume} b", initial = {start!r}, '
                f'fill = "{s.max_in} b/d", draw = "{s.max_out} b/d" }}'
            )
        lines.append("")
    for c in load.of_kind("supply"):
        hub = hubs[c.head]
        field = distinct(f"{hub}-supply", nodes)
        lines += [f"[field.{field}]", f'plan = "{c.cap} b/d"', ""]
        link(field, field, hub, c, None)
        hazards += hazard(f"field.{field}", c)
    for c, wanted in zip(load.of_kind("demand"), market_ids(load), strict=True):
        market = distinct(wanted, nodes)
        if market != wanted:
            raise ValueError(f"two demands at one node, or a node named {wanted}")
        lines += [f"[market.{market}]", f'demand = "{c.cap} b/d"', ""]
        link(market, hubs[c.tail], market, c, None)
        hazards += hazard(f"market.{market}", c)
    for c in load.of_kind("link"):
        name = link(f"{hubs[c.tail]}-{hubs[c.head]}", hubs[c.tail], hubs[c.head], c, c.cap)
        hazards += hazard(f"link.{name}", c)
    return "\n".join(lines + hazards).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", help="one workload, to standard output")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    args = parser.parse_args()
    if args.file:
        print(scenario(workload.read(args.file)), end="")
        return 0
    stale = []
    for key in TRANSLATED:
        text = scenario(workload.read(workload.FOLDER / f"{key}.json"))
        target = workload.FOLDER / f"{key}.toml"
        if args.check:
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                stale.append(str(target))
        else:
            target.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"not up to date: {path}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
