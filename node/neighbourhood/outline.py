"""Outlines of areas for a small map: drawn into one square, with no more corners than one can see. A map
shows areas, and never where somebody lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

SIDE = 1000  # of the square, in steps
BLUR = 1.6  # steps: what lies closer to a line than this is no corner
SMALLEST = 1e-9  # degrees or metres: what is no larger all together is no area, and no number can widen it

Point = tuple[float, float]
Ring = Sequence[Point]
Steps = list[tuple[int, int]]


@dataclass(frozen=True)
class Outline:
    """One area by its CBS code, as closed lines of whole steps: x to the right, y down."""

    code: str
    name: str
    rings: list[Steps]

    @property
    def path(self) -> str:
        """The lines as SVG draws them."""
        return "".join(_drawn(ring) for ring in self.rings)

    @property
    def middle(self) -> tuple[int, int]:
        """The centre of gravity of its largest part: where its number is written."""
        return _centre(max(self.rings, key=lambda ring: abs(_twice_area(ring))))


def fitted(areas: Mapping[str, Sequence[Ring]]) -> dict[str, list[Steps]]:
    """Areas drawn into the square, each by its code; one that is too small to be seen there is left out.

    Points are longitude and latitude in degrees (RFC 7946), or metres of a flat map such as RD: what lies
    beyond 180 cannot be degrees.
    """
    points = [point for rings in areas.values() for ring in rings for point in ring]
    if not points:
        return {}
    flat = any(abs(x) > 180 or abs(y) > 90 for x, y in points)
    wide = 1.0 if flat else cos(radians(sum(y for _, y in points) / len(points)))
    left, top = min(x for x, _ in points) * wide, max(y for _, y in points)
    right, bottom = max(x for x, _ in points) * wide, min(y for _, y in points)
    if (size := max(right - left, top - bottom)) <= SMALLEST:
        return {}
    scale = SIDE / size
    found = {}
    for code, rings in areas.items():
        drawn = [_steps([((x * wide - left) * scale, (top - y) * scale) for x, y in ring]) for ring in rings]
        if seen := [ring for ring in drawn if len(ring) > 2]:
            found[code] = seen
    return found


def _steps(ring: list[Point]) -> Steps:
    """A closed line with no more corners than can be seen."""
    closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    far = max(
        range(len(closed)), key=lambda n: hypot(closed[n][0] - closed[0][0], closed[n][1] - closed[0][1])
    )
    kept = {0, far, len(closed) - 1}
    waiting = [(0, far), (far, len(closed) - 1)]
    while waiting:  # Douglas and Peucker's way, without calling itself
        first, last = waiting.pop()
        if last - first < 2:
            continue
        away, corner = max((_off(closed[n], closed[first], closed[last]), n) for n in range(first + 1, last))
        if away > BLUR:
            kept.add(corner)
            waiting += [(first, corner), (corner, last)]
    steps: Steps = []
    for n in sorted(kept)[:-1]:
        step = round(closed[n][0]), round(closed[n][1])
        if not steps or step != steps[-1]:
            steps.append(step)
    return steps


def _off(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from the line between two others."""
    wide, high = end[0] - start[0], end[1] - start[1]
    length = hypot(wide, high)
    if length == 0:
        return hypot(point[0] - start[0], point[1] - start[1])
    return abs(wide * (start[1] - point[1]) - (start[0] - point[0]) * high) / length


def _drawn(ring: Steps) -> str:
    words, at = [f"M{ring[0][0]} {ring[0][1]}"], ring[0]
    for x, y in ring[1:]:
        words.append(f"l{x - at[0]} {y - at[1]}")
        at = x, y
    return "".join(words) + "z"


def _twice_area(ring: Steps) -> int:
    return sum(x * y2 - x2 * y for (x, y), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _centre(ring: Steps) -> tuple[int, int]:
    area = _twice_area(ring)
    if area == 0:
        return ring[0]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((x + x2) * (x * y2 - x2 * y) for (x, y), (x2, y2) in pairs) / (3 * area)
    y = sum((y + y2) * (x * y2 - x2 * y) for (x, y), (x2, y2) in pairs) / (3 * area)
    return round(x), round(y)
