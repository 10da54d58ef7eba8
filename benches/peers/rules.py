#!/usr/bin/env python3
"""What the rules of Kazakhstan cost: each put alone to the plain greatest flow, and taken alone from all it has.

    python3 benches/peers/rules.py
    python3 benches/peers/rules.py --keruen target/release/keruen --seconds 5
    python3 benches/peers/rules.py --page docs/performance.md      # also writes the table there

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


def years_per_second(binary, name, rules, seconds, timeout):
    """Sampled years per CPU second, start-up left out, one thread."""
    path = BUILD / f"rules_{re.sub(r'[^a-z]+', '_', name)}.toml"
    BUILD.mkdir(exist_ok=True)
    path.write_text(scenario_with(rules))
    command = [binary, "run", path, "--threads", 1, "--collect", "system", "--json", "--quiet", "-n"]
    less, count = spawn([*command, 100], timeout), 1000
    while True:
        more = spawn([*command, count], timeout)
        spent = more.cpu - less.cpu
        if spent >= seconds / 2:
            return (count - 100) / spent
        count = round(count * min(20, max(2, seconds / max(spent, 0.005))))


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
    parser.add_argument("--timeout", type=float, default=300, help="seconds until one is given up")
    parser.add_argument("--page", type=Path, help="a page with the marks between which the tables go")
    args = parser.parse_args()
    found = []
    try:
        for title, runs in tables():
            rows = []
            for name, rules in runs:
                rate = years_per_second(args.keruen, name, rules, args.seconds, args.timeout)
                rows.append((name, rate))
                note(f"{title}: {name}: {number(rate)}")
            found.append(table(title, rows))
    except Failed as failure:
        note(f"{name}: {failure}")
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
