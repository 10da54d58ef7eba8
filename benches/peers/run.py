#!/usr/bin/env python3
"""Compare Keruen with what people would use instead, on the shared workloads.

    python3 benches/peers/run.py --install              # fetch pywr 2 once, build, run W1, W2, W3
    python3 benches/peers/run.py --workloads w1 --seconds 5 --rounds 3 --json figures.json
    python3 benches/peers/run.py --only petgraph,lemon  # peers (or keruen) by the start of their name
    python3 benches/peers/run.py --memory               # Keruen's peak memory as replications grow

All are run in turn, round after round, so that a noisy spell hits all alike. Printed for each:
sampled years per CPU second (median of the rounds), mean unserved demand a year with its standard
error (all rounds pooled), transport cost where it is asked for, peak memory, and how many times
faster Keruen is. A peer that is not installed is named on standard error and left out. The exit
code is 1 if Keruen fails, or if its answer is more than four standard errors from the known one.

Standard library only; needs Linux (memory is read from /proc).
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import translate
import workload

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = HERE / "build"
PYWR = ["pywr==2.0.0rc1", "numpy", "pandas", "tables", "pyarrow"]

# Known answers of the day model, from long runs of independent programs: mean unserved a year and
# its standard error; the same for cost; mean flow to each outlet, to the digits given.
RIGHT = {
    "w1": {"unserved": (4_155_900, 50)},
    "w2": {
        "unserved": (4_155_900, 50),
        "cost": (371.07e9, 0.03e9),
        "outlets": ["52.27e6", "6.522e6", "5.688e6", "2.146e6"]
        + ["3.122e6", "1.307e6", "8.789e6", "1.835e6"],
    },
    "w3": {
        "unserved": (3_591_000, 2_500),
        "cost": (376.62e9, 0.05e9),
        "outlets": ["52.48e6", "6.534e6", "5.749e6", "2.184e6"]
        + ["3.121e6", "1.312e6", "9.026e6", "1.835e6"],
    },
    "w4_100": {"unserved": (1_891_890, 50)},
    "w4_1000": {"unserved": (10_835_000, 11_000)},
}

# How many times faster than a peer Keruen must be. The plain loop of each is meant, not the one
# with a table of all states met, which grows without bound.
BARS = {
    ("w1", "petgraph"): 10,
    ("w2", "lemon"): 3,
    ("w3", "lemon"): 3,
    ("w1", "pywr2"): 100,
    ("w2", "pywr2"): 100,
    ("w3", "pywr2"): 100,
}


def note(text):
    print(text, file=sys.stderr, flush=True)


@dataclass
class Answer:
    """What one process found in one round."""

    years: int
    cpu: float  # seconds
    unserved: tuple  # mean a year, standard error
    cost: tuple | None
    outlets: list | None  # mean flow a year to each, in the workload's order
    outlet_errors: list | None
    peak_mib: float = 0.0


@dataclass
class Peer:
    """A program that can be run on one workload; `bar` names the bar it is held to, if any."""

    label: str
    bar: str | None
    run: Callable  # round number -> Answer


class Failed(Exception):
    """A process that did not do what it was asked."""


def spawn(command, timeout):
    """Run a command; its output, CPU seconds and peak memory in MiB."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            list(map(str, command)), stdout=out, stderr=err, cwd=ROOT, env=environment
        )
        deadline, peak, timed_out = time.monotonic() + timeout, 0.0, False
        while True:
            # The kernel's own account at exit would count this script too, whose memory a new
            # process shares until it becomes the program.
            peak = max(peak, high_water_mib(process.pid))
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > deadline:
                process.kill()
                timed_out = True
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if timed_out:
            raise Failed(f"no answer within {timeout:.0f} s")
        if process.returncode:
            said = err.read().decode(errors="replace").strip().splitlines()
            raise Failed(f"exit code {process.returncode}: {' | '.join(said[-3:])}")
        return out.read().decode(), usage.ru_utime + usage.ru_stime, peak


