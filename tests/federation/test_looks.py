"""What we send and serve as objects: that it looks right on software that knows nothing of requests and
offers, and that nothing in it trips any."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from node.acts.publish import facts_of
from node.federation import activities, objects, reading
from node.federation.terms import TERMS, document
from node.federation.vocabulary import AS, CONTEXT, PUBLIC
from node.neighbourhood import wording
from node.neighbourhood.category import Category
from node.neighbourhood.language import SPOKEN, UNKNOWN
from node.neighbourhood.node import Home
from node.neighbourhood.post import LISTING_STATE, Audience, Kind, Post, State
from tests import town
from tests.town import DAY, HOUR, NOON

HOME = replace(town.home(), zone=ZoneInfo("Europe/Amsterdam"))
HUB = town.home("gemeente").actor
SHARED = [Audience.ADJACENT, Audience.MUNICIPALITY, Audience.PUBLIC]
KEPT = {"p", "br", "strong", "a", "span"}
Document = dict[str, Any]


def a_post(kind: Kind = Kind.REQUEST, **change: Any) -> Post:
    """A post that everybody may see; an event is tomorrow from two to five, by the clock of Amsterdam."""
    times = {"starts": NOON + DAY + HOUR, "expires": NOON + DAY + 4 * HOUR, "places": 0, "places_left": 0}
    event = {**times, "place": "Buurthuis De Spil"} if kind is Kind.EVENT else {}
    return town.a_post(**{"audience": Audience.PUBLIC, "kind": kind, **event, **change})


def told(post: Post, home: Home = HOME) -> Document:
    return objects.post(home, facts_of(post, HUB))


def every_post() -> Iterator[Post]:
    """Every kind, state, audience and language."""
    for kind, state, audience, language in product(Kind, LISTING_STATE, SHARED, ("nl", "en", "ar", "de")):
        yield a_post(kind, state=state, audience=audience, language=language)


def plain(html: str) -> str:
    """What somebody reads of it, a line for each."""
    said = re.sub(r"<br>|</p>", "\n", html)
    return re.sub(r"<[^>]*>", "", said).replace("&lt;", "<").replace("&amp;", "&").strip()


# What people read


def test_a_request_says_what_it_is_about_where_and_how_to_answer() -> None:
    said = told(a_post(category=Category.ODD_JOBS))
    assert plain(said["content"]).splitlines() == [
        "GEVRAAGD · klus binnen · Centrum",
        "Wie haalt dinsdag medicijnen?",
        "De apotheek is om de hoek.",
        "Help je mee? Stuur ons een privébericht terug, of reageer op de pagina van de buurt.",
        "#klusBinnen #buurthulp",
    ]
    assert f'<a href="{said["url"]}">' in said["content"]
    assert said["url"] == "https://centrum.example/o/" + "1" * 32


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        (Kind.REQUEST, State.AGREED, "AFGESPROKEN · GEVRAAGD"),
        (Kind.OFFER, State.DONE, "GELUKT ✔ · AANGEBODEN"),
        (Kind.REQUEST, State.THANKED, "GELUKT ✔ · GEVRAAGD"),
        (Kind.NOTICE, State.CLOSED, "GESLOTEN · BERICHT"),
        (Kind.REQUEST, State.EXPIRED, "VERLOPEN · GEVRAAGD"),
        (Kind.EVENT, State.CLOSED, "GAAT NIET DOOR · ACTIVITEIT"),
        (Kind.EVENT, State.EXPIRED, "VOORBIJ · ACTIVITEIT"),
        (Kind.EVENT, State.OPEN, "ACTIVITEIT"),
    ],
)
def test_how_it_stands_comes_first(kind: Kind, state: State, words: str) -> None:
    said = plain(told(a_post(kind, state=state))["content"])
    assert said.startswith(f"{words} · boodschappen · Centrum\n")
    assert ("privébericht" in said) is (state is State.OPEN and kind.agrees)


def test_the_language_it_was_written_in_comes_first_and_is_byte_for_byte_the_content() -> None:
    for post in every_post():
        said = told(post)
        words = json.loads(json.dumps(said))["contentMap"]
        assert next(iter(words)) == post.language
        assert words[post.language] == said["content"]


@pytest.mark.parametrize(
    ("language", "first", "other"),
    [
        ("nl", "GEVRAAGD", "WANTED"),
        ("en", "WANTED", "GEVRAAGD"),
        ("tr", "ARANIYOR", "GEVRAAGD"),
        ("ar", "مطلوب", "GEVRAAGD"),
        ("pl", "PROŚBA", "GEVRAAGD"),
        ("uk", "ПРОХАННЯ", "GEVRAAGD"),
    ],
)
def test_only_the_fixed_words_are_translated(language: str, first: str, other: str) -> None:
    said = told(a_post(language=language))["contentMap"]
    assert list(said) == [language, "en" if language == "nl" else "nl"]
    for words, kind in zip(said.values(), (first, other), strict=True):
        assert kind in words
        assert "Wie haalt dinsdag medicijnen?" in words
        assert "De apotheek is om de hoek." in words
        assert "#<span>boodschappen</span>" in words


@pytest.mark.parametrize("language", ["de", UNKNOWN])
def test_a_post_in_a_language_we_do_not_speak_has_dutch_words_around_it(language: str) -> None:
    said = told(a_post(language=language))["contentMap"]
    assert list(said) == [language, "en"]
    assert "GEVRAAGD" in said[language]


@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_words_in_every_language(category: Category) -> None:
    for language in SPOKEN:
        word = wording.of(language).categories[category]
        assert word in told(a_post(category=category, language=language))["contentMap"][language]


def test_a_post_that_a_supervisor_took_out_of_sight_shows_no_word_of_it() -> None:
    for kind in Kind:
        said = told(a_post(kind, state=State.HIDDEN))
        for words in [*said["contentMap"].values(), *said.get("summaryMap", {}).values()]:
            assert "medicijnen" not in words
            assert "apotheek" not in words
            assert "De Spil" not in words
        assert plain(said["content"]) == "Even niet zichtbaar."


class Tags(HTMLParser):
    """What elements a text has, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


