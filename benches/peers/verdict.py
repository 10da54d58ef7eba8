"""Known answers, pooling over rounds, and whether everybody says the same."""

import math
import statistics

import translate

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
    "w4_10000": {"unserved": (60_100_000, 140_000)},
}

# How many times faster than a rival Keruen must be, per CPU second; `fastest` is the fastest of the
# compiled loops.
BARS = {
    ("w1", "boost boykov-kolmogorov, memo"): 40,
    ("w1", "pywr2 clp, daily"): 2_500,
    ("w2", "lemon network simplex, memo"): 15,
    ("w2", "pywr2 clp, daily"): 400,
    ("w3", "lemon network simplex, daily"): 40,
    ("w3", "pywr2 clp, daily"): 250,
    ("w4_100", "fastest"): 10,
    ("w4_1000", "fastest"): 25,
    ("w4_10000", "fastest"): 12,
    ("kazakhstan", "lemon network simplex, daily"): 30,
}
# How many times sooner Keruen must know mean unserved demand to 0.1 %, in CPU time.
SOONER_BARS = {("w1", "pywr2 clp, daily"): 100_000}
COMPILED = ("boost", "lemon", "petgraph")


def pool(estimates):
    """Mean and standard error over all rounds, from (years, mean, standard error) of each."""
    total = sum(n for n, _, _ in estimates)
    mean = sum(n * m for n, m, _ in estimates) / total
    square = sum(e**2 * n * (n - 1) + n * (m - mean) ** 2 for n, m, e in estimates)
    return mean, math.sqrt(square / max(total - 1, 1) / total)


def summarise(peer, rounds):
    """The rounds of one peer as one line's figures."""
    figures = {
        "peer": peer.label,
        "years_per_cpu_second": statistics.median(a.years / a.cpu for a in rounds),
        "years_per_second": statistics.median(a.years / a.seconds for a in rounds),
        "years": sum(a.years for a in rounds),
        "unserved": pool([(a.years, *a.unserved) for a in rounds]),
        "peak_mib": max(a.peak_mib for a in rounds),
        "rounds": [
            {"years": a.years, "seconds": a.seconds, "cpu_seconds": a.cpu, "unserved": a.unserved}
            for a in rounds
        ],
    } | rounds[-1].more
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


def judge_rivals(key, rows):
    """Adds to each rival's figures how far it is from the known answer.

    A year's unserved volume is skewed, so the spread of a few years is mostly too small. A rival is
    therefore given the spread of a year that the rival with the most years found.
    """
    rivals = [row for row in rows if row["peer"] != "keruen"]
    if key not in RIGHT or not rivals:
        return True
    most = max(rivals, key=lambda row: row["years"])
    spread = most["unserved"][1] * math.sqrt(most["years"])
    if most["years"] < 2:
        return True
    agree = True
    for row in rivals:
        error = max(row["unserved"][1], spread / math.sqrt(row["years"]))
        row["standard_errors_apart"] = distance((row["unserved"][0], error), RIGHT[key]["unserved"])
        row["agrees"] = row["standard_errors_apart"] <= 4
        row["cpu_seconds_to_a_thousandth"] = (
            (spread / (0.001 * row["unserved"][0])) ** 2 / row["years_per_cpu_second"]
        )
        agree &= row["agrees"]
    return agree


def judge_keruen(key, load, ours):
    """Lines that set Keruen's answer beside the known one, and whether all of it agrees."""
    right = RIGHT[key]
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
        if what == "unserved":
            ours["standard_errors_apart"] = apart
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
    mean, error = ours["unserved"]
    years = (error / (0.001 * mean)) ** 2 * ours["years"]
    least = ours["start_up_share"] * ours["years"] / ours["years_per_cpu_second"]
    least /= len(ours["rounds"])
    ours["cpu_seconds_to_a_thousandth"] = max(least, years / ours["years_per_cpu_second"])
    ours["agrees"] = agrees
    lines.append("agrees" if agrees else "DOES NOT AGREE")
    return lines, agrees


def judge_sooner(key, ours, runs):
    """Puts what runs to 0.1 % took in place of what rate and spread say; whether they are right."""
    ours["cpu_seconds_to_a_thousandth"] = statistics.median(r["cpu_seconds"] for r in runs)
    ours["replications_to_a_thousandth"] = statistics.median(r["replications"] for r in runs)
    ours["to_a_thousandth"] = runs
    known = RIGHT[key]["unserved"]
    return all(
        r["unserved"][1] <= 0.001 * r["unserved"][0] and distance(r["unserved"], known) <= 4
        for r in runs
    )


def compare(key, rows):
    """Adds to each rival's figures how many times faster Keruen is, and the bar if it has one."""
    ours = next((row for row in rows if row["peer"] == "keruen"), None)
    if ours is None:
        return
    compiled = [row for row in rows if row["peer"].startswith(COMPILED)]
    fastest = max(compiled, key=lambda row: row["years_per_cpu_second"], default=None)
    for row in rows:
        if row["peer"].startswith("keruen"):
            continue
        rate = row["years_per_cpu_second"]
        row["keruen_over_peer"] = ours["years_per_cpu_second"] / rate
        row["keruen_over_peer_wall"] = ours["years_per_second"] / row["years_per_second"]
        bar = BARS.get((key, row["peer"]))
        if row is fastest and bar is None:
            bar = BARS.get((key, "fastest"))
        if bar:
            row["bar"] = bar


def paired(row):
    """Lines about futures that Keruen and the written-out loop both played."""
    both = row["paired"]
    loop = [value / 1e6 for value in both["by_the_loop"]]
    lines = []
    for key, whose in [
        ("undelivered", "Keruen, all rules"),
        ("undelivered_by_the_loops_rules", "Keruen without lags, times under way and damage"),
    ]:
        keruen = [value / 1e6 for value in both[key]]
        gap = [k - m for k, m in zip(keruen, loop, strict=True)]
        error = statistics.stdev(gap) / math.sqrt(len(gap)) if len(gap) > 1 else 0.0
        lines.append(
            f"the same {len(loop)} futures: {whose} {statistics.mean(keruen):.2f} Mb undelivered, "
            f"the loop {statistics.mean(loop):.2f}; difference {statistics.mean(gap):.2f} ± "
            f"{error:.2f}"
        )
    return lines