def high_water_mib(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def peer_answer(command, timeout):
    """Peers time themselves, start-up left out, and print JSON last."""
    output, _, peak = spawn(command, timeout)
    last = json.loads(output.strip().splitlines()[-1])
    cost = (last["cost"], last["cost_se"]) if "cost" in last else None
    unserved = (last["unserved"], last["se"])
    return Answer(last["years"], last["cpu"], unserved, cost, last.get("outlets"), None, peak)


class Keruen:
    """Keruen on one workload. All of the process counts: reading, start-up and writing too."""

    def __init__(self, binary, load, args):
        self.binary, self.load, self.args = binary, load, args
        self.replications = None

    def once(self, replications, seed):
        collect = "markets" if self.load.is_min_cost else "system"
        scenario = workload.FOLDER / f"{self.load.key}.toml"
        command = [self.binary, "run", scenario, "-n", replications, "--seed", seed]
        command += ["--threads", self.args.threads, "--collect", collect, "--json", "--quiet"]
        output, cpu, peak = spawn(command, 60 + 20 * self.args.seconds)
        return json.loads(output), cpu, peak

    def enough(self):
        """Replications that last about as long as asked."""
        wanted, count = self.args.seconds * self.args.threads, 64
        while True:
            _, cpu, _ = self.once(count, 0)
            if cpu >= wanted / 4 or cpu > 1:
                return max(2, round(count * wanted / cpu))
            count = round(count * min(50, max(2, wanted / 3 / max(cpu, 0.01))))

    def __call__(self, number):
        if self.replications is None:
            self.replications = self.enough()
        summary, cpu, peak = self.once(self.replications, number)
        found = summary["strategies"][0]
        years = summary["replications"]

        def estimate(metric):
            return metric["mean"], metric["std_error"] or 0.0

        delivered, error = estimate(found["metrics"]["delivered"])
        unserved = (self.load.days * self.load.demand - delivered, error)
        if not self.load.is_min_cost:
            return Answer(years, cpu, unserved, None, None, None, peak)
        # A unit of the workload's cost is a thousandth of a dollar.
        cost = tuple(1000 * value for value in estimate(found["metrics"]["tariff_paid"]))
        markets = [
            estimate(found["markets"][market]["delivered"])
            for market in translate.market_ids(self.load)
        ]
        flows, errors = [m for m, _ in markets], [e for _, e in markets]
        return Answer(years, cpu, unserved, cost, flows, errors, peak)


def succeeds(command, **settings):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **settings)
    return None if done.returncode == 0 else (done.stderr.strip() or "failed").splitlines()[-1]


def wants(args, label):
    return any(label.startswith(text) for text in args.only.split(","))


def build(args):
    """Build what can be built; the paths of what is there."""
    BUILD.mkdir(exist_ok=True)
    found = {}
    native = dict(os.environ, RUSTFLAGS="-C target-cpu=native")

    def keep(name, path, why):
        if why is None and Path(path).exists():
            found[name] = path
        else:
            note(f"left out: {name}: {why or f'{path} is missing'}")

    if wants(args, "petgraph"):
        folder = BUILD / "petgraph"
        manifest = HERE / "petgraph_loop" / "Cargo.toml"
        command = ["cargo", "build", "--release", "--locked", "--quiet"]
        command += ["--manifest-path", manifest]
        why = "cargo is not installed"
        if shutil.which("cargo"):
            why = succeeds(command, env=native | {"CARGO_TARGET_DIR": str(folder)})
        keep("petgraph", folder / "release" / "petgraph_loop", why)
    if wants(args, "lemon"):
        program = BUILD / "lemon_loop"
        command = ["g++", "-O3", "-march=native", "-DNDEBUG", "-std=c++17", "-w", "-pthread"]
        why = "g++ is not installed"
        if shutil.which("g++"):
            why = succeeds([*command, "-o", program, HERE / "lemon_loop.cpp"])
        keep("lemon", program, why and f"{why} (is liblemon-dev installed?)")
    if wants(args, "pywr2"):
        home = BUILD / "pywr2"
        if args.install and not (home / "bin" / "python").exists():
            note("installing pywr 2 …")
            why = succeeds([sys.executable, "-m", "venv", home])
            why = why or succeeds([home / "bin" / "pip", "install", "--quiet", "--pre", *PYWR])
            if why:
                shutil.rmtree(home, ignore_errors=True)
                note(f"not installed: {why}")
        python = Path(args.pywr2_python) if args.pywr2_python else home / "bin" / "python"
        why = f"{python} is missing (run with --install)"
        if python.exists():
            why = succeeds([python, "-c", "import numpy, pandas, pywr, tables; pywr.ModelSchema"])
        keep("pywr2", python, why)
    if wants(args, "keruen"):
        program, why = Path(args.keruen), None
        if not args.no_build:
            why = succeeds(["cargo", "build", "--release", "--quiet", "--bin", "keruen"], cwd=ROOT)
        keep("keruen", program, why)
    return found


