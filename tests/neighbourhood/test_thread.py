"""Who the two of a thread are, how long they can write, and which details there are to be shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from node.neighbourhood.contact import (
    Contact,
    Elsewhere,
    checked_address,
    checked_details,
    checked_fields,
    checked_phone,
    out_of_reach,
)
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import Conflict, Invalid, NotReachable, TooMany
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.thread import (
    IN_ALL_MOST,
    LATELY_MOST,
    STAYS_OPEN,
    TEXT_LENGTH,
    Side,
    Thread,
    checked_message,
    is_open,
    require_open,
    require_pace,
    side_of,
)
from tests import town
from tests.town import DAY, NOON

HOME = "https://centrum.example"
POST = town.a_post()
YES = Response("3", f"{HOME}/ap/a/3", "1", "p", "Merel", "Ik kom.", ResponseState.PENDING, NOON, "merel")
MATCH = Match("4", f"{HOME}/ap/g/4", "1", "3", 1, MatchState.AGREED, NOON)
FAR = timedelta(days=3650)


@pytest.mark.parametrize(
    ("who", "side"), [("bea", Side.POSTER), ("merel", Side.HELPER), ("broker", None), ("", None)]
)
def test_only_the_poster_and_the_helper_are_in_it(who: str, side: Side | None) -> None:
    assert side_of(POST, YES, who) is side


def test_a_copy_has_no_poster_here() -> None:
    held = replace(POST, node_id="noord", author=None)
    assert side_of(held, YES, "merel") is Side.HELPER
    assert side_of(replace(held, author="bea"), YES, "bea") is None


@pytest.mark.parametrize("kind", [Kind.NOTICE, Kind.EVENT])
def test_a_notice_and_an_event_have_no_threads(kind: Kind) -> None:
    assert side_of(replace(POST, kind=kind), YES, "merel") is None


@pytest.mark.parametrize("state", list(ResponseState))
def test_before_there_is_an_agreement_it_is_open_while_the_answer_counts(state: ResponseState) -> None:
    live = state in (ResponseState.PENDING, ResponseState.ACCEPTED)
    assert is_open(replace(YES, state=state), None, NOON + FAR) is live


@pytest.mark.parametrize("state", [MatchState.DONE, MatchState.CANCELLED])
def test_it_closes_thirty_days_after_the_end(state: MatchState) -> None:
    over = replace(MATCH, state=state, ended=NOON)
    assert is_open(YES, MATCH, NOON + FAR)
    assert is_open(YES, over, NOON + STAYS_OPEN - timedelta(milliseconds=1))
    assert not is_open(YES, over, NOON + STAYS_OPEN)
    with pytest.raises(Conflict):
        require_open(Thread(POST, YES, over, Side.HELPER), NOON + 31 * DAY)


def test_who_the_other_is_and_where() -> None:
    here = Thread(POST, YES, MATCH, Side.POSTER)
    assert (here.owner, here.other, here.node_id, here.name) == ("bea", "merel", None, "Merel")
    away = Thread(POST, replace(YES, resident=None, node_id="noord"), MATCH, Side.POSTER)
    assert (away.owner, away.other, away.node_id) == ("bea", None, "noord")
    copy = Thread(replace(POST, author=None, node_id="noord"), YES, None, Side.HELPER)
    assert (copy.owner, copy.other, copy.node_id, copy.name) == ("merel", None, "noord", "Bea")
    assert (here.agreed, copy.agreed) == (True, False)


def test_there_is_a_bound_to_writing() -> None:
    require_pace(LATELY_MOST - 1, IN_ALL_MOST - 1)
    with pytest.raises(TooMany):
        require_pace(LATELY_MOST, 0)
    with pytest.raises(Conflict):
        require_pace(0, IN_ALL_MOST)


def test_a_message_is_plain_text_within_limits() -> None:
    assert checked_message("  Elf uur?\r\nOf later. ") == "Elf uur?\nOf later."
    assert checked_message("a" * TEXT_LENGTH)
    for wrong in ("", " \n ", "a" * (TEXT_LENGTH + 1), "nul \x00", "bel \x07", "half \ud800"):
        with pytest.raises(Invalid):
            checked_message(wrong)


def test_a_number_and_an_address_are_looked_at() -> None:
    assert checked_phone(" 0199-00  12 34 ") == "0199-00 12 34"
    assert checked_phone("+31 199 00 12 34") == "+31 199 00 12 34"
    assert checked_phone("  ") is None
    assert checked_address("Lindelaan  12\r\n\r\n 9999 ZZ Dorp ") == "Lindelaan 12\n9999 ZZ Dorp"
    assert checked_address(" \n ") is None
    assert checked_details("", "") == (None, None)
    for wrong in ("bel me", "12", "0199" * 20, "0199-00 12 34\nx", "٠١٩٩٠٠١٢٣٤"):
        with pytest.raises(Invalid):
            checked_phone(wrong)
    with pytest.raises(Invalid) as refused:
        checked_details("bel me", "a" * 201)
    assert set(refused.value.errors) == {"phone", "address"}


def test_only_what_was_chosen_and_is_known_is_shown() -> None:
    whole = Contact("Bea", "0199-00 12 34", "bea@example.org", None)
    assert whole.known == ("phone", "email")
    assert whole.only(["phone"]) == Contact("Bea", "0199-00 12 34")
    assert whole.only([]) == Contact("Bea")
    assert checked_fields({"email", "phone"}, whole.known) == ("phone", "email")
    for wrong in ([], ["name"], ["address"], ["phone", "address"]):
        with pytest.raises(Invalid):
            checked_fields(wrong, whole.known)


async def test_without_a_way_out_the_other_is_out_of_reach() -> None:
    with pytest.raises(NotReachable):
        await out_of_reach(Elsewhere("noord", f"{HOME}/ap/a/1"))
