"""The pace as an operator writes it."""

from datetime import timedelta
from typing import Any

import pytest

from node.neighbourhood.pace import USUAL, Pace, read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_nothing_said_is_as_usual() -> None:
    assert read({}) == USUAL == Pace()


def test_all_of_it_can_be_said() -> None:
    said = {
        "no_response": ["30m", "4h", "2d"],
        "release": "1h, 2h, 3h",
        "day": "09:00-21:00",
        "unpicked": "12h",
        "unpicked_broker": "6h",
        "aftercare": ["2d", "9d"],
        "remind": ["3d", "2h"],
        "nobody": "5d",
    }
    assert read(said) == Pace(
        no_response=(HOUR / 2, 4 * HOUR, 2 * DAY),
        release=(HOUR, 2 * HOUR, 3 * HOUR),
        day_begins=9,
        day_ends=21,
        unpicked=12 * HOUR,
        unpicked_broker=6 * HOUR,
        aftercare=(2 * DAY, 9 * DAY),
        remind=(3 * DAY, 2 * HOUR),
        nobody=5 * DAY,
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("fast", "table of its own"),
        ({"haste": "1h"}, "there is no haste; it has no_response, release"),
        ({"day_begins": 8}, "there is no day_begins"),
        ({"release": ["1h", "2h"]}, "release: write 3 times, such as 24h, 72h, 7d"),
        ({"release": 5}, "release: write 3 times"),
        ({"nobody": 10}, "nobody: write one time, such as 10d"),
        ({"nobody": "10"}, "nobody: write a time as a number and m, h or d"),
        ({"nobody": "1 d"}, "nobody: write a time"),
        ({"nobody": "0d"}, "nobody: write a time"),
        ({"nobody": "-1d"}, "nobody: write a time"),
        ({"nobody": "9999d"}, "nobody: write a time"),
        ({"no_response": ["4h", 48, "5d"]}, "no_response: write a time"),
        ({"day": "8-20"}, "day: write from when to when"),
        ({"day": "08:30-20:00"}, "day: write from when to when"),
        ({"day": "20:00-08:00"}, "day: write from when to when"),
        ({"day": "08:00-25:00"}, "day: write from when to when"),
        ({"aftercare": "7d,1d"}, "aftercare: the second time comes after the first"),
        ({"remind": "1d,7d"}, "remind: the first time is longer before the end"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(said: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(said)
