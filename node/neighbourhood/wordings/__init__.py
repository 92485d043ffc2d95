"""The fixed words around what people wrote, a file for each language; read when somebody needs it
(`wording.of`)."""

from collections.abc import Mapping
from dataclasses import dataclass

VIOLENCE, SUICIDE, ILLNESS = "violence", "suicide", "illness"
"""What a warning may be of."""


@dataclass(frozen=True)
class Wording:
    """All of them in one language, each by what it stands for.

    `ways_in` (by kind) and `way_on` are sentences with `{page}` where the link to the page is, which is
    called `page` in them. `answers` is what an account elsewhere hears of its answer; `days` and `months` are
    short, from Monday and from January; `day` is their order, with the number and the year.
    """

    kinds: Mapping[str, str]
    states: Mapping[str, str]
    states_of_events: Mapping[str, str]
    categories: Mapping[str, str]
    out_of_sight: str
    ways_in: Mapping[str, str]
    way_on: str
    page: str
    warnings: Mapping[str, str]
    day_parts: Mapping[str, str]
    repeats: Mapping[str, str]
    days: tuple[str, ...]
    months: tuple[str, ...]
    answers: Mapping[str, str]
    day: str = "{weekday} {day} {month} {year}"
    comma: str = ", "
