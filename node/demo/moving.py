"""`demo clock`: the clocks of a whole running town are moved, to see in a minute what takes days."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from node.command import control
from node.demo import pointer
from node.neighbourhood.refusal import Refusal

_BY = re.compile(r"([+-])(\d{1,6})([mhd])", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_TIMES = 1000  # how often all are asked to look again, when much fell due


def seconds(words: str) -> int:
    """From `+72h`, `-30m` or `+3d` to seconds. ValueError for anything else."""
    found = _BY.fullmatch(words)
    if found is None:
        raise ValueError(f"{words} is no time")
    return int(f"{found[1]}{found[2]}") * _SECONDS[found[3]]


def shown(port: int) -> list[dict[str, Any]]:
    """What time it is at each node of the running town."""
    return each(pointer.nodes(port), "clock", {})


def moved(port: int, by: int) -> list[dict[str, Any]]:
    """Move all clocks together, first; only then let each node do what fell due by it. A node that does not
    run keeps it for when it does."""
    places = pointer.nodes(port)
    answers = each(places, "clock move", {"seconds": by})
    for _ in range(_TIMES):
        if not any(answer["touched"] for answer in each(places, "clock look", {})):
            break
    return answers


def each(places: list[Path], command: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """Have all of them do one command, at once."""
    if not places:
        raise Refusal("the town has no nodes yet: wait until it is ready")
    with ThreadPoolExecutor(len(places)) as at_once:
        return list(at_once.map(lambda place: control.run(place, command, arguments), places))