def test_html_is_of_the_few_elements_that_every_server_keeps() -> None:
    evil = '<script>alert(1)</script><img src=x onerror="x">&amp;</p></strong>'
    for post in every_post():
        said = told(replace(post, title=evil, text=f"{evil}\n{evil}\n\n{evil}", place=evil))
        for words in [*said["contentMap"].values(), *said.get("summaryMap", {}).values()]:
            for tag, attributes in Tags(words).found:
                assert tag in KEPT
                assert set(attributes) <= ({"href", "class", "rel"} if tag == "a" else set())
                assert (attributes.get("href") or HOME.origin).startswith(HOME.origin)


# Hashtags, warnings, events


def test_a_public_post_has_hashtags_and_the_link_to_its_twin() -> None:
    tags = told(a_post(category=Category.ODD_JOBS))["tag"]
    assert [(tag["type"], tag["name"]) for tag in tags] == [
        ("Hashtag", "#klusBinnen"),
        ("Hashtag", "#buurthulp"),
        ("Link", "Wie haalt dinsdag medicijnen?"),
    ]
    assert [tag["href"] for tag in tags[:2]] == [
        "https://centrum.example/tags/klusbinnen",
        "https://centrum.example/tags/buurthulp",
    ]
    assert tags[2]["rel"] == ["https://w3id.org/valueflows/ont/vf#Proposal"]
    assert [tag["name"] for tag in told(a_post(Kind.NOTICE))["tag"]] == ["#boodschappen"]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Wie praat er met mij over misbruik?", "Over geweld of misbruik"),
        ("Gespreksgroep: leven na zelfdoding.", "Over zelfdoding of zelfbeschadiging"),
        ("Mijn man heeft KANKER; wie kookt?", "Over ernstige ziekte"),
        ("Wat een geweldig feest, en wie gaat er mee zwerfvuil rapen?", None),
        ("Wie haalt mijn medicijnen?", None),
    ],
)
def test_hard_words_have_a_warning_before_them(text: str, warned: str | None) -> None:
    said = told(a_post(text=text))
    assert (said.get("summary"), said["sensitive"]) == (warned, warned is not None)
    if warned:
        assert list(said["summaryMap"]) == ["nl", "en"]
    assert "summary" not in told(a_post(text=text, audience=Audience.ADJACENT))


