#!/usr/bin/env python3
"""What the rules of Kazakhstan cost: each put alone to the plain greatest flow, and taken alone from all it has.

    python3 benches/peers/rules.py
    python3 benches/peers/rules.py --keruen target/release/keruen --seconds 5
    python3 benches/peers/rules.py --page docs/performance.md      # also writes the table there

The best of some rounds through all counts, as a machine that others use is now fast and now slow.
Rules are taken out of `scenarios/kazakhstan.toml` as text, so what is left is an ordinary scenario. Standard library only.
"""

import argparse
import re
import sys
from pathlib import Path

from figures import number
from processes import ROOT, Failed, spawn
from tools import BUILD, note

BEGIN, END = "<!-- rules: begin -->", "<!-- rules: end -->"
SCENARIO = ROOT / "scenarios" / "kazakhstan.toml"

# A key or a table that brings a rule in.
KEYS = {"priority": "priority", "lags": "lag", "times under way": "transit_time", "damage": "damage"}
TABLES = {"tanks": r"\[hub\.[^.\]]+\.tank\]", "other people's oil": r"\[transit\.[^\]]+\]"}
RAMP = 'restart = "10 d"\n'
PRORATING = '\n[allocation]\nsharing = "pro-rata"\n'
# A run of so many replications tells how long start-up takes.
FEW = 100
FOUR = ["priority", "tanks", "ramps of ten days", "prorationing"]
OWN = [*KEYS, *TABLES]
ALL = [*OWN, "ramps of ten days", "prorationing"]


def scenario_with(rules):
    """Kazakhstan with these rules only."""
    parts = []
    for table in re.split(r"(?m)^(?=\[)", SCENARIO.read_text()):
        head = table.split("\n", 1)[0]
        if any(re.match(TABLES[rule], head) for rule in TABLES if rule not in rules):
            continue
        for rule, key in KEYS.items():
            if rule not in rules:
                table = re.sub(rf"(?m)^{key} = .*\n", "", table)
        if "ramps of ten days" in rules and re.match(r"\[field\.[^.\]]+\]", head):
            table = table.replace("\n", "\n" + RAMP, 1)
        parts.append(table)
    text = "".join(parts)
    if "tanks" not in rules:
        # What goes wrong with a tank goes wrong with its hub.
        text = text.replace('"tank.', '"hub.')
    return text + (PRORATING if "prorationing" in rules else "")


def written(name, rules):
    """The scenario with these rules only, as a file."""
    path = BUILD / f"rules_{re.sub(r'[^a-z]+', '_', name)}_{len(rules)}.toml"
    BUILD.mkdir(exist_ok=True)
    path.write_text(scenario_with(rules))
    return path


def seconds_of(binary, path, count, timeout):
    """CPU seconds of a run of so many replications, the whole process, one thread."""
    command = [binary, "run", path, "--threads", 1, "--collect", "system", "--json", "--quiet", "-n", count]
    return spawn(command, timeout).cpu


def replications(binary, path, seconds, timeout):
    """How many replications take about so long."""
    count = 1000
    while True:
        spent = seconds_of(binary, path, count, timeout)
        if spent >= seconds / 2:
            return count
        count = round(count * min(20, max(2, seconds / max(spent, 0.005))))


def years_per_second(binary, paths, seconds, rounds, timeout):
    """Sampled years per CPU second of each, start-up left out: the best of rounds through all of them."""
    counts = [replications(binary, path, seconds, timeout) for path in paths]
    best = [0.0] * len(paths)
    for _ in range(rounds):
        for at, (path, count) in enumerate(zip(paths, counts)):
            less = seconds_of(binary, path, FEW, timeout)
            spent = seconds_of(binary, path, count, timeout) - less
            best[at] = max(best[at], (count - FEW) / spent)
    return best


def table(title, rows):
    """The rows as a table of a page; shares are of the first."""
    first = rows[0][1]
    lines = [f"| {title} | years per CPU second | of the first |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {number(rate)} | {rate / first:.2f} |" for name, rate in rows]
    return "\n".join(lines)


def tables():
    """What is asked: a title, and what is left in each row."""
    put = [("nothing: the plain greatest flow", [])]
    put += [(rule, [rule]) for rule in ALL]
    put += [("priority, tanks, ramps and prorationing", FOUR), ("everything above", ALL)]
    taken = [("nothing: as it is", OWN)]
    taken += [(rule, [other for other in OWN if other != rule]) for rule in OWN]
    return [("put to the plain greatest flow", put), ("taken from Kazakhstan", taken)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keruen", default=ROOT / "target" / "release" / "keruen", help="the binary")
    parser.add_argument("--seconds", type=float, default=2, help="CPU seconds for each")
    parser.add_argument("--rounds", type=int, default=3, help="how often all of them are run, one after the other")
    parser.add_argument("--timeout", type=float, default=300, help="seconds until one is given up")
    parser.add_argument("--page", type=Path, help="a page with the marks between which the tables go")
    args = parser.parse_args()
    found = []
    try:
        for title, runs in tables():
            paths = [written(name, rules) for name, rules in runs]
            rates = years_per_second(args.keruen, paths, args.seconds, args.rounds, args.timeout)
            found.append(table(title, list(zip((name for name, _ in runs), rates))))
            note(title)
    except Failed as failure:
        note(str(failure))
        return 1
    text = "\n\n".join(found)
    print(text)
    if args.page:
        page = args.page.read_text()
        before, rest = page.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        args.page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
