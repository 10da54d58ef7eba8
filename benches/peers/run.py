#!/usr/bin/env python3
"""Compare Keruen with what people would use instead, on the shared workloads.

    python3 benches/peers/run.py --install              # fetch the Python peers, build, run everything
    python3 benches/peers/run.py --workloads w1 --seconds 5 --rounds 3 --json figures.json
    python3 benches/peers/run.py --only keruen,boost,lemon   # by the start of their names
    python3 benches/peers/run.py --chart docs/figures/peers.svg --json figures.json
    python3 benches/peers/run.py --memory               # Keruen's peak memory as replications grow
    python3 benches/peers/run.py --same 6               # the same years to all Python peers: equal?

All are run in turn, round after round, so that a noisy spell hits all alike. Printed for each:
sampled years per CPU second and per second (medians of the rounds), mean unserved demand a year with
its standard error (all rounds pooled), transport cost where it is asked for, peak memory, and how
many times faster Keruen is per CPU second. A peer that is not installed is named on standard error
and left out. The exit code is 1 if Keruen fails, or if an answer is more than four standard errors
from the known one.

Standard library only; needs Linux (memory is read from /proc).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import generate
import peers
import tools
import verdict
import workload
from processes import ROOT, Failed, spawn
from tools import BUILD, HERE, note

EVERYTHING = "w1,w2,w3,w4_100,w4_1000,w4_10000,kazakhstan"


def machine():
    """What it ran on, for the record."""
    models = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    )
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "commit": commit.stdout.strip(),
    }


def command():
    """The command line without what only this machine needs."""
    words, skips = ["python3 benches/peers/run.py"], 0
    for word in sys.argv[1:]:
        if skips:
            skips -= 1
        elif word in ("--keruen", "--python", "--pywr2-python", "--json", "--chart"):
            skips = 1
        elif word not in ("--no-build", "--install"):
            words.append(word)
    return " ".join(words)


def measure(key, found, args):
    """All rounds of one workload, printed; the figures and whether all answers are right."""
    if key == "kazakhstan":
        load, todo = None, peers.on_kazakhstan(found, args)
    else:
        load, todo = peers.on_workload(key, found, args)
    got, gone = {peer.label: [] for peer in todo}, set()
    for number in range(1, args.rounds + 1):
        for peer in todo:
            if peer.label in gone:
                continue
            try:
                got[peer.label].append(peer.run(number))
            except Failed as failure:
                note(f"{key}, {peer.label}: {failure}")
                gone.add(peer.label)
            except (KeyError, TypeError, json.JSONDecodeError) as failure:
                note(f"{key}, {peer.label}: its answer cannot be read: {failure!r}")
                gone.add(peer.label)
    rows = [verdict.summarise(peer, got[peer.label]) for peer in todo if got[peer.label]]
    for row in rows:
        row |= {"workload": key, "threads": args.threads}
    verdict.compare(key, rows)
    agree = verdict.judge_rivals(key, rows)
    show(key, load, rows, args)
    ours = next((row for row in rows if row["peer"] == "keruen"), None)
    if ours:
        print(f"  keruen: {ours['start_up_share']:.1%} of its CPU time is start-up")
    if ours and key in verdict.RIGHT:
        lines, is_right = verdict.judge_keruen(key, load, ours)
        agree &= is_right
        for line in lines:
            print(f"  keruen: {line}")
        if any(bar[0] == key for bar in verdict.SOONER_BARS):
            agree &= sooner(key, todo[0].run, ours)
        print(f"  {'CPU seconds to a standard error of 0.1 %':<44}")
        for row in rows:
            needs = row["cpu_seconds_to_a_thousandth"]
            row["keruen_sooner_by"] = needs / ours["cpu_seconds_to_a_thousandth"]
            times = "" if row is ours else f"{row['keruen_sooner_by']:>16,.0f} x"
            bar = verdict.SOONER_BARS.get((key, row["peer"]))
            if bar:
                row["sooner_bar"] = bar
                is_met = "met" if row["keruen_sooner_by"] >= bar else "MISSED"
                times += f"  (bar {bar:,}: {is_met})"
            print(f"    {row['peer']:<32}{needs:>14,.3f}{times}")
    for row in rows:
        if not row.get("agrees", True) and row is not ours:
            print(f"  {row['peer']}: {row['standard_errors_apart']:.1f} standard errors from known")
        if "paired" in row and row["peer"].endswith("daily"):
            for line in verdict.paired(row):
                print(f"  {line}")
    sys.stdout.flush()
    return rows, agree and (ours is not None or not any(p.tool == "keruen" for p in todo))


def sooner(key, keruen, ours):
    """Runs that stop at 0.1 %, whole processes, with seeds of their own; whether they are right."""
    unserved, undelivered = ours["unserved"][0], ours["undelivered"]
    runs = [keruen.to_a_thousandth(unserved, undelivered, seed) for seed in range(1, 22)]
    is_right = verdict.judge_sooner(key, ours, runs)
    print(
        f"  keruen: {len(runs)} runs that stop at 0.1 %: "
        f"{ours['replications_to_a_thousandth']:,.0f} replications, "
        f"{ours['cpu_seconds_to_a_thousandth'] * 1000:.1f} ms of CPU time, "
        f"{'all within' if is_right else 'NOT all within'} 0.1 % and 4 standard errors"
    )
    return is_right


def show(key, load, rows, args):
    print(f"{key}: {args.threads} thread(s), {args.rounds} rounds of about {args.seconds:g} s")
    print(
        f"  {'peer':<32}{'years/CPU-s':>12}{'years/s':>11}{'mean unserved':>15}{'± se':>11}"
        f"{'cost, bn':>10}{'± se':>8}{'peak MiB':>10}{'Keruen/peer':>13}"
    )
    for row in rows:
        cost = f"{'':>18}"
        if load and load.is_min_cost and "cost" in row:
            cost = f"{row['cost'][0] / 1e9:>10.3f}{row['cost'][1] / 1e9:>8.3f}"
        ratio = ""
        if "keruen_over_peer" in row:
            times = row["keruen_over_peer"]
            ratio = f"{times:>13,.1f}"
            if "bar" in row:
                is_met = "met" if times >= row["bar"] else "MISSED"
                ratio += f"  (bar {row['bar']:,}: {is_met})"
        print(
            f"  {row['peer']:<32}{row['years_per_cpu_second']:>12,.2f}"
            f"{row['years_per_second']:>11,.2f}{row['unserved'][0]:>15,.0f}"
            f"{row['unserved'][1]:>11,.0f}{cost}{row['peak_mib']:>10.1f}{ratio}"
        )


def memory(found, args):
    """Keruen's peak memory as replications grow; `False` if it exceeds 64 MiB."""
    is_flat = True
    for key in [key for key in args.workloads.split(",") if key != "kazakhstan"]:
        load = workload.read(generate.find(key))
        keruen = peers.Keruen(found["keruen"], peers.scenario_of(key, load), load, args)
        for replications in (10_000, 100_000, 1_000_000):
            try:
                done = keruen.once(replications, 1)[1]
            except Failed as failure:
                note(f"{key}, {replications:,} replications: {failure}")
                break
            is_flat &= done.peak_mib <= 64
            print(
                f"{key:<9}{replications:>10,} replications: {done.peak_mib:7.1f} MiB, "
                f"{done.cpu:8.1f} CPU seconds"
            )
            sys.stdout.flush()
    return is_flat


