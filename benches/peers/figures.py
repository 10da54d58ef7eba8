#!/usr/bin/env python3
"""The figures of run.py as tables in Markdown.

    python3 benches/peers/figures.py FIGURES.json                        # to standard output
    python3 benches/peers/figures.py FIGURES.json docs/performance.md    # between its marks

Standard library only.
"""

import json
import sys
from pathlib import Path

import verdict

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
TITLES = {
    "w1": "W1, greatest flow",
    "w2": "W2, least cost",
    "w3": "W3, tanks",
    "w4_100": "W4, 100 links",
    "w4_1000": "W4, 1 000 links",
    "w4_10000": "W4, 10 000 links",
    "kazakhstan": "Kazakhstan",
}


def number(value):
    """Three figures, thousands apart."""
    if value >= 1000:
        return f"{round(value, 2 - len(str(int(value))) + 1):,.0f}".replace(",", " ")
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(rows):
    yield "| | years per CPU second | years per second | MiB | Keruen is faster by | at least |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        is_ours = row["peer"].startswith("keruen")
        name = f"**{row['peer'].replace('keruen', 'Keruen')}**" if is_ours else row["peer"]
        cells = [number(row["years_per_cpu_second"]), number(row["years_per_second"])]
        cells.append(f"{row['peak_mib']:.0f}")
        times = row.get("keruen_over_peer")
        cells.append(f"{number(times)} ×" if times else "")
        bar = row.get("bar")
        cells.append(f"{number(bar)} ×" if bar else "")
        yield f"| {name} | {' | '.join(cells)} |"


def text(about):
    """All tables, with what they were measured on."""
    lines = [
        f"Run of {about['date']} on {about['cores']} cores of {about['processor']}, load"
        f" {about['load']:.1f} at its end, commit {about['commit']}: `{about['command']}`.",
        "",
    ]
    by_workload = {}
    for row in about["figures"]:
        by_workload.setdefault(row["workload"], []).append(row)
    for key, rows in by_workload.items():
        lines += [f"**{TITLES.get(key, key)}**", "", *table(rows), ""]
        ours = next((row for row in rows if row["peer"] == "keruen"), None)
        said = []
        if ours:
            said.append(f"Start-up is {ours['start_up_share']:.1%} of Keruen's time.")
        if ours and "standard_errors_apart" in ours:
            apart = ours["standard_errors_apart"]
            said.append(f"Its mean is {apart:.1f} standard errors from the known one;")
            rivals = [r["standard_errors_apart"] for r in rows if "standard_errors_apart" in r]
            said.append(f"the furthest of all is {max(rivals):.1f}.")
        for row in rows:
            if "sooner_bar" in row:
                said.append(
                    f"A standard error of 0.1 % takes Keruen"
                    f" {1000 * ours['cpu_seconds_to_a_thousandth']:.0f} ms of CPU time"
                    f" ({number(ours['replications_to_a_thousandth'])} replications with control"
                    f" variates, the whole process, median of {len(ours['to_a_thousandth'])} runs)"
                    f" and {row['peer']} {number(row['cpu_seconds_to_a_thousandth'])} s by its rate and"
                    f" the spread of a year: {number(row['keruen_sooner_by'])} × (at least"
                    f" {number(row['sooner_bar'])} ×)."
                )
        if ours is None:
            said.append("Keruen gave no answer within the time.")
        for row in rows:
            if "paired" in row and row["peer"].endswith("daily"):
                said += [f"{line[0].upper()}{line[1:]}." for line in verdict.paired(row)]
        if said:
            lines += [" ".join(said), ""]
    return "\n".join(lines)


def main():
    about = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if len(sys.argv) < 3:
        print(text(about))
        return
    page = Path(sys.argv[2])
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{text(about)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
