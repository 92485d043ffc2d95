"""The pace of a neighbourhood: how long things may wait before somebody is reminded. An operator may change
it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Pace:
    """The timers of a node. Three times stand for urgent, this week, and whenever."""

    no_response: tuple[timedelta, timedelta, timedelta] = (
        timedelta(hours=4),
        timedelta(hours=48),
        timedelta(days=5),
    )
    release: tuple[timedelta, timedelta, timedelta] = (
        timedelta(hours=24),
        timedelta(hours=72),
        timedelta(days=7),
    )
    day_begins: int = 8  # o'clock: nothing is released at night
    day_ends: int = 20
    unpicked: timedelta = timedelta(hours=48)  # a response that nobody picked: the poster is nudged
    unpicked_broker: timedelta = timedelta(hours=24)  # and after that a broker looks
    aftercare: tuple[timedelta, timedelta] = (timedelta(days=1), timedelta(days=7))
    remind: tuple[timedelta, timedelta] = (timedelta(days=7), timedelta(hours=24))  # before the end
    nobody: timedelta = timedelta(days=10)  # then a broker must choose


USUAL = Pace()

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_ONE = ("unpicked", "unpicked_broker", "nobody")
_NAMES = [*(field.name for field in fields(Pace) if not field.name.startswith("day_")), "day"]


def read(values: Any) -> Pace:
    """A pace as an operator writes it: `release = ["24h", "72h", "7d"]`, `day = "08:00-20:00"`.

    What is left out is as usual; a list may also be one text with commas. Raises ValueError, with what to
    write instead.
    """
    if not isinstance(values, Mapping):
        raise ValueError("write a table of its own, [pace], with a line for each time")
    unknown = sorted(set(values) - set(_NAMES))
    if unknown:
        raise ValueError(f"there is no {', '.join(unknown)}; it has {', '.join(_NAMES)}")
    wanted: dict[str, Any] = {}
    for name, value in values.items():
        if name == "day":
            wanted["day_begins"], wanted["day_ends"] = _hours(value)
        else:
            wanted[name] = _times(name, value)
    pace = Pace(**wanted)
    _check(pace)
    return pace


def _times(name: str, value: Any) -> timedelta | tuple[timedelta, ...]:
    usual = getattr(USUAL, name)
    most = 1 if name in _ONE else len(usual)
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) != most:
        example = "one time" if most == 1 else f"{most} times"
        raise ValueError(f"{name}: write {example}, such as {_example(usual)}")
    times = tuple(_time(name, part) for part in parts)
    return times[0] if most == 1 else times


def _time(name: str, written: Any) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([mhd])", written.strip()) if isinstance(written, str) else None
    time = int(found[1]) * _UNITS[found[2]] if found else None
    if time is None or not timedelta() < time <= LONGEST:
        raise ValueError(f"{name}: write a time as a number and m, h or d, such as 30m, 48h or 5d")
    return time


def _hours(written: Any) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2}):00-(\d{1,2}):00", written.strip()) if isinstance(written, str) else None
    hours = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 <= hours[0] < hours[1] <= 24:
        raise ValueError("day: write from when to when, in whole hours, such as 08:00-20:00")
    return hours


def _check(pace: Pace) -> None:
    if pace.aftercare[0] >= pace.aftercare[1]:
        raise ValueError("aftercare: the second time comes after the first, such as 1d, 7d")
    if pace.remind[0] <= pace.remind[1]:
        raise ValueError("remind: the first time is longer before the end than the second, such as 7d, 24h")


def _example(usual: timedelta | tuple[timedelta, ...]) -> str:
    times = usual if isinstance(usual, tuple) else (usual,)
    return ", ".join(_written(time) for time in times)


def _written(time: timedelta) -> str:
    hours = int(time.total_seconds() // 3600)
    return f"{hours // 24}d" if hours % 24 == 0 and hours > 72 else f"{hours}h"