def same(found, args):
    """Whether all Python peers and both pywr give equal answers for the same years."""
    all_equal = True
    for key in [key for key in args.workloads.split(",") if key != "kazakhstan"]:
        file = generate.find(key)
        is_min_cost = workload.read(file).is_min_cost
        libraries = ["networkx", "ortools", "highs"]
        if not is_min_cost:
            libraries += ["networkx-bk", "igraph", "scipy"]
        script = HERE / "library_loop.py"
        commands = {
            name: [found[name.split("-")[0]], script, name, file, "changes", f"{args.same}y", 1]
            for name in libraries
            if name.split("-")[0] in found
        }
        for name, loop in [("pywr1", "pywr1_loop.py"), ("pywr2", "pywr_loop.py")]:
            if name in found:
                last = [1] if name == "pywr2" else []
                commands[name] = [found[name], HERE / loop, file, args.same, 1, *last]
        first = None
        for name, command in commands.items():
            told = json.loads(spawn(command, args.timeout).output.strip().splitlines()[-1])
            values = [told["unserved"], told.get("cost", 0.0), *told.get("outlets", [])]
            first = first or values
            pairs = zip(values, first, strict=True)
            is_equal = all(abs(a - b) <= 1e-9 * max(1.0, abs(b)) for a, b in pairs)
            all_equal &= is_equal
            print(f"{key:<9}{name:<12}{values[0]:>16,.3f}{values[1]:>22,.3f}  ", end="")
            print("equal" if is_equal else "DIFFERS")
            sys.stdout.flush()
    return all_equal


