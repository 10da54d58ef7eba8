"""Everything that can be run on a workload: a label, and a function of the round that runs it."""

import json
import math
from dataclasses import dataclass
from typing import Callable

import generate
import translate
import workload
from processes import Answer, peer_answer, spawn
from tools import BUILD, HERE, wants


@dataclass
class Peer:
    """A program on one workload. `tool` is what a bar names, `mode` how it goes about the days."""

    tool: str
    mode: str
    run: Callable  # round number -> Answer

    @property
    def label(self):
        return self.tool if self.mode == "" else f"{self.tool}, {self.mode}"


class Keruen:
    """Keruen on one workload. All of the process counts: reading, start-up and writing too."""

    def __init__(self, binary, scenario, load, args, collect=None):
        self.binary, self.scenario, self.load, self.args = binary, scenario, load, args
        self.collect = collect
        if load:
            self.collect = "markets" if load.is_min_cost else "system"
        self.replications, self.start_up = None, 0.0

    def once(self, replications, seed, stop=None):
        command = [self.binary, "run", self.scenario, "-n", replications, "--seed", seed]
        command += ["--threads", self.args.threads, "--json", "--quiet"]
        if self.collect:
            command += ["--collect", self.collect]
        if stop:
            command += ["--stop", stop]
        done = spawn(command, self.args.timeout)
        return json.loads(done.output), done

    def to_a_thousandth(self, unserved, undelivered, seed):
        """A run that stops once unserved demand is known to a standard error of 0.1 %.

        Stopped is on `undelivered`, which has the same error and another mean, when 1.96 standard
        errors are below ε / (1 + ε) of it.
        """
        share = 1.96 * 0.001 * unserved / undelivered
        stop = f"undelivered={share / (1 - share)}"
        summary, done = self.once(100_000_000, seed, stop)
        metric = summary["strategies"][0]["metrics"]["delivered"]
        best = metric.get("controlled") or metric
        mean = self.load.days * self.load.demand - best["mean"]
        return {
            "cpu_seconds": done.cpu,
            "replications": summary["replications"],
            "unserved": (mean, best["std_error"]),
        }

    def prepare(self):
        """So many replications that start-up is below a fiftieth, or as the time allows."""
        if self.replications is not None:
            return
        self.start_up = self.once(1, 0)[1].cpu
        if self.start_up < 1:
            self.start_up = min(self.start_up, self.once(1, 0)[1].cpu)
        wanted = max(self.args.seconds * self.args.threads, 50 * self.start_up)
        wanted = min(wanted, self.args.longest * self.args.threads)
        count = 16
        while True:
            spent = self.once(count, 0)[1].cpu - self.start_up
            if spent >= wanted / 10 or spent > 1:
                break
            count = round(count * min(50, max(2, wanted / 5 / max(spent, 0.005))))
        self.replications = max(2, math.ceil(count * wanted / spent))

    def __call__(self, number):
        self.prepare()
        summary, done = self.once(self.replications, number)
        metrics = summary["strategies"][0]["metrics"]
        years = summary["replications"]

        def estimate(metric):
            return metric["mean"], metric["std_error"] or 0.0

        more = {"start_up_share": self.start_up / done.cpu}
        answer = Answer(years, done.seconds, done.cpu, None, peak_mib=done.peak_mib, more=more)
        if self.load is None:
            answer.unserved = estimate(metrics["undelivered"])
            return answer
        more["undelivered"] = metrics["undelivered"]["mean"]
        delivered, error = estimate(metrics["delivered"])
        answer.unserved = (self.load.days * self.load.demand - delivered, error)
        if self.load.is_min_cost:
            # A unit of the workload's cost is a thousandth of a dollar.
            answer.cost = tuple(1000 * value for value in estimate(metrics["tariff_paid"]))
            told = summary["strategies"][0]["markets"]
            markets = [estimate(told[id]["delivered"]) for id in translate.market_ids(self.load)]
            answer.outlets = [mean for mean, _ in markets]
            answer.outlet_errors = [error for _, error in markets]
        return answer


def scenario_of(key, load):
    """The scenario file of a workload; written where there is none beside it."""
    kept = workload.FOLDER / f"{key}.toml"
    if kept.exists():
        return kept
    written = BUILD / kept.name
    if not written.exists():
        written.write_text(translate.scenario(load), encoding="utf-8")
    return written


