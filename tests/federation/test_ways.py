"""The way from somebody's own server to us: what that server says of it is believed for that server alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.federation import ways
from node.federation.ways import INTENT, SUBSCRIBE
from node.neighbourhood.handle import Handle, Way, checked_handle
from node.neighbourhood.refusal import NotReachable
from tests.federation import town_of_nodes
from tests.federation.stranger import Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import Wire

JRD = "application/jrd+json"
FINGER = "/.well-known/webfinger?resource=acct%3Amo%40social.example"
POST = "https://centrum.example/ap/o/1"
MO = Handle("mo", "social.example")
FILLED = "https://social.example/follow?uri=centrum%40centrum.example"

Met = tuple[Place, Stranger]


@pytest.fixture(scope="module")
async def met(tmp_path_factory: pytest.TempPathFactory, two_neighbours: Model) -> AsyncIterator[Met]:
    directory: Path = tmp_path_factory.mktemp("ways")
    async with town_of_nodes.opened(directory, two_neighbours, started=False) as nodes:
        yield nodes.places[0], Stranger(nodes.wire)


def says(mo: Stranger, *links: Any, **change: Any) -> None:
    """What Mo's server answers when asked for Mo."""
    document = {"subject": "acct:mo@social.example", "links": list(links), **change}
    mo.serve(mo.origin + FINGER, document, kind=JRD)


def link(rel: str, template: Any, name: str = "template") -> dict[str, Any]:
    return {"rel": rel, name: template}


async def test_following_is_asked_with_our_address(met: Met) -> None:
    place, mo = met
    says(mo, {"rel": "self", "href": mo.person}, link(SUBSCRIBE, "https://social.example/follow?uri={uri}"))
    assert await ways.ask(place.door, Way(MO)) == FILLED


async def test_answering_is_asked_with_the_id_of_the_post(met: Met) -> None:
    place, mo = met
    says(mo, link(SUBSCRIBE, "https://social.example/interact?uri={uri}"))
    there = "https://social.example/interact?uri=https%3A%2F%2Fcentrum.example%2Fap%2Fo%2F1"
    assert await ways.ask(place.door, Way(MO, POST)) == there


async def test_the_question_is_signed_by_our_application(met: Met) -> None:
    place, mo = met
    says(mo)
    await ways.ask(place.door, Way(MO))
    last = place.wire.asked(to=mo.origin)[-1]
    assert last.path == "/.well-known/webfinger"
    assert f"{place.origin}/ap/actor#" in str(last.headers)


async def test_an_activity_intent_does_as_well(met: Met) -> None:
    place, mo = met
    says(mo, link(f"{INTENT}Follow", "https://social.example/f?object={object}&on-success={on-success}"))
    actor = "https%3A%2F%2Fcentrum.example%2Fap%2Fbuurt%2Fcentrum"
    assert await ways.ask(place.door, Way(MO)) == f"https://social.example/f?object={actor}&on-success="
    assert await ways.ask(place.door, Way(MO, POST)) is None
    says(
        mo,
        link(f"{INTENT}Create", "https://social.example/c?text={content}"),
        link(f"{INTENT}Object", "https://social.example/o?q={object}", "href"),
    )
    post = "https%3A%2F%2Fcentrum.example%2Fap%2Fo%2F1"
    assert await ways.ask(place.door, Way(MO, POST)) == f"https://social.example/o?q={post}"
    says(mo, link(f"{INTENT}Create", "https://social.example/c?text={content}&inReplyTo={inReplyTo}"))
    assert await ways.ask(place.door, Way(MO, POST)) == f"https://social.example/c?text=&inReplyTo={post}"


@pytest.mark.parametrize(
    "template",
    [
        *("https://evil.example/?uri={uri}", "http://social.example/?uri={uri}", "//evil.example/?uri={uri}"),
        *("javascript:alert('{uri}')", "data:text/html,{uri}", "https://social.example@evil.example/{uri}"),
        *("https://social.example.evil.example/{uri}", "https://{uri}/", "https://social.example:8443/{uri}"),
        *(
            "https://social.example\\@evil.example/{uri}",
            " https://social.example/{uri}",
            "/follow?uri={uri}",
        ),
        *("https://social.example/follow", "https://social.example/{uri", "https://social.example/}{uri}"),
        *(
            "https://social.example/\n{uri}",
            "https://social.example/\u202e{uri}",
            "https://social.example{uri}",
        ),
        *("https://social.example/" + "a" * 3000 + "{uri}", 'https://social.example/"><b>{uri}', "{uri}", ""),
        *(7, None, ["https://social.example/{uri}"], {"href": "https://social.example/{uri}"}),
    ],
)
async def test_only_a_page_on_that_same_server_is_believed(met: Met, template: Any) -> None:
    place, mo = met
    says(mo, link(SUBSCRIBE, template))
    assert await ways.ask(place.door, Way(MO)) is None
    good = "https://social.example/follow?uri={uri}"
    says(mo, link(SUBSCRIBE, template), link(SUBSCRIBE, good))
    assert await ways.ask(place.door, Way(MO)) == FILLED, "the next link may be good"


@pytest.mark.parametrize(
    "links", [None, {}, "x", 7, [None], ["x"], [[]], [{"rel": 7}], [{"rel": [SUBSCRIBE]}]]
)
async def test_odd_links_are_no_way(met: Met, links: Any) -> None:
    place, mo = met
    says(mo, links=links)
    assert await ways.ask(place.door, Way(MO)) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"document": {}, "status": 404},
        {"document": {}, "status": 500},
        {"document": b"no json", "kind": JRD},
        {"document": {"links": []}, "kind": "text/html"},
        {"document": b'{"a": "' + b"a" * 1_100_000 + b'"}', "kind": JRD},
    ],
)
async def test_a_server_that_answers_oddly_is_out_of_reach(met: Met, answer: dict[str, Any]) -> None:
    place, mo = met
    mo.serve(mo.origin + FINGER, **answer)
    with pytest.raises(NotReachable) as refused:
        await ways.ask(place.door, Way(MO))
    assert "social.example" in refused.value.reason


@pytest.mark.parametrize(
    "written",
    ["@mo@centrum.example", "@mo@127.0.0.1", "@mo@social.example:8443", "@mo@nobody.example", "@mo@127.1"],
)
async def test_what_may_not_be_asked_is_out_of_reach(met: Met, written: str) -> None:
    place, _ = met
    before = len(place.wire.log)
    with pytest.raises(NotReachable):
        await ways.ask(place.door, Way(checked_handle(written)))
    asked = {exchange.to for exchange in place.wire.log[before:]}
    assert asked <= {"https://nobody.example", "https://127.0.0.1"}  # the wire of a test has no addresses


async def test_nothing_is_kept_of_who_asked(met: Met) -> None:
    place, mo = met
    says(mo, link(SUBSCRIBE, "https://social.example/follow?uri={uri}"))
    before = await place.rows()
    await ways.ask(place.door, Way(MO))
    assert await place.rows() == before
    assert isinstance(place.wire, Wire)