def peers(load, found, args):
    """Everything that can be run on this workload, Keruen first."""
    plain = BUILD / f"{load.key}.txt"
    workload.write_plain(load, plain)
    timeout = 60 + 12 * args.seconds

    def compiled(program, mode):
        return lambda number: peer_answer(
            [program, plain, mode, args.seconds, number, args.threads], timeout
        )

    def simulated(number):
        # pywr solves some 30 years of a hundred components in a second.
        years = max(8, round(args.seconds * args.threads * 3000 / len(load.components)))
        script, file = HERE / "pywr_loop.py", workload.FOLDER / f"{load.key}.json"
        return peer_answer([found["pywr2"], script, file, years, number, args.threads], timeout)

    modes = ["daily"] if load.stores else ["changes", "memo"]
    if "keruen" in found:
        yield Peer("keruen", None, Keruen(found["keruen"], load, args))
    if "petgraph" in found and not load.is_min_cost:
        for mode in modes:
            bar = None if mode == "memo" else "petgraph"
            yield Peer(f"petgraph dinics, {mode}", bar, compiled(found["petgraph"], mode))
    if "lemon" in found:
        for mode in modes:
            bar = None if mode == "memo" else "lemon"
            label = f"lemon network simplex, {mode}"
            yield Peer(label, bar, compiled(found["lemon"], mode))
    if "pywr2" in found:
        yield Peer("pywr2 clp, daily", "pywr2", simulated)


def pool(estimates):
    """Mean and standard error over all rounds, from (years, mean, standard error) of each."""
    total = sum(n for n, _, _ in estimates)
    mean = sum(n * m for n, m, _ in estimates) / total
    square = sum(e**2 * n * (n - 1) + n * (m - mean) ** 2 for n, m, e in estimates)
    return mean, math.sqrt(square / max(total - 1, 1) / total)


def summarise(label, rounds):
    """The rounds of one peer as one line's figures."""
    figures = {
        "peer": label,
        "years_per_cpu_second": statistics.median(a.years / a.cpu for a in rounds),
        "years": sum(a.years for a in rounds),
        "unserved": pool([(a.years, *a.unserved) for a in rounds]),
        "peak_mib": max(a.peak_mib for a in rounds),
        "rounds": [
            {"years": a.years, "cpu_seconds": a.cpu, "unserved": a.unserved} for a in rounds
        ],
    }
    if rounds[0].cost:
        figures["cost"] = pool([(a.years, *a.cost) for a in rounds])
    if rounds[0].outlets:
        mean = [0.0] * len(rounds[0].outlets)
        for a in rounds:
            weight = a.years / figures["years"]
            mean = [m + weight * o for m, o in zip(mean, a.outlets, strict=True)]
        figures["outlets"] = mean
    if rounds[0].outlet_errors:
        figures["outlet_errors"] = [
            pool([(a.years, a.outlets[k], a.outlet_errors[k]) for a in rounds])[1]
            for k in range(len(rounds[0].outlets))
        ]
    return figures


def distance(found, right):
    """How many standard errors two independent estimates are apart."""
    error = math.hypot(found[1], right[1])
    apart = abs(found[0] - right[0])
    return apart / error if error > 0 else (0.0 if apart == 0 else math.inf)


def verdicts(load, ours):
    """Lines that set Keruen's answer beside the known one, and whether all of it agrees."""
    right = RIGHT.get(load.key)
    if right is None:
        return [], True
    lines, agrees = [], True
    for what, scale, digits, unit in [("unserved", 1, 0, ""), ("cost", 1e9, 3, " bn")]:
        if what not in right or what not in ours:
            continue
        apart = distance(ours[what], right[what])
        (mean, error), (known, known_error) = ours[what], right[what]
        lines.append(
            f"{what} {mean / scale:,.{digits}f} ± {error / scale:,.{digits}f}{unit}, "
            f"known {known / scale:,.{digits}f} ± {known_error / scale:,.{digits}f}{unit}: "
            f"{apart:.1f} standard errors apart"
        )
        agrees &= apart <= 4
    if "outlets" in right and "outlets" in ours:
        # The known flows come from the run that gave the known cost: their errors are to ours as
        # its error is to ours.
        longer = math.hypot(1, right["cost"][1] / ours["cost"][1]) if ours["cost"][1] else 1
        for k, text in enumerate(right["outlets"]):
            known, digits = float(text), len(text.split("e")[0].split(".")[1])
            rounding = 0.5 * 10 ** (6 - digits)
            mean, error = ours["outlets"][k], ours["outlet_errors"][k]
            near = abs(mean - known) <= 4 * error * longer + rounding
            agrees &= near
            lines.append(
                f"to {translate.market_ids(load)[k]}: {mean:,.0f} ± {error:,.0f}, "
                f"known {text}: "
                f"{'within' if near else 'NOT within'} 4 standard errors and its rounding"
            )
    if load.stores:
        lines.append("these may differ: tanks act in continuous time, the known answer is of days")
        agrees = True
    else:
        lines.append("agrees" if agrees else "DOES NOT AGREE")
    return lines, agrees


