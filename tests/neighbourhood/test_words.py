"""What people type is taken, or refused with words at the field; nothing else comes of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.neighbourhood.audience import offered, usual
from node.neighbourhood.fields import (
    checked_audience,
    checked_choice,
    checked_expiry,
    checked_places,
    checked_words,
)
from node.neighbourhood.post import (
    PLACES_MOST,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Audience,
    Kind,
    Urgency,
)
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import NAME_LENGTH, checked_email, checked_name
from node.neighbourhood.response import checked_text
from tests import town
from tests.town import DAY, HOUR, NOON

ANY = st.text(st.characters(), max_size=300) | st.text('a@."\r\n\t\x00\ud800 é<>,;+-\u202e', max_size=30)
MAIL = st.from_regex(r"[a-z0-9.+_'-]{1,12}@[a-z0-9.-]{1,12}\.[a-z]{2,4}", fullmatch=True)


def refused(check: Callable[..., object], *words: object) -> str:
    """The fields it is refused for."""
    with pytest.raises(Invalid) as refusal:
        check(*words)
    assert all(said.text and said.endswith(".") for said in refusal.value.errors.values())
    return " ".join(refusal.value.errors)


@given(ANY, ANY)
def test_words_are_kept_or_refused(title: str, text: str) -> None:
    try:
        kept, body = checked_words(title, text)
    except Invalid:
        return
    assert "\n" not in kept
    assert kept == " ".join(kept.split())
    assert 0 < len(kept) <= TITLE_LENGTH
    assert len(body) <= TEXT_LENGTH
    assert (kept + body).encode()  # no half of a pair: it can be stored, signed and sent
    assert "\x00" not in kept + body
    assert checked_words(kept, body) == (kept, body)


@given(ANY)
def test_an_answer_is_kept_or_refused(text: str) -> None:
    try:
        kept = checked_text(text)
    except Invalid:
        return
    assert kept.encode()
    assert checked_text(kept) == kept


@given(ANY)
def test_a_name_is_kept_or_refused(name: str) -> None:
    try:
        kept = checked_name(name)
    except Invalid:
        return
    assert kept.isprintable()
    assert 0 < len(kept) <= NAME_LENGTH
    assert checked_name(kept) == kept


@given(ANY | MAIL)
def test_an_address_is_one_or_refused(email: str) -> None:
    try:
        kept = checked_email(email)
    except Invalid:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert not set(kept) & set(' <>",;:\\()[]')
    assert kept.count("@") == 1
    assert checked_email(kept.upper()) == kept


@pytest.mark.parametrize(
    "email",
    [
        "",
        "bea",
        "bea@",
        "@example.org",
        "bea@example",
        "bea@example.org\nBcc: all@example.org",
        "bea@example.org\r\n",
        "bea\x00@example.org",
        '"bea x"@example.org',
        "bea(comment)@example.org",
        "Bea <bea@example.org>",
        "bea@example.org,merel@example.org",
        "bea@exa mple.org",
        "béa@example.org",
        "bea@exämple.org",
        "be\u212aa@example.org",
        "\ud800@example.org",
        "bea..x@example.org",
        f"{'x' * 65}@example.org",
        f"bea@{'x' * 190}.{'y' * 63}",
        f"bea@{'x.' * 5000}org",
    ],
)
def test_what_mail_cannot_reach_is_refused(email: str) -> None:
    if email.endswith("\r\n"):
        assert checked_email(email) == "bea@example.org"  # as it is pasted
        return
    assert refused(checked_email, email) == "email"


def test_an_address_has_one_spelling() -> None:
    spellings = ["bea@example.org", " BEA@Example.ORG ", "Bea@example.org"]
    assert {checked_email(email) for email in spellings} == {"bea@example.org"}
    assert checked_email("bea+buurt@example.org") == "bea+buurt@example.org"


@pytest.mark.parametrize("name", ["Bea", "Ömer", "محمد", "Jan-Willem", "O'Neill", "Bea de V.", "王", "Bea 2"])
def test_a_name_may_be_of_anywhere(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "name", ["", " ", "bea@example.org", "https://x", "x" * 41, "Bea\u202e", "Bea 0612", "\x07"]
)
def test_a_name_is_only_a_name(name: str) -> None:
    assert refused(checked_name, name) == "name"


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x7f", "\x9b", "\ud800"])
def test_signs_that_cannot_be_shown_are_refused_where_they_stand(sign: str) -> None:
    assert refused(checked_words, f"a{sign}b", "c") == "title"
    assert refused(checked_words, "a", f"b{sign}c") == "text"
    assert refused(checked_text, f"b{sign}c") == "text"


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert refused(checked_words, " ", "x" * 4001) == "title text"
    assert refused(checked_words, "x" * 121, "") == "title"
    assert refused(checked_text, " \n ") == "text"
    assert refused(checked_text, "x" * 2001) == "text"


def test_lines_end_one_way() -> None:
    assert checked_words("a  b\n c", " one\r\ntwo\n") == ("a b c", "one\ntwo")
    assert checked_text("one\r\ntwo ") == "one\ntwo"


def test_wider_rings_need_a_hub() -> None:
    home, hub = town.home(), town.home("gemeente")
    here, everywhere = offered(home, False), offered(home, True)
    assert checked_audience(None, here, usual(home, Kind.REQUEST)) is Audience.ADJACENT
    assert checked_audience(None, here, usual(home, Kind.OFFER)) is Audience.PUBLIC
    assert checked_audience("municipality", everywhere, Audience.PUBLIC) is Audience.MUNICIPALITY
    assert checked_audience(None, offered(hub, True), usual(hub, Kind.REQUEST)) is Audience.MUNICIPALITY
    for word in ("municipality", "everybody", ""):
        assert refused(checked_audience, word, here, Audience.ADJACENT) == "audience"
    assert refused(checked_audience, "adjacent", offered(hub, True), Audience.PUBLIC) == "audience"


def test_one_of_a_list_or_what_is_usual() -> None:
    assert checked_choice(Urgency, None, "urgency", Urgency.WEEK) is Urgency.WEEK
    assert checked_choice(Urgency, "urgent", "urgency", Urgency.WEEK) is Urgency.URGENT
    assert refused(checked_choice, Urgency, "soon", "urgency", Urgency.WEEK) == "urgency"


def test_places_have_a_number() -> None:
    asked = [checked_places(Kind.REQUEST, places) for places in (None, 1, PLACES_MOST)]
    assert asked == [1, 1, PLACES_MOST]
    for places in (0, -1, PLACES_MOST + 1):
        assert refused(checked_places, Kind.OFFER, places) == "places"
    assert [checked_places(Kind.EVENT, places) for places in (None, 0, 1000)] == [0, 0, 1000]
    assert checked_places(Kind.NOTICE, None) == checked_places(Kind.NOTICE, 0) == 0
    with pytest.raises(Invalid, match="places: A notice has no places"):
        checked_places(Kind.NOTICE, 7)


def test_a_post_stays_for_a_while_and_not_for_ever() -> None:
    usual = 30 * DAY
    assert checked_expiry(None, usual, NOON) == NOON + usual
    for kept in (NOON + HOUR, NOON + 2 * usual):
        assert checked_expiry(kept, usual, NOON) == kept
    for wrong in (NOON, NOON + HOUR - timedelta(seconds=1), NOON + 2 * usual + timedelta(seconds=1)):
        assert refused(checked_expiry, wrong, usual, NOON) == "expires"
    assert refused(checked_expiry, (NOON + DAY).replace(tzinfo=None), usual, NOON) == "expires"


def test_words_can_be_said_in_another_language() -> None:
    words = phrase("At most %(most)d letters.", most=3)
    assert words == "At most 3 letters."
    assert (words.text, words.values) == ("At most %(most)d letters.", {"most": 3})
    assert phrase("100% sure").text == "100% sure"
    assert str(Invalid({"title": words})) == "title: At most 3 letters."
