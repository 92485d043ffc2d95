"""On which days, how often, when it suits, and when it is to be: over the border, and from a liar."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from node.acts.publish import facts_of
from node.clock import now
from node.federation import objects, reading
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.when import DayPart, Repeats, days
from node.storage import matches
from tests.federation import talks
from tests.federation.test_looks import HOME, _node, a_post, plain, told
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import until
from tests.town import DAY, NOON

THURSDAY = date(2026, 11, 5)
WEEKLY: dict[str, Any] = {"when": days(THURSDAY), "day_part": DayPart.MORNING, "repeats": Repeats.WEEKLY}


def read(**change: Any) -> Post:
    """What a node makes of a request whose home says this."""
    found = reading.post({**told(a_post()), **change}, _node(), NOON)
    assert found is not None
    return found


def test_days_and_how_often_travel_and_are_read_again() -> None:
    said = told(a_post(**WEEKLY))
    assert (said["when"], said["dayPart"], said["repeats"]) == ("2026-11-05", "morning", "weekly")
    found = reading.post(said, _node(), NOON)
    assert found is not None
    assert {name: getattr(found, name) for name in WEEKLY} == WEEKLY


def test_what_was_not_said_is_left_out_and_means_any_day_once() -> None:
    assert not {"when", "dayPart", "repeats"} & told(a_post()).keys()
    found = read()
    assert (found.when, found.day_part, found.repeats) == (None, DayPart.ANY, Repeats.ONCE)


def test_other_software_shows_them_in_words() -> None:
    lines = plain(told(a_post(**WEEKLY))["content"]).splitlines()
    assert lines[2] == "do 5 nov 2026, 's ochtends, elke week"
    span = replace(a_post(language="en"), when=days(THURSDAY, date(2026, 11, 8)))
    assert "Thu 5 Nov 2026 – Sun 8 Nov 2026" in plain(told(span)["content"])


@pytest.mark.parametrize(
    "wrong", ["yesterday", "0001-01-01", "2026-11-05/2099-01-01", "x" * 9999, 5, [], {}, None]
)
def test_a_liars_days_are_any_day_and_its_words_are_dropped(wrong: Any) -> None:
    found = read(when=wrong, dayPart=wrong, repeats=wrong)
    assert (found.when, found.day_part, found.repeats) == (None, DayPart.ANY, Repeats.ONCE)


def test_a_notice_and_an_event_have_none_whatever_is_said() -> None:
    for kind in (Kind.NOTICE, Kind.EVENT):
        said = {**told(a_post(kind)), "when": "2026-11-05", "dayPart": "morning", "repeats": "weekly"}
        found = reading.post(said, _node(), NOON)
        assert found is not None
        assert (found.when, found.day_part, found.repeats) == (None, DayPart.ANY, Repeats.ONCE)


def test_a_post_of_before_is_rendered_as_it_was_queued() -> None:
    """Facts that were kept before there were days have none of these words."""
    facts = facts_of(a_post(), None)
    assert not {"when", "day_part", "repeats"} & facts.keys()
    assert objects.post(HOME, facts)["name"] == facts["title"]


async def test_an_answer_says_when_it_suits_and_the_two_agree_on_a_day(pair: Nodes) -> None:
    a, b = pair
    post = await a.asks(when=f"{now() + 3 * DAY:%Y-%m-%d}", repeats="weekly")
    held = await b.holds(post)
    assert held.repeats is Repeats.WEEKLY
    merel = await b.answers(post, when="Donderdag,  om elf uur")
    assert (await a.heard(merel)).when == "Donderdag, om elf uur"


async def test_the_day_that_either_says_is_known_on_both_sides(pair: Nodes) -> None:
    a, b = pair
    talk = await talks.agreed(pair, a, b)
    for place, other, moment in ((a, b, now() + 2 * DAY), (b, a, now() + 3 * DAY)):
        moment = moment.replace(microsecond=0)
        await talk.agrees_on(place, moment, "Dan?")
        _, answer = talk.of(other)

        async def known(other: Any = other, answer: Any = answer, moment: Any = moment) -> bool | None:
            match = await other.database.reading(matches.of_response, answer.id)
            return True if match is not None and match.agreed_for == moment else None

        assert await until(known)
