"""What cannot be seen does not count as a name, and turns nobody's text around (`security.md`, P22)."""

from typing import Any

import pytest

from node.federation.documents import name_of, words_of
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
BLANK = "\u034f\u115f\u1160\u3164\uffa0\u2800\U000e0041\U000e007f"
UNSEEN = "\u200b\u200c\u200d\u2060\u2061\u2064\ufeff\u00ad\u180e" + BLANK
BREAKING = "\x00\x07\x1b\x7f\x85\u2028\u2029\ud800\ue000"


@pytest.mark.parametrize("sign", [*TURNING, *UNSEEN, *BREAKING], ids=lambda sign: f"U+{ord(sign):04X}")
def test_P22_a_name_holds_only_what_can_be_seen(sign: str) -> None:
    assert name_of(f"Mer{sign}el", 80) in ("Merel", "Mer el")
    assert name_of(f" {sign} Merel {sign}", 80) == "Merel"
    assert name_of(sign * 3, 80) is None


@pytest.mark.parametrize("sign", [*TURNING, *BREAKING], ids=lambda sign: f"U+{ord(sign):04X}")
def test_P22_a_text_is_turned_around_by_nobody(sign: str) -> None:
    assert words_of(f"Kom {sign}om tien uur", 100) == "Kom om tien uur"


def test_P22_letters_that_are_joined_and_lines_stay() -> None:
    assert words_of("می\u200cخواهم\n👩\u200d👧\tja", 100) == "می\u200cخواهم\n👩\u200d👧\tja"
    assert name_of("  Buurt\n\tOost  ", 80) == "Buurt Oost"


@pytest.mark.parametrize("value", [None, 7, [], {}, True])
def test_P22_what_is_no_text_is_no_name(value: Any) -> None:
    assert name_of(value, 80) is None


async def test_P22_so_is_a_post_of_another_node(lied_to: tuple[Nodes, Liar]) -> None:
    (place, _), liar = lied_to
    hidden = f"Gratis{TURNING}{UNSEEN} fiets"
    note = liar.note(name=hidden, party={"id": liar.uri("p"), "name": f"{TURNING}Lou{UNSEEN}"})
    assert (await liar.says(place, liar.activity("Create", note))).status_code == 202
    row = next(row for row in (await place.rows())["posts"] if note["id"] in row)
    assert {"Gratis fiets", "Lou"} <= set(row)
    told = "".join(str(value) for value in row)
    assert not set(told) & set(TURNING)