def draw(figures, chart):
    """The chart, by a Python that has matplotlib."""
    for python in (BUILD / "python" / "bin" / "python", Path(sys.executable)):
        command = [str(python), str(HERE / "chart.py"), str(figures), str(chart)]
        if python.exists() and subprocess.run(command, check=False).returncode == 0:
            return
    note("no chart: matplotlib is not installed (run with --install)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--workloads", default=EVERYTHING, help=f"of {EVERYTHING}")
    parser.add_argument("--seconds", type=float, default=5, help="CPU time of one round of one peer")
    parser.add_argument("--longest", type=float, help="most for Keruen, whose start-up counts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--modes", default="changes,memo", help="of changes, memo")
    parser.add_argument("--only", default="", help="starts of names, separated by commas")
    parser.add_argument("--futures", type=int, default=200, help="of Kazakhstan for the written loop")
    parser.add_argument("--json", help="also write all figures to this file")
    parser.add_argument("--chart", help="also draw them (SVG or PNG by its ending)")
    parser.add_argument("--install", action="store_true", help="install Python peers under build/")
    parser.add_argument("--memory", action="store_true", help="only Keruen's memory")
    parser.add_argument("--same", type=int, metavar="YEARS", help="only compare on the same years")
    parser.add_argument("--no-build", action="store_true", help="take Keruen as it is built")
    parser.add_argument("--keruen", default=str(ROOT / "target" / "release" / "keruen"))
    parser.add_argument("--python", help="a Python with the libraries and pywr 1")
    parser.add_argument("--pywr2-python", help="the Python of an environment with pywr 2")
    parser.add_argument("--timeout", type=float, help="seconds that one process may take")
    args = parser.parse_args()
    args.longest = args.longest or 6 * args.seconds
    args.timeout = args.timeout or 120 + 20 * args.seconds
    args.keruen = str(Path(args.keruen).resolve())
    if args.memory:
        args.only = "keruen"
    found = tools.find(args)
    if args.memory:
        return 0 if "keruen" in found and memory(found, args) else 1
    if args.same:
        return 0 if same(found, args) else 1
    everything, all_agree = [], True
    for key in args.workloads.split(","):
        rows, agree = measure(key, found, args)
        everything += rows
        all_agree &= agree
        if args.json or args.chart:
            about = machine() | {"command": command(), "figures": everything}
            target = Path(args.json) if args.json else BUILD / "figures.json"
            target.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    if args.chart:
        draw(args.json or BUILD / "figures.json", args.chart)
    return 0 if all_agree else 1


if __name__ == "__main__":
    sys.exit(main())