def test_an_event_tells_all_that_matters_to_who_sees_no_more_than_its_name_and_a_line() -> None:
    said = told(a_post(Kind.EVENT, title="Koffie", category=Category.COMPANY))
    assert said["name"] == "Koffie"
    assert plain(said["summary"]) == (
        "ACTIVITEIT · gezelschap · Centrum: wo 4 nov 2026, 14:00–17:00, Buurthuis De Spil"
    )
    assert plain(said["summaryMap"]["en"]).endswith("Centrum: Wed 4 Nov 2026, 14:00–17:00, Buurthuis De Spil")
    assert (said["startTime"], said["endTime"]) == ("2026-11-04T13:00:00.000Z", "2026-11-04T16:00:00.000Z")
    assert (said["timezone"], said["organizers"]) == ("Europe/Amsterdam", None)
    assert (said["joinMode"], said["externalParticipationUrl"]) == ("external", said["url"])
    assert said["location"]["name"] == "Buurthuis De Spil"


def test_an_event_of_two_days_names_both() -> None:
    said = plain(told(a_post(Kind.EVENT, expires=NOON + 3 * DAY))["summary"])
    assert said.endswith("wo 4 nov 2026 14:00 – vr 6 nov 2026 13:00, Buurthuis De Spil")


# Nothing that trips others (federation.md 6), and nothing lost for our own


def test_only_a_public_post_has_what_is_for_people_elsewhere() -> None:
    for post in every_post():
        said, public = told(post), post.audience is Audience.PUBLIC
        for name in ("context", "replies", "attachment", "audience", "timezone", "joinMode"):
            of_events = name in ("timezone", "joinMode")
            assert (name in said) is (public and (not of_events or post.kind is Kind.EVENT))
        assert (PUBLIC in said["to"]) is public
        assert any(tag["type"] == "Hashtag" for tag in said.get("tag", [])) is public
        assert len(said["contentMap"]) == (2 if public else 1)


def documents() -> Iterator[Document]:
    """All that we ever say about a post."""
    for post in every_post():
        facts = facts_of(post, HUB)
        for kind in ("Create", "Update"):
            yield activities.activity(HOME, kind, HOME.uri("a", "1"), post.uri, facts, facts["created"], "")
        yield {"@context": CONTEXT, **objects.post(HOME, facts)}
        if post.kind.agrees:
            yield objects.proposal(HOME, facts)


def parts(value: Any) -> Iterator[Document]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def test_no_document_of_ours_ever_trips_the_software_we_know() -> None:
    """By the numbers of `federation.md` 6."""
    for said in documents():
        assert AS in said["@context"]  # 4
        whole = said["object"] if said["type"] in ("Create", "Update") else said
        assert whole["attributedTo"] == HOME.actor  # 13, 14: one, as text
        assert said.get("actor", HOME.actor) == HOME.actor  # 35
        assert whole["type"] in ("Note", "Event", "Proposal")
        assert len(whole["content"].encode()) <= 64 * 1024  # 43
        if "url" in whole:
            assert whole["url"].startswith(f"{HOME.origin}/")  # 32: url and id on one host, and one url
        for part in parts({key: value for key, value in said.items() if key != "@context"}):
            assert isinstance(part.get("type", ""), str)  # 6
            assert not {"@graph", "@included", "@reverse"} & set(part)  # 5
            assert "inReplyTo" not in part  # 33
            assert not {"icon", "image"} & set(part)  # 35
            assert part.get("attachment", []) == []  # 37
            for name in ("published", "updated", "startTime", "endTime", "deleted"):  # 12
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", part.get(name, _A_TIME))
            for name in ("to", "cc"):
                assert not {"as:Public", "Public"} & set(part.get(name, []))  # 9
            if part.get("type") == "Hashtag":
                assert part["href"].startswith(f"{HOME.origin}/tags/")
        if PUBLIC in said["to"]:
            assert said["to"] == [PUBLIC]  # 10
            assert f"{HOME.actor}/followers" in said["cc"]
            assert said["audience"] == HOME.actor
        assert not any(isinstance(part, float) for part in _leaves(said))  # a proof needs whole numbers


