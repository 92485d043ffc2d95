"""Whom a broker could ask, with reasons, and why others were left out."""

from dataclasses import replace
from typing import Any

import pytest

from node.neighbourhood.candidate import Helper, fitting, why_not
from node.neighbourhood.category import Category
from node.neighbourhood.following import Ring
from node.neighbourhood.invite import InviteState, lasts_until, require_askable
from node.neighbourhood.post import Kind, State, Urgency
from node.neighbourhood.refusal import Conflict
from tests import town
from tests.town import DAY, HOUR, NOON

POST = town.a_post(category=Category.GARDEN, expires=NOON + 30 * DAY)
OFFER = replace(POST, id="2", kind=Kind.OFFER, author="merel", author_name="Merel")


def helper(name: str = "Merel", ring: Ring | None = Ring.HERE, **known: Any) -> Helper:
    offer = replace(OFFER, id=name, author=name.lower(), author_name=name, **known.pop("offer", {}))
    return Helper(offer, "Noord", ring, **known)


def test_the_nearest_first_and_then_who_helped_before() -> None:
    found = [
        helper("Ver", Ring.TOWN),
        helper("Naast", Ring.NEXT_DOOR),
        helper("Nieuw"),
        helper("Bekend", helped=2),
        helper("Bezig", waiting=1),
        helper("Anders", offer={"category": Category.RIDES}),
    ]
    fit, out = fitting(POST, found)
    assert [one.helper.offer.author_name for one in fit] == ["Bekend", "Nieuw", "Naast", "Ver", "Bezig"]
    assert out == []
    assert fit[0].reasons == ("Offers what is asked.", "Lives in our own neighbourhood.", "Helped before.")
    assert fit[3].reasons[1:] == ("Lives in the municipality.",)
    assert fit[4].doubts == ("Is asked for something else too, and did not answer yet.",)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"offer": {"author": "bea"}}, "of who asks"),
        ({"asked": InviteState.PENDING}, "can still answer"),
        ({"asked": InviteState.DECLINED}, "said no"),
        ({"asked": InviteState.ACCEPTED}, "answered this"),
        ({"answered": True}, "answered this"),
        ({"ring": None}, "Noord is not connected"),
        ({"sees": False}, "Noord does not see this request"),
        ({"arrived": False}, "still on its way to Noord"),
    ],
)
def test_who_is_left_out_and_why(known: dict[str, Any], words: str) -> None:
    offer = {"author": "merel", **known.pop("offer", {})}
    one = Helper(replace(OFFER, **offer), "Noord", **{"ring": Ring.HERE, **known})
    fit, [out] = fitting(POST, [one])
    assert fit == []
    assert words in out.why


def test_who_was_late_or_not_needed_may_be_asked_again() -> None:
    for asked in (InviteState.EXPIRED, InviteState.TAKEN):
        assert why_not(POST, helper(asked=asked)) is None
    fit, _ = fitting(POST, [helper(asked=InviteState.EXPIRED)])
    assert "did not answer in time" in fit[0].doubts[0]


def test_an_invite_lasts_a_day_when_it_is_urgent_else_three() -> None:
    assert lasts_until(POST, NOON) == NOON + 3 * DAY
    assert lasts_until(replace(POST, urgency=Urgency.URGENT), NOON) == NOON + DAY
    assert lasts_until(replace(POST, expires=NOON + HOUR), NOON) == NOON + HOUR


@pytest.mark.parametrize(
    ("post", "offer"),
    [
        ({"node_id": "noord"}, {}),
        ({"kind": Kind.NOTICE}, {}),
        ({"state": State.CLOSED}, {}),
        ({"places_left": 0}, {}),
        ({}, {"kind": Kind.REQUEST}),
        ({}, {"state": State.PAUSED}),
        ({}, {"hidden": True}),
        ({}, {"expires": NOON}),
    ],
)
def test_what_nobody_can_be_asked_for(post: dict[str, Any], offer: dict[str, Any]) -> None:
    require_askable(POST, OFFER, NOON)
    with pytest.raises(Conflict):
        require_askable(replace(POST, **post), replace(OFFER, **offer), NOON)
