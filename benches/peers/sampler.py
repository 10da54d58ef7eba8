"""The daily chains of a workload, sampled with numpy for the peers that are driven from Python."""

import numpy as np


class Law:
    """The law of all components as arrays."""

    def __init__(self, load):
        parts = load.components
        self.days = load.days
        self.up = np.array([c.cap for c in parts], np.int64)
        self.down = np.array([c.cap_down for c in parts], np.int64)
        self.unavailability = np.array([c.unavailability for c in parts])
        chances = np.array([[c.p_fail for c in parts], [c.p_repair for c in parts]])
        self.log_stay = np.log1p(-chances)  # by state, then component


def changes(law, rng, years):
    """For each year its first state and its changes: days in order, and which component changes.

    Times between changes are geometric, so the work goes with the changes and not with the days.
    """
    count = len(law.up)
    first = rng.random((years, count)) < law.unavailability
    is_down = first.ravel().astype(int)
    chain, clock = np.arange(first.size), np.zeros(first.size)
    met = []
    while chain.size:
        stay = np.log1p(-rng.random(chain.size)) / law.log_stay[is_down, chain % count]
        clock = clock + 1 + np.floor(stay)
        goes_on = clock < law.days
        chain, clock, is_down = chain[goes_on], clock[goes_on], 1 - is_down[goes_on]
        met.append(np.stack([chain // count, clock.astype(np.int64), chain % count]))
    year, day, component = np.concatenate(met, axis=1)
    order = np.lexsort((day, year))
    day, component = day[order], component[order]
    ends = np.searchsorted(year[order], np.arange(years + 1))
    for number in range(years):
        part = slice(ends[number], ends[number + 1])
        yield first[number], day[part], component[part]


def spells(law, year):
    """First day, length and capacities of each run of equal days; the array is used again."""
    first, days, components = year
    capacity = np.where(first, law.down, law.up)
    both = law.up + law.down
    begin, at = 0, 0
    while at < len(days):
        day, until = days[at], np.searchsorted(days, days[at], side="right")
        yield begin, int(day) - begin, capacity
        changing = components[at:until]
        capacity[changing] = both[changing] - capacity[changing]
        begin, at = int(day), until
    yield begin, law.days - begin, capacity


def table(law, rng, years):
    """Capacities by day, year and component, for tools that want all of them beforehand."""
    whole = np.empty((law.days, years, len(law.up)))
    for number, year in enumerate(changes(law, rng, years)):
        for begin, length, capacity in spells(law, year):
            whole[begin : begin + length, number] = capacity
    return whole


def estimate(values):
    """Mean and standard error."""
    values = np.asarray(values, float)
    error = values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return float(values.mean()), float(error)
