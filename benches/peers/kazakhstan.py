#!/usr/bin/env python3
"""Write a whole scenario out as plain numbers, for a daily loop over one least-cost flow.

    python kazakhstan.py SCENARIO.toml KERUEN FUTURES OUT.txt

The network is read from the scenario; the disruptions of replications 0 to FUTURES - 1 are asked of
`keruen explain`, and what is left of each arc on each day is worked out here, beforehand. So the loop
need neither sample nor combine anything. What the loop knows: fields, links, units, hubs with a
capacity, tanks with their targets, other people's oil, commitments, nominations, what oil costs to
move, and every disruption, to a day. What it does not: lags, times under way, damage to fields that
stand still, equal times to full. Beside OUT.txt stands OUT.json with what Keruen says of the same
replications, under the scenario's rules and under the loop's. Standard library only.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

# What a barrel is worth to the loop, level over level as in docs/method.md: delivery by class, stock
# by rank, nomination, then thousandths of a dollar.
CLASS, STOCK, NOMINATED, MONEY = 10**10, 10**8, 10**5, 1

UNITS = {"b": 1, "kb": 1000, "Mb": 1_000_000, "b/d": 1, "kb/d": 1000, "Mb/d": 1_000_000}
EVER = 10**8  # more than any flow


def plain(value):
    """A quantity without its sources and range; a volume or a rate in barrels, money in 0.001 USD."""
    if isinstance(value, dict):
        value = value["value"]
    if not isinstance(value, str):
        return value
    number, unit = value.split()
    return round(float(number) * 1000) if unit == "USD/bbl" else round(float(number) * UNITS[unit])


class Network:
    """Arcs with capacity and cost; what of the scenario each stands for."""

    def __init__(self, doc):
        self.doc = doc
        self.days = int(doc["scenario"]["horizon"].split()[0])
        self.nodes = {}
        self.arcs, self.nominal = [], {}  # [tail, head, cost, capacity], id of element -> nominal
        self.parts = {}  # element -> its arcs in the order in which they fill, each with its most
        self.source, self.sink = self.node("source"), self.node("sink")
        self.tanks = []  # [node, capacity, floor, initial, rank]
        self.planned = 0
        self.build()

    def node(self, name):
        return self.nodes.setdefault(name, len(self.nodes))

    def arc(self, element, start, end, cost, most=EVER, is_last=True):
        self.parts.setdefault(element, []).append((len(self.arcs), most))
        self.arcs.append([self.node(start), self.node(end), cost, most])

    def split(self, element, start, end, cost, capacity, first, bonus):
        """An arc whose first part, up to `first`, is worth more."""
        self.nominal[element] = capacity
        if first:
            self.arc(element, start, end, cost - bonus, first)
        if first < capacity:
            self.arc(element, start, end, cost)

    def useful(self):
        """Links on some way from a field to a market; nobody would write the others out."""
        links = {n: x for n, x in self.doc["link"].items() if plain(x.get("capacity", EVER))}

        def reached(begin, start, end):
            seen, grows = set(begin), True
            while grows:
                more = {x[end] for x in links.values() if x[start] in seen} - seen
                seen |= more
                grows = bool(more)
            return seen

        ahead = reached(self.doc["field"], "from", "to")
        behind = reached(self.doc["market"], "to", "from")
        return {n: x for n, x in links.items() if x["from"] in ahead and x["to"] in behind}

    def inlet(self, name):
        """Where oil comes in: a node of its own at a hub that limits what goes through."""
        return f"into {name}" if "capacity" in self.doc["hub"].get(name, {}) else name

    def build(self):
        doc = self.doc
        for name, field in doc["field"].items():
            plan = plain(field["plan"])
            self.planned += plan
            self.split(f"field.{name}", "source", name, 0, plan, 0, 0)
        for name, hub in doc["hub"].items():
            if "capacity" in hub:
                self.split(f"hub.{name}", self.inlet(name), name, 0, plain(hub["capacity"]), 0, 0)
        useful = self.useful()
        for name, link in doc["link"].items():
            money = sum(plain(link[key]) for key in ("tariff", "freight", "war_risk") if key in link)
            capacity = plain(link["capacity"]) if "capacity" in link else EVER
            nominated = plain(link["nomination"]) if "nomination" in link else 0
            self.nominal[f"link.{name}"] = capacity
            if name in useful:
                ends = link["from"], self.inlet(link["to"])
                self.split(f"link.{name}", *ends, MONEY * money, capacity, nominated, NOMINATED)
        prices = [plain(market["price"]) for market in doc["market"].values() if "price" in market]
        best = max(prices)
        for name, market in doc["market"].items():
            demand = plain(market["demand"])
            first = plain(market["commitment"]) if "commitment" in market else 0
            is_first = CLASS * (2 if market.get("priority", 2) == 1 else 1)
            less = MONEY * (best - plain(market["price"])) if "price" in market else 0
            bonus = is_first - CLASS
            self.split(f"market.{name}", name, "sink", less - CLASS, demand, first, bonus)
        ranks = {}
        for name, hub in doc["hub"].items():
            if "tank" in hub:
                tank = hub["tank"]
                size = plain(tank["capacity"])
                floor, initial = (round(size * plain(tank[key])) for key in ("target", "initial"))
                rank = STOCK * self.rank(name, ranks)
                self.tanks.append([self.node(self.inlet(name)), size, floor, initial, rank])
                self.nominal[f"tank.{name}"] = size

    def rank(self, name, known):
        """1 for a tank, and 1 for each tank on the longest way to it."""

        def tanks_before(node):
            if node not in known:
                known[node] = 0  # also ends a walk in a circle
                links = [x for x in self.doc["link"].values() if x["to"] == node]
                known[node] = max(
                    (
                        tanks_before(x["from"])
                        + ("tank" in self.doc["hub"].get(x["from"], {}))
                        for x in links
                    ),
                    default=0,
                )
            return known[node]

        return 1 + tanks_before(name)

    def units(self, link):
        """Sizes of a link's units, by number; none if it has no units."""
        units = self.doc["link"].get(link, {}).get("units")
        return [plain(units["each"])] * units["count"] if units else []


