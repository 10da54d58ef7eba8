#!/usr/bin/env python3
"""How Keruen's time grows with the network and the horizon: layered networks, greatest flow.

    python3 benches/peers/scale.py
    python3 benches/peers/scale.py --links 100,1000 --years 1,30 --seconds 2 --chart scale.svg
    python3 benches/peers/scale.py --page docs/performance.md      # also writes the table there

Standard library only, but for the chart.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import generate
import peers
import workload
from processes import ROOT, Failed, spawn
from figures import number
from tools import BUILD, note

BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"


def changes_a_year(load):
    """Expected changes of state a year: each is a component going down or coming up."""
    return load.days * sum(2 * c.p_fail * (1 - c.unavailability) for c in load.components)


class Run:
    """`keruen run` on one network over so many years."""

    def __init__(self, binary, scenario, years, timeout):
        self.command = [binary, "run", scenario, "--set", f'scenario.horizon="{365 * years} d"']
        self.command += ["--threads", 1, "--collect", "system", "--json", "--quiet", "-n"]
        self.timeout = timeout

    def __call__(self, replications):
        return spawn([*self.command, replications], self.timeout)


def measure(binary, links, years, args):
    """One row; nothing if it cannot be had in the time."""
    key = f"w4_{links}"
    load = workload.read(generate.find(key))
    run = Run(binary, peers.scenario_of(key, load), years, args.timeout)
    try:
        start_up = run(1).cpu
        count, spent = 2, 0.0
        while True:
            done = run(count)
            spent = done.cpu - start_up
            if spent >= args.seconds / 2:
                break
            count = round(count * min(50, max(2, args.seconds / max(spent, 0.005))))
    except Failed as failure:
        note(f"{links} links, {years} years: {failure}")
        return None
    # The first run held one replication beside the start-up.
    of_one = spent / (count - 1)
    changes = changes_a_year(load) * years
    return {
        "links": links,
        "years": years,
        "start_up_seconds": start_up - of_one,
        "changes": changes,
        "microseconds_a_change": 1e6 * of_one / changes,
        "microseconds_a_link_and_year": 1e6 * of_one / links / years,
        "sampled_years_a_cpu_second": years / of_one,
        "peak_mib": done.peak_mib,
    }


def table(rows):
    columns = ["links", "horizon, years", "changes", "µs per change", "µs per link and year"]
    columns += ["years per CPU second", "start-up, s", "MiB"]
    yield f"| {' | '.join(columns)} |"
    yield "| ---: " * len(columns) + "|"
    for row in rows:
        cells = [f"{row['links']}", f"{row['years']}", f"{row['changes']:.0f}"]
        cells += [f"{row['microseconds_a_change']:.2f}"]
        cells += [f"{row['microseconds_a_link_and_year']:.2f}"]
        cells += [number(row["sampled_years_a_cpu_second"]), f"{row['start_up_seconds']:.2f}"]
        yield f"| {' | '.join([*cells, format(row['peak_mib'], '.0f')])} |"


CHART = """
import json, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
rows = json.load(open(sys.argv[1]))
plt.rcParams["svg.hashsalt"] = "keruen"
figure, panels = plt.subplots(1, 2, figsize=(8, 2.9), layout="constrained")
for panel, key, title in [
    (panels[0], "microseconds_a_change", "µs per change"),
    (panels[1], "microseconds_a_link_and_year", "µs per link and year"),
]:
    for years, colour in zip(sorted({r["years"] for r in rows}), ["#b3541e", "#7f96a8", "#c5b06a"]):
        mine = [r for r in rows if r["years"] == years]
        label = f"{years} year" + ("s" if years > 1 else "")
        panel.plot([r["links"] for r in mine], [r[key] for r in mine], "o-", color=colour, label=label)
    panel.set(xscale="log", ylim=(0, None), xlabel="links")
    panel.set_title(title, loc="left", fontsize=9, fontweight="bold")
    panel.tick_params(labelsize=7)
    panel.spines[["top", "right"]].set_visible(False)
panels[0].legend(fontsize=7, frameon=False)
is_svg = sys.argv[2].endswith(".svg")
figure.savefig(sys.argv[2], dpi=150, metadata={"Date": None} if is_svg else None)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--links", default="100,300,1000,3000,10000")
    parser.add_argument("--years", default="1,30", help="horizons")
    parser.add_argument("--seconds", type=float, default=4, help="CPU time for each row")
    parser.add_argument("--timeout", type=float, default=120, help="seconds one process may take")
    parser.add_argument("--keruen", default=str(ROOT / "target" / "release" / "keruen"))
    parser.add_argument("--chart", help="also draw it (SVG or PNG by its ending)")
    parser.add_argument("--page", help="write the table between the marks of this page")
    args = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    binary = str(Path(args.keruen).resolve())
    rows = []
    for years in map(int, args.years.split(",")):
        for links in map(int, args.links.split(",")):
            row = measure(binary, links, years, args)
            if row:
                rows.append(row)
                print(json.dumps(row), flush=True)
    lines = list(table(rows))
    print("\n".join(lines))
    if args.page:
        page = Path(args.page)
        before, rest = page.read_text(encoding="utf-8").split(BEGIN)
        _, after = rest.split(END)
        whole = "\n".join(lines)
        page.write_text(f"{before}{BEGIN}\n\n{whole}\n\n{END}{after}", encoding="utf-8")
    if args.chart:
        figures = BUILD / "scale.json"
        figures.write_text(json.dumps(rows), encoding="utf-8")
        for python in (BUILD / "python" / "bin" / "python", Path(sys.executable)):
            command = [str(python), "-c", CHART, str(figures), args.chart]
            if python.exists() and subprocess.run(command, check=False).returncode == 0:
                return
        note("no chart: matplotlib is not installed (benches/peers/run.py --install)")


if __name__ == "__main__":
    main()
