#!/usr/bin/env python3
"""Layered random networks, W4: the same file for the same seed and size, on any machine.

    python benches/peers/generate.py 10000            # writes benches/peers/build/w4_10000.json
    python benches/peers/generate.py --check          # are the files in benches/workloads as drawn?

A network has layers of equal width, some 2.2 links a node; supplies enter at the first layer, outlets
leave from the last. One link in ten skips a layer. Standard library only.
"""

import argparse
import json
import random
import sys
from pathlib import Path

import workload

SEED = 20240607
BUILD = Path(__file__).resolve().parent / "build"

# Mean days between failures and of a repair, from and to, and what may be left while down.
LAWS = {
    "pipe": ((180, 900), (2, 10), (0.0, 0.0, 0.4, 0.6)),
    "field": ((120, 400), (3, 14), (0.0, 0.3, 0.6)),
    "outlet": ((40, 120), (0.7, 2.0), (0.0, 0.4)),
}


class Draws:
    """Everything is drawn from one generator, so the order of the calls is part of the file."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def component(self, kind, least, most, cost, extra):
        """What a component of this kind is like; capacity of `least` to `most` thousand."""
        failure, repair, left = LAWS[kind]
        mttf = round(self.rng.uniform(*failure), 1)
        mttr = round(self.rng.uniform(*repair), 2)
        share = self.rng.choice(left)
        # Tens on top of the thousands, so that sums are seldom equal.
        cap = self.rng.randrange(least, most) * 1000 + 10 * self.rng.randrange(20)
        return {
            "cap": cap,
            "cap_down": int(cap * share),
            "mttf": mttf,
            "mttr": mttr,
            "cost": cost + self.rng.randrange(extra),
        }


def pairs(rng, link_count, depth, width):
    """Start and end of every link: first one into and out of every node, then at random."""
    found = []
    for layer in range(depth - 1):
        turn = rng.randrange(width)
        start = layer * width
        found += [(start + k, start + width + (k + turn) % width) for k in range(width)]
    while len(found) < link_count:
        layer = rng.randrange(depth - 1)
        skips = rng.random() < 0.1 and layer + 2 < depth
        start = layer * width + rng.randrange(width)
        found.append((start, (layer + 1 + skips) * width + rng.randrange(width)))
    return found


def network(link_count):
    """The workload of that many links, as it stands in its file."""
    draws = Draws(SEED + link_count)
    depth = round(6 * (link_count / 100) ** 0.215)
    width = round(link_count / (2.2 * depth))
    names = [f"L{layer}N{k}" for layer in range(depth) for k in range(width)]
    links = [
        {"from": a, "to": b, "kind": "pipe", **draws.component("pipe", 8, 30, 350, 700)}
        for a, b in pairs(draws.rng, link_count, depth, width)
    ]
    supplies, demands = [], []
    for k in range(width):
        supplies.append({"node": k, **draws.component("field", 10, 24, 0, 300)})
        last = (depth - 1) * width + k
        demands.append({"node": last, **draws.component("outlet", 8, 20, 0, 3000)})
    return {
        "name": f"W4-{link_count}",
        "unit": "t/day",
        "horizon_days": 365,
        "objective": "max_flow",
        "unserved_penalty": 100000,
        "stock_value": 20000,
        "nodes": [{"name": name, "kind": "hub"} for name in names],
        "links": links,
        "supplies": supplies,
        "demands": demands,
        "storages": [],
    }


def find(key):
    """The file of a workload; one that is too large to be kept is drawn when it is first asked for."""
    kept = workload.FOLDER / f"{key}.json"
    if kept.exists() or not key.startswith("w4_"):
        return kept
    drawn = BUILD / kept.name
    if not drawn.exists():
        BUILD.mkdir(exist_ok=True)
        text = json.dumps(network(int(key.removeprefix("w4_"))), indent=1) + "\n"
        drawn.write_text(text, encoding="utf-8")
    return drawn


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("links", nargs="?", type=int, help="number of links")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    args = parser.parse_args()
    if args.links:
        print(find(f"w4_{args.links}"))
        return 0
    differ = []
    for path in sorted(workload.FOLDER.glob("w4_*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        drawn = network(int(path.stem.removeprefix("w4_")))
        if any(kept[key] != drawn[key] for key in ("nodes", "links", "supplies", "demands")):
            differ.append(path)
    for path in differ:
        print(f"not as drawn: {path}", file=sys.stderr)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