_A_TIME = "2026-11-03T12:00:00.000Z"


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


def test_a_tombstone_says_nothing_but_that_it_was_there() -> None:
    said = objects.tombstone("https://centrum.example/ap/o/1", "Event", _A_TIME)
    assert set(said) == {"id", "type", "formerType", "deleted"}


def test_our_own_nodes_read_every_post_as_before() -> None:
    node = _node()
    for post in every_post():
        read = reading.post(told(post), node, NOON)
        assert read is not None
        gone = post.audience is Audience.PUBLIC and LISTING_STATE[post.state] == "hidden"
        if gone:  # a public post that is out of sight says nothing; whoever holds it keeps the words it has
            assert read.title == wording.of(wording.spoken(post.language)[0]).out_of_sight
            assert (read.text, read.place) == ("", "")
        else:
            assert (read.title, read.text, read.place) == (post.title, post.text, post.place)
        assert read.kind is post.kind
        assert (read.category, read.audience, read.language) == (post.category, post.audience, post.language)
        assert (read.expires, read.starts) == (post.expires, post.starts)
        assert LISTING_STATE[read.state] == LISTING_STATE[post.state]


def _node() -> Any:
    said = {
        "id": HOME.actor,
        "type": "Group",
        "inbox": f"{HOME.actor}/inbox",
        "adjacentNodes": HOME.adjacent,
        "areaCode": HOME.area.code,
        "hub": HUB,
        "name": "Centrum",
    }
    actor = reading.actor(said, NOON)
    assert actor is not None
    return actor.node


# The documents for other implementers


def shape(value: Any) -> Any:
    """Which fields are there, and of what sort; what stands in them aside."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__


OURS = {"source", "updated", "kind", "category", "urgency", "decide", "party"}
"""Of `wire.md` 4, which is newer than the examples."""


def test_a_request_has_the_shape_of_the_shared_example(shared: Path) -> None:
    example = json.loads((shared / "vectors/examples/create-request.json").read_text("utf-8"))
    facts = facts_of(a_post(), None)
    said = activities.activity(HOME, "Create", HOME.uri("a", "1"), facts["uri"], facts, facts["created"], "")
    note, theirs = said["object"], example["object"]
    assert set(said) == set(example)
    assert set(note) - OURS == set(theirs)
    available = note["publishes"].pop("availableQuantity")
    assert available == note["publishes"]["resourceQuantity"]
    for name in set(theirs) - {"cc"}:
        assert shape(note[name]) == shape(theirs[name]), name
    for name in ("purpose", "type", "listingState", "unitBased", "sensitive", "attachment", "to"):
        assert note[name] == theirs[name]
    ours, terms = CONTEXT[2], example["@context"][2]
    assert {name: ours[name] for name in terms} == terms


def test_an_event_has_what_the_shared_example_has(shared: Path) -> None:
    example = json.loads((shared / "vectors/examples/create-event.json").read_text("utf-8"))["object"]
    said = told(a_post(Kind.EVENT))
    assert set(example) <= set(said)
    assert said["organizers"] is example["organizers"] is None


def test_no_word_of_our_own_is_used_that_is_not_listed() -> None:
    full = json.dumps([CONTEXT, document()])
    assert set(re.findall(r"bk:(\w+)", full)) == {term.name for term in TERMS}


def test_the_twin_is_a_proposal_of_its_own() -> None:
    said = objects.proposal(HOME, facts_of(a_post(Kind.OFFER, category=Category.THINGS), None))
    assert (said["type"], said["purpose"]) == ("Proposal", "offer")
    assert said["id"] == said["publishes"]["id"].removesuffix("#primary")
    assert said["publishes"]["action"] == "transfer"
    assert said["publishes"]["resourceConformsTo"].endswith(f"/ap/category/{Category.THINGS}")
    assert "tag" not in said
