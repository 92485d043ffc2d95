"""How far it is to another area, counted in areas: the only distance that people of a neighbourhood tell."""

from collections.abc import Collection, Mapping

MOST = 20  # further than this nobody counts


def steps(start: str, touches: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How many borders one crosses at least from `start` to each area that can be reached, by code; itself is
    0. Areas touch when one of the two says so; water without a bridge is a border too."""
    beside = _both_ways(touches)
    found, edge = {start: 0}, [start]
    for away in range(1, MOST + 1):
        edge = sorted({one for code in edge for one in beside.get(code, ())} - found.keys())
        found |= dict.fromkeys(edge, away)
    return found


def _both_ways(touches: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = {code: set(others) for code, others in touches.items()}
    for code, others in touches.items():
        for other in others:
            beside.setdefault(other, set()).add(code)
    return beside
