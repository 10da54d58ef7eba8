#!/usr/bin/env python3
"""Draw the figures of run.py: sampled years per CPU second, one panel for each workload.

    python chart.py FIGURES.json CHART.svg

Needs matplotlib.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

TITLES = {
    "w1": "W1: greatest flow",
    "w2": "W2: least cost",
    "w3": "W3: tanks",
    "w4_100": "W4: 100 links",
    "w4_1000": "W4: 1 000 links",
    "w4_10000": "W4: 10 000 links",
    "kazakhstan": "Kazakhstan",
}
OURS, LIBRARY, SIMULATOR = "#b3541e", "#7f96a8", "#c5b06a"

# What stands in which column, from the top.
COLUMNS = [["w1", "w2", "w3", "kazakhstan"], ["w4_100", "w4_1000", "w4_10000"]]


def colour(peer):
    if peer == "keruen":
        return OURS
    return SIMULATOR if peer.startswith("pywr") else LIBRARY


def best(rows):
    """Of each tool the faster way of going about the days, slowest first."""
    by_tool = {}
    for row in sorted(rows, key=lambda row: row["years_per_cpu_second"]):
        by_tool[row["peer"].split(",")[0]] = row
    return sorted(by_tool.values(), key=lambda row: row["years_per_cpu_second"])


def draw(panel, key, rows):
    rates = [row["years_per_cpu_second"] for row in rows]
    names = ["Keruen" if row["peer"] == "keruen" else row["peer"] for row in rows]
    panel.barh(names, rates, color=[colour(row["peer"]) for row in rows], height=0.72)
    panel.set_xscale("log")
    panel.set_xlim(min(rates) / 2, max(rates) * 30)
    for place, (row, rate) in enumerate(zip(rows, rates, strict=True)):
        text = f" {rate:,.0f}" if rate >= 10 else f" {rate:.2g}"
        if "keruen_over_peer" in row:
            times = row["keruen_over_peer"]
            text += f"  (× {times:,.0f})" if times >= 10 else f"  (× {times:.2g})"
        panel.text(rate, place, text, va="center", fontsize=6.5)
    panel.set_title(TITLES.get(key, key), loc="left", fontsize=8.5, fontweight="bold")
    panel.tick_params(labelsize=6.5)
    panel.spines[["top", "right"]].set_visible(False)


def main():
    about = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    by_workload = {}
    for row in about["figures"]:
        if row["peer"] != "keruen, system totals only":
            by_workload.setdefault(row["workload"], []).append(row)
    by_workload = {key: best(rows) for key, rows in by_workload.items()}
    columns = [[key for key in column if key in by_workload] for column in COLUMNS]
    columns = [column for column in columns if column]
    plt.rcParams["svg.hashsalt"] = "keruen"
    tallest = max(sum(2.5 + len(by_workload[key]) for key in column) for column in columns)
    figure = plt.figure(figsize=(5 * len(columns), 0.2 * tallest + 0.3), layout="constrained")
    parts = figure.subfigures(1, len(columns), squeeze=False)[0]
    for part, column in zip(parts, columns, strict=True):
        heights = [2.5 + len(by_workload[key]) for key in column]
        panels = part.subplots(len(column), 1, height_ratios=heights, squeeze=False)[:, 0]
        for panel, key in zip(panels, column, strict=True):
            draw(panel, key, by_workload[key])
    below = "sampled years per CPU second; × how many times faster Keruen is, in the same run"
    figure.supxlabel(f"{below} ({about['date']})", fontsize=8)
    # Without a date of its own a chart of the same figures is the same file.
    is_svg = sys.argv[2].endswith(".svg")
    figure.savefig(sys.argv[2], dpi=150, metadata={"Date": None} if is_svg else None)


if __name__ == "__main__":
    main()