def shares(disruptions, days):
    """For each target and day the pieces of the day and what is left in each: {target: {day: …}}.

    Where several disruptions overlap on a target the least share counts.
    """
    by_target = {}
    for d in disruptions:
        by_target.setdefault(d["target"], []).append(
            (d["start_seconds"] / 86400, d["end_seconds"] / 86400, d["left"])
        )
    found = {}
    for target, spans in by_target.items():
        touched = {
            day
            for start, end, _ in spans
            for day in range(int(start), min(days, int(end) + 1))
        }
        pieces = {}
        for day in touched:
            near = [(max(a, day), min(b, day + 1), left) for a, b, left in spans]
            near = [piece for piece in near if piece[0] < piece[1]]
            edges = sorted({day, day + 1, *(x for a, b, _ in near for x in (a, b))})
            left = 0.0
            for a, b in zip(edges, edges[1:]):
                least = min((s for x, y, s in near if x <= a and b <= y), default=1.0)
                left += (b - a) * least
            pieces[day] = left
        found[target] = pieces
    return found


def can_carry(broken, network, element):
    """What an element can carry under these shares left, before anybody's oil is on it."""
    can = round(network.nominal[element] * broken.get(element, 1.0))
    sizes = network.units(element.removeprefix("link."))
    if sizes:
        units = enumerate(sizes, start=1)
        can = min(can, sum(round(x * broken.get(f"{element}#{k}", 1.0)) for k, x in units))
    return can