def on_workload(key, found, args):
    """The workload, and its peers, Keruen first."""
    file = generate.find(key)
    load = workload.read(file)
    plain = BUILD / f"{key}.txt"
    workload.write_plain(load, plain)
    size, threads = len(load.components), args.threads
    modes = ["daily"] if load.stores else args.modes.split(",")
    if size > 1000 and "changes" in modes:
        modes = ["changes"]  # with so many components no state comes back
    peers = []

    def add(tool, mode, command):
        if wants(args, tool):
            peers.append(
                Peer(tool, mode, lambda number: peer_answer(command(number), args.timeout))
            )

    if "keruen" in found:
        scenario = scenario_of(key, load)
        peers.append(Peer("keruen", "", Keruen(found["keruen"], scenario, load, args)))
    compiled = [("petgraph dinics", "petgraph", []), ("lemon preflow", "lemon", ["preflow"])]
    compiled += [("boost boykov-kolmogorov", "boost", [])]
    if load.is_min_cost:
        compiled = [("lemon network simplex", "lemon", ["simplex"])]
    for tool, name, first in compiled:
        for mode in modes if name in found else []:
            add(
                tool,
                mode,
                lambda number, name=name, first=first, mode=mode: [
                    *[found[name], *first, plain, mode, args.seconds, number, threads]
                ],
            )
    libraries = ["networkx", "ortools", "highs"]
    if not load.is_min_cost:
        libraries = ["networkx", "networkx-bk", "igraph", "scipy", "ortools", "highs"]
    for library in libraries:
        name = library.split("-")[0]
        # A single day of 10 000 links takes networkx longer than a round.
        too_slow = size > 2000 and name in ("networkx", "highs", "scipy")
        for mode in modes if name in found and not too_slow and threads == 1 else []:
            add(
                library,
                mode,
                lambda number, library=library, name=name, mode=mode: [
                    *[found[name], HERE / "library_loop.py", library, file, mode],
                    *[args.seconds, number],
                ],
            )
    # The simulators are told a number of years: so many that building the model counts for little.
    # They play some 15 and 27 years of a hundred components in a second.
    long = max(args.seconds, 4)
    if "pywr1" in found and size <= 2000 and threads == 1:
        years = max(8, round(long * 1600 / size))
        loop = HERE / "pywr1_loop.py"
        add("pywr1 glpk-edge", "daily", lambda number: [found["pywr1"], loop, file, years, number])
    if "pywr2" in found and size <= 2000:
        many = max(8, round(long * threads * 2800 / size))
        script = HERE / "pywr_loop.py"
        add(
            "pywr2 clp",
            "daily",
            lambda number: [found["pywr2"], script, file, many, number, threads],
        )
    return load, peers


def on_kazakhstan(found, args):
    """The Kazakh scenario as it stands, and the daily loop over LEMON that was written out of it."""
    scenario = HERE.parent.parent / "scenarios" / "kazakhstan.toml"
    peers = []
    if "keruen" not in found:
        return peers
    peers.append(Peer("keruen", "", Keruen(found["keruen"], scenario, None, args)))
    totals = Keruen(found["keruen"], scenario, None, args, "system")
    peers.append(Peer("keruen", "system totals only", totals))
    if "kazakhstan" not in found or not wants(args, "lemon"):
        return peers
    plain = BUILD / "kazakhstan.txt"
    spawn(
        ["python3", HERE / "kazakhstan.py", scenario, found["keruen"], args.futures, plain],
        60 + args.futures,
    )
    beside = json.loads(plain.with_suffix(".json").read_text(encoding="utf-8"))

    def loop(mode):
        def run(_number):
            done = spawn([found["kazakhstan"], plain, mode, args.seconds], args.timeout)
            last = json.loads(done.output)
            paired = beside | {"by_the_loop": last["undelivered"]}
            mean, error = estimate(last["undelivered"])
            return Answer(
                last["years"],
                last["seconds"],
                last["cpu"],
                (mean, error),
                peak_mib=done.peak_mib,
                more={"paired": paired, "futures": args.futures},
            )

        return run

    for mode in ("daily", "changes"):
        peers.append(Peer("lemon network simplex", mode, loop(mode)))
    return peers


def estimate(values):
    """Mean and standard error."""
    count = len(values)
    mean = sum(values) / count
    square = sum((value - mean) ** 2 for value in values)
    return mean, math.sqrt(square / max(count - 1, 1) / count)


