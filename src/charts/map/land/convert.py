#!/usr/bin/env python3
"""Makes land.bin from land-50m.json of the npm package world-atlas. README.md says how."""

import json
import sys

# Steps of the file to the degree.
STEPS = 100


def rings(topology):
    """Rings of the land in steps, each with whether it is water within land."""
    (scale_x, scale_y) = topology["transform"]["scale"]
    (shift_x, shift_y) = topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        places = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            places.append((round((x * scale_x + shift_x) * STEPS), round((y * scale_y + shift_y) * STEPS)))
        arcs.append(places)

    def ring(indices):
        places = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            for place in arc:
                if not places or places[-1] != place:
                    places.append(place)
        if len(places) > 1 and places[0] == places[-1]:
            places.pop()
        return unrolled(places)

    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for place, indices in enumerate(polygon):
                places = ring(indices)
                if len(places) > 2:
                    yield place > 0, places


def unrolled(places):
    """A ring that goes on past the antimeridian instead of jumping to the other side."""
    turn = 360 * STEPS
    out = []
    for x, y in places:
        if out:
            x += round((out[-1][0] - x) / turn) * turn
        out.append((x, y))
    if len(out) < 3 or round((out[-1][0] - out[0][0]) / turn) == 0:
        return out
    # It goes around the pole, so it is cut at the antimeridian and closed along the pole.
    turned = turn if out[-1][0] > out[0][0] else -turn
    west = min(out, key=lambda place: abs(place[0] % turn - turn // 2))
    start = out.index(west)
    out = out[start:] + [(x + turned, y) for x, y in out[:start]]
    first = -180 * STEPS if turned > 0 else 180 * STEPS
    last, y = first + turned, (out[0][1] + out[-1][1]) // 2
    shift = round((first - out[0][0]) / turn) * turn
    out = [(min(max(x + shift, min(first, last)), max(first, last)), y) for x, y in out]
    return [(first, -90 * STEPS), (first, y)] + out + [(last, y), (last, -90 * STEPS)]


def box(places):
    """West, south, east and north of a ring."""
    (xs, ys) = zip(*places)
    return min(xs), min(ys), max(xs), max(ys)


def spans(places):
    """Whether a ring has any area; one along the South Pole has none."""
    (west, south, east, north) = box(places)
    return west < east and south < north


def number(value):
    """A whole number at least 0 in groups of seven bits, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return out


def signed(value):
    """A whole number, small ones of either sign in few bits."""
    return number(value << 1 if value >= 0 else (-value << 1) - 1)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        topology = json.load(file)
    found = [(water, places) for water, places in rings(topology) if spans(places)]
    waters = [box(places) for water, places in found if water]

    def layer(ring):
        """What is drawn when: land, then waters within it, then islands in those."""
        water, places = ring
        (west, south, east, north) = box(places)
        within = any(w < west and s < south and east < e and north < n for w, s, e, n in waters)
        return 1 if water else 2 if within else 0

    found.sort(key=layer)
    out = bytearray(number(len(found)))
    for water, places in found:
        out += number(len(places) << 1 | water)
        x = y = 0
        for to_x, to_y in places:
            out += signed(to_x - x) + signed(to_y - y)
            x, y = to_x, to_y
    with open(sys.argv[2], "wb") as file:
        file.write(out)
    points = sum(len(places) for _, places in found)
    print(f"{len(found)} rings, {points} points, {len(out)} bytes")
    for water, places in found:
        if water:
            print("water:", *(edge / STEPS for edge in box(places)))


main()
