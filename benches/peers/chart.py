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


def colour(peer):
    if peer == "keruen":
        return OURS
    return SIMULATOR if peer.startswith("pywr") else LIBRARY


def main():
    about = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    by_workload = {}
    for row in about["figures"]:
        by_workload.setdefault(row["workload"], []).append(row)
    heights = [1 + len(rows) for rows in by_workload.values()]
    plt.rcParams["svg.hashsalt"] = "keruen"
    figure, panels = plt.subplots(
        len(heights),
        1,
        figsize=(8.5, 0.19 * sum(heights) + 0.55 * len(heights)),
        gridspec_kw={"height_ratios": heights},
        squeeze=False,
        layout="constrained",
    )
    for panel, (key, rows) in zip(panels[:, 0], by_workload.items(), strict=True):
        rows = sorted(rows, key=lambda row: row["years_per_cpu_second"])
        rates = [row["years_per_cpu_second"] for row in rows]
        names = ["Keruen" if row["peer"] == "keruen" else row["peer"] for row in rows]
        panel.barh(names, rates, color=[colour(row["peer"]) for row in rows], height=0.72)
        panel.set_xscale("log")
        least = min(rates)
        panel.set_xlim(least / 2, max(rates) * 12)
        for place, (row, rate) in enumerate(zip(rows, rates, strict=True)):
            text = f" {rate:,.0f}" if rate >= 10 else f" {rate:.2g}"
            if "keruen_over_peer" in row:
                times = row["keruen_over_peer"]
                text += f"  (× {times:,.0f})" if times >= 10 else f"  (× {times:.2g})"
            panel.text(rate, place, text, va="center", fontsize=7)
        panel.set_title(TITLES.get(key, key), loc="left", fontsize=9, fontweight="bold")
        panel.tick_params(labelsize=7)
        panel.spines[["top", "right"]].set_visible(False)
    below = "sampled years per CPU second; × how many times faster Keruen is, in the same run"
    panels[-1, 0].set_xlabel(f"{below} ({about['date']})", fontsize=8)
    # Without a date of its own a chart of the same figures is the same file.
    is_svg = sys.argv[2].endswith(".svg")
    figure.savefig(sys.argv[2], dpi=150, metadata={"Date": None} if is_svg else None)


if __name__ == "__main__":
    main()
