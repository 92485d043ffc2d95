import re
from pathlib import Path

import pytest

from node.neighbourhood.category import Category
from node.ui import words
from node.ui.language import speaking, translate

STATES = (
    "draft waiting open released responded proposed agreed done thanked closed withdrawn expired referred "
    "duplicate solved_elsewhere paused hidden"
).split()
SIGNS = [
    *words.CATEGORIES.values(),
    *words.STATES.values(),
    *words.URGENCIES.values(),
    *words.COPIES.values(),
    *(words.audience(a) for a in words.REACH),
    words.UNKNOWN,
    words.NOBODY,
    words.ROOM,
    words.state("open", "request", 2),
]


def test_every_category_has_a_word_an_icon_and_a_plain_example() -> None:
    assert set(words.CATEGORIES) == set(Category)
    assert all(sign.word and sign.icon and sign.hint for sign in words.CATEGORIES.values())
    assert translate(words.category("boodschappen").word) == "Boodschappen"
    assert len({sign.icon for sign in words.CATEGORIES.values()}) == len(Category)


def test_every_state_and_copy_has_a_sign() -> None:
    assert set(words.STATES) == set(STATES)
    assert set(words.COPIES) >= {"asked", "delivered", "holds", "deletion_asked", "gone"}


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: str(sign.word))
def test_every_icon_is_among_those_we_carry(sign: words.Sign, ui: Path) -> None:
    assert f"'{sign.icon}':" in (ui / "templates" / "icons.html").read_text()


def test_a_word_from_elsewhere_never_breaks_a_page() -> None:
    assert words.category("unknown") == words.category("overig")
    assert words.state("unknown") == words.UNKNOWN
    assert words.copy("unknown") == words.UNKNOWN
    assert words.urgency("unknown") == words.urgency("whenever")
    assert words.rings("unknown") == 0


@pytest.mark.parametrize(
    ("code", "kind", "responses", "said"),
    [
        ("open", "request", 0, "Nog niemand"),
        ("open", "request", 1, "1 reactie"),
        ("responded", "request", 3, "3 reacties"),
        ("open", "request", None, "Nog open"),
        ("released", "request", None, "Ook bij de buren"),
        ("open", "offer", 0, "Nog plek"),
        ("open", "offer", None, "Nog plek"),
        ("paused", "offer", 2, "Even gestopt"),
        ("agreed", "request", 2, "Afgesproken"),
        ("hidden", "request", None, "Nu niet zichtbaar"),
    ],
)
def test_how_a_post_stands(code: str, kind: str, responses: int | None, said: str) -> None:
    assert translate(words.state(code, kind, responses).word) == said


def test_who_may_see_it_with_the_names_of_the_places() -> None:
    near = words.audience("adjacent", "De Rietlanden", ["Oude Haven", "Molenwijk", "Het Veer"])
    assert translate(near.hint) == "Oude Haven, Molenwijk en Het Veer. Meer kans op hulp."
    assert translate(words.audience("neighbourhood", "De Rietlanden").word) == "Alleen De Rietlanden"
    assert translate(words.audience("municipality", town="Waterhoven").word) == "Heel Waterhoven"
    assert translate(words.audience("adjacent").hint) == "Meer kans op hulp."
    assert [words.rings(a) for a in words.REACH] == [0, 1, 2, 3]


def test_who_asks_and_what_one_can_do() -> None:
    assert words.who("request", "Miep") == "Miep vraagt"
    assert words.who("offer", "Ahmed") == "Ahmed biedt aan"
    assert words.who("offer", "100 % Ahmed") == "100 % Ahmed biedt aan"
    assert words.who("request", "") == "Een buur vraagt"
    assert (words.who("notice", "Kees"), words.who("event", "Kees")) == (
        "Kees vertelt",
        "Georganiseerd door Kees",
    )
    assert words.step("request", "open") == "Ik wil helpen"
    assert words.step("offer", "open") == "Dit wil ik graag"
    assert words.step("request", "agreed") == words.step("", "open") == "Bekijk"
    with speaking("en"):
        assert words.who("request", "Miep") == "Miep asks"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: str(sign.word))
def test_every_colour_stands_in_the_style_sheet(sign: words.Sign, ui: Path) -> None:
    style = (ui / "static" / "buurtknoop.css").read_text()
    assert not sign.tone or re.search(rf"\.{sign.tone}\b", style)