def measure(load, found, args):
    """All rounds of one workload, printed; the figures and whether the answer is right."""
    todo = list(peers(load, found, args))
    got = {peer.label: [] for peer in todo}
    for number in range(1, args.rounds + 1):
        for peer in todo:
            try:
                got[peer.label].append(peer.run(number))
            except Failed as failure:
                note(f"{load.name}, {peer.label}: {failure}")
            except (KeyError, TypeError, json.JSONDecodeError) as failure:
                note(f"{load.name}, {peer.label}: its answer cannot be read: {failure!r}")
    print(f"{load.name}, {args.threads} thread(s), {args.rounds} rounds of about {args.seconds:g} s")
    print(
        f"  {'peer':<32}{'years/CPU-s':>12}{'mean unserved':>15}{'± se':>9}"
        f"{'cost, bn':>11}{'± se':>8}{'peak MiB':>10}{'Keruen/peer':>13}"
    )
    figures = {p.label: summarise(p.label, got[p.label]) for p in todo if got[p.label]}
    ours = figures.get("keruen")
    for peer in todo:
        row = figures.get(peer.label)
        if row is None:
            continue
        row |= {"workload": load.name, "threads": args.threads}
        cost = f"{'':>19}"
        if "cost" in row and load.is_min_cost:
            cost = f"{row['cost'][0] / 1e9:>11.3f}{row['cost'][1] / 1e9:>8.3f}"
        ratio = ""
        if ours and peer.label != "keruen":
            times = ours["years_per_cpu_second"] / row["years_per_cpu_second"]
            row["keruen_over_peer"] = times
            ratio = f"{times:>13,.1f}"
            bar = BARS.get((load.key, peer.bar))
            if bar:
                row["bar"] = bar
                ratio += f"  (bar {bar}: {'met' if times >= bar else 'MISSED'})"
        print(
            f"  {peer.label:<32}{row['years_per_cpu_second']:>12,.1f}{row['unserved'][0]:>15,.0f}"
            f"{row['unserved'][1]:>9,.0f}{cost}{row['peak_mib']:>10.1f}{ratio}"
        )
    agrees = "keruen" not in found
    if ours:
        lines, agrees = verdicts(load, ours)
        for line in lines:
            print(f"  keruen: {line}")
        ours["agrees"] = agrees
    sys.stdout.flush()
    return list(figures.values()), agrees


def memory(found, args):
    """Keruen's peak memory on W1 as replications grow; `False` if it exceeds 100 MiB."""
    load = workload.read(workload.FOLDER / "w1.json")
    flat = True
    for replications in (10_000, 100_000, 1_000_000):
        _, cpu, peak = Keruen(found["keruen"], load, args).once(replications, 1)
        flat &= peak <= 100
        print(f"W1, {replications:>9,} replications: {peak:7.1f} MiB, {cpu:8.1f} CPU seconds")
        sys.stdout.flush()
    return flat


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--workloads", default="w1,w2,w3", help="of w1, w2, w3, w4_100, w4_1000")
    parser.add_argument("--seconds", type=float, default=5, help="length of one round of one peer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default="", help="starts of names, separated by commas")
    parser.add_argument("--json", help="also write all figures to this file")
    parser.add_argument("--install", action="store_true", help="install pywr 2 under build/")
    parser.add_argument("--memory", action="store_true", help="only Keruen's memory on W1")
    parser.add_argument("--no-build", action="store_true", help="take Keruen as it is built")
    parser.add_argument("--keruen", default=str(ROOT / "target" / "release" / "keruen"))
    parser.add_argument("--pywr2-python", help="the Python of an environment with pywr 2")
    args = parser.parse_args()
    if args.memory:
        args.only = "keruen"
    found = build(args)
    if args.memory:
        return 0 if "keruen" in found and memory(found, args) else 1
    everything, all_agree = [], True
    for key in args.workloads.split(","):
        figures, agrees = measure(workload.read(workload.FOLDER / f"{key}.json"), found, args)
        everything += figures
        all_agree &= agrees
    if args.json:
        Path(args.json).write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    return 0 if all_agree else 1


if __name__ == "__main__":
    sys.exit(main())