def transits_pass(broken, network):
    """What is left on the links that others use: their oil goes first, in order of name."""
    now, transits = {}, network.doc.get("transit", {})
    for name in sorted(transits):
        transit = transits[name]
        path = [f"link.{link}" for link in transit["path"]]
        for link in path:
            now.setdefault(link, can_carry(broken, network, link))
        wanted = plain(transit["volume"])
        passes = min(wanted, *(now[link] for link in path))
        if transit.get("yields"):
            # What yields keeps its share of the line.
            kept = (
                wanted * can_carry(broken, network, link) / can_carry({}, network, link)
                for link in path
            )
            passes = min(passes, *map(round, kept))
        for link in path:
            now[link] -= passes
    return now


def available(network, story, days):
    """For each day the elements that cannot carry their nominal, and what they can."""
    by_day = [{} for _ in range(days)]
    for target, pieces in shares(story["disruptions"], days).items():
        for day, share in pieces.items():
            by_day[day][target] = share
    for broken in by_day:
        elements = {target.split("#")[0] for target in broken}
        now = {element: can_carry(broken, network, element) for element in elements}
        yield now | transits_pass(broken, network)


def changes(network, story):
    """(day, place, capacity) of all that changes; places are arcs, then tanks."""
    days = network.days
    place_of_tank = {}
    tanks = [name for name, hub in network.doc["hub"].items() if "tank" in hub]
    for number, name in enumerate(tanks):
        place_of_tank[f"tank.{name}"] = len(network.arcs) + number
    known = {}
    for day, now in enumerate(available(network, story, days)):
        for element in sorted(now.keys() | known.keys()):
            can = now.get(element, network.nominal[element])
            if known.get(element) == can:
                continue
            known[element] = can
            if element in place_of_tank:
                yield day, place_of_tank[element], can
                continue
            for arc, most in network.parts.get(element, []):
                yield day, arc, min(can, most)
                can -= min(can, most)


def story(keruen, scenario, replication, *settings):
    command = [keruen, "explain", scenario, "--replication", str(replication), "--json", "--quiet"]
    done = subprocess.run([*command, *settings], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    return json.loads(done.stdout)


def loops_rules(doc):
    """Settings under which Keruen, too, knows no lags, times under way and damage."""
    links = [(f"link.{n}", x) for n, x in doc["link"].items()]
    fields = [(f"field.{n}", x) for n, x in doc["field"].items()]
    for name, element in links + fields:
        for key in ("lag", "transit_time"):
            if key in element:
                yield from ("--set", f'{name}.{key}="0 s"')
        if "damage" in element:
            yield from ("--set", f"{name}.damage.most=0.0")


def main():
    scenario, keruen, futures, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    doc = tomllib.loads(Path(scenario).read_text(encoding="utf-8"))
    network = Network(doc)
    plainly = list(loops_rules(doc))
    told, simple, lines = [], [], []
    for replication in range(futures):
        whole = story(keruen, scenario, replication)
        told.append(whole["undelivered_bbl"])
        simple.append(story(keruen, scenario, replication, *plainly)["undelivered_bbl"])
        found = list(changes(network, whole))
        lines.append([len(found)])
        lines += found
    is_market = {arc for e, p in network.parts.items() if e.startswith("market.") for arc, _ in p}
    nominal = {}
    for element, parts in network.parts.items():
        can = network.nominal.get(element, EVER)
        for arc, most in parts:
            nominal[arc] = min(can, most)
            can -= nominal[arc]
    head = [network.days, len(network.nodes), network.source, network.sink, len(network.arcs)]
    head += [len(network.tanks), futures, network.planned]
    arcs = [
        [tail, end, cost, nominal[number], int(number in is_market)]
        for number, (tail, end, cost, _) in enumerate(network.arcs)
    ]
    rows = [head, *arcs, *network.tanks, *lines]
    out.write_text("".join(" ".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    beside = {"undelivered": told, "undelivered_by_the_loops_rules": simple}
    out.with_suffix(".json").write_text(json.dumps(beside) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
