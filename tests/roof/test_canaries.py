"""The canary sweep: in each private column sits a canary, and no page, answer, feed, letter, message or log
shows one to anybody who may not see it (V04)."""

import logging
import re
from collections.abc import AsyncIterator, Iterable
from email import message_from_bytes
from email.policy import SMTP
from functools import partial
from itertools import cycle

import httpx
import pytest
from sqlalchemy import text
from starlette.routing import Route

from node.acts import timers
from node.api.openapi import OPERATIONS
from node.api.operation import PREFIX
from node.clock import now
from node.federation import activities
from node.mail import carriers, worker
from node.neighbourhood.node import Home
from node.neighbourhood.post import Kind
from node.ui import advice, answers, borders, changes, hub
from node.ui.addresses import FORMS, PAGES
from tests import town
from tests.roof import aviary
from tests.roof.aviary import Aviary
from tests.roof.canaries import NODES, OPEN, PRIVATE, READERS, TOKEN, Row
from tests.ui import things as things_of

DEEDS: dict[str, Iterable[str]] = {  # what a route ends in, where it is no thing
    "/o/{post}/answers/{answer}/{deed}": answers.DEEDS,
    "/o/{post}/{deed}": changes.DEEDS,
    "/operator/neighbours/{node}/{step}": borders.STEPS,
    "/operator/hub/{node}/{step}": hub.STEPS,
    "/operator/hub/advice/{advice}/{choice}": advice.CHOICES,
}


FOR_NODES = ("/ap/", "/.well-known/", "/nodeinfo/", "/ns", "/o/{page}", "/@{name}")
OPENED_BY = {"/signin/{secret}": {"residents.name"}}  # it is said to whoever holds the link
LEFT_OUT = {path for path, _ in FORMS} - {
    path for path, _ in PAGES
}  # they lead back to the page above, unread
LEFT_OUT |= {"/cards/{post}.png"}  # a picture; who may have it: `ui/test_sharing`
MORE = {  # what stands behind a question in the address
    "/": ["?show=all"],
    "/posts": ["?show=all", "?q=kanarie&show=all"],
    "/requests": ["?show=all"],
    "/operator/people": ["?name=kanarie"],
    "/ap/buurt/centrum/outbox": ["?before="],
    "/.well-known/webfinger": ["?resource=acct:centrum@centrum.example"],
}
FOLDERS = tuple(f"{PREFIX}/{kind}s" for kind in Kind)
API = {PREFIX + one.path for one in OPERATIONS if one.method == "GET"}


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aviary]:
    async with aviary.opened(tmp_path_factory.mktemp("node")) as made:
        yield made


def test_v04_every_column_is_private_or_open_for_a_reason() -> None:
    open_ones = [column for said in OPEN.values() for column in said.split()]
    assert len(open_ones) == len(set(open_ones))
    assert set(open_ones) & set(PRIVATE) == set()
    assert set(open_ones) | set(PRIVATE) == aviary.wordy()


async def test_v04_every_private_column_has_a_canary(world: Aviary) -> None:
    assert {column for column, _ in world.canaries.values()} == set(PRIVATE)


def paths(world: Aviary) -> list[tuple[str, str]]:
    """Every address that can be read: its route, and the address with each thing of its kind in it."""
    routes = [one for one in world.here.app.routes if isinstance(one, Route)]
    reads = [one.path for one in routes if one.path in API or "GET" in (one.methods or ())]
    return [(route, path) for route in reads if route not in LEFT_OUT for path in filled(world, route)]


def filled(world: Aviary, route: str) -> list[str]:
    """A route with everything that may stand in it; an answer only with the post that it is to, and what is
    done to a thing in turn."""
    made = [route.replace(":path", "")]
    for name in re.findall(r"{(\w+)", route):
        place = f"{{{name}}}"
        if name in ("deed", "step", "choice"):
            deeds = cycle(DEEDS[route])
            made = [one.replace(place, next(deeds)) for one in made]
        else:
            made = [one.replace(place, value) for one in made for value in things(world, route, name, one)]
    return made + [f"{route}{more}" for more in MORE.get(route, [])]


def things(world: Aviary, route: str, name: str, so_far: str) -> list[str]:
    """What may stand for a name in brackets."""
    rows, of = world.scene.rows, partial(ids, world)
    if name == "answer" and "/o/" in route:
        return [row["id"] for row in rows["responses"] if row["post_id"] in so_far]
    if route.startswith(FOLDERS):
        kind = route.split("/")[3].removesuffix("s")
        return [row["id"] for row in rows["posts"] if row["kind"] == kind]
    kinds = {"/api/v1/responses": ["responses"], "/ap/m": ["messages", "responses"], "/ap/a": ["activities"]}
    if name in ("id", "key"):
        return of(*next((kind for start, kind in kinds.items() if route.startswith(start)), ["posts"]))
    known = {
        **dict.fromkeys(("post", "event", "page"), of("posts")),
        "answer": of("responses"),
        "message": of("messages"),
        "person": of("residents"),
        "node": of("nodes"),
        "invite": of("invites"),
        "account": of("accounts"),
        "website": of("websites"),
        "advice": [world.things.advice],
        "secret": [world.things.secret if route.startswith("/signin") else world.things.stop],
        "name": ["notices", "Centrum"],
        "tag": ["dier"],
        "code": ["BU00000001"],
        "word": ["dier"],
        "kind": [str(kind) for kind in Kind],
        "rest": ["nowhere"],
    }
    return known.get(name) or [getattr(world.things, name)]


def ids(world: Aviary, *tables: str) -> list[str]:
    return [str(row["id"]) for table in tables for row in world.scene.rows[table]]


Seen = set[tuple[str, str]]  # a column, and the route on which a canary of it was


async def sweep(world: Aviary, name: str, wrong: Seen) -> Seen:
    """Read all that somebody can ask for: what they saw rightly, and into `wrong` what they may not see."""
    seen: Seen = set()
    async with world.reader(name) as client:
        for route, path in paths(world):
            if name in NODES and not route.startswith(FOR_NODES):
                continue
            accept = aviary.AP if name in NODES else "text/html"
            answer = await client.get(path, headers={**world.signed(name, path), "accept": accept})
            assert answer.status_code not in (429, 500), path
            found = canaries(world, said(answer), path)
            seen |= {(column, route) for column, who in found if name in who}
            wrong |= {
                (column, route)
                for column, who in found
                if name not in who and column not in OPENED_BY.get(route, ())
            }
    return seen


def said(answer: httpx.Response) -> str:
    """All of an answer, with the folded lines of a calendar in one."""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{heads}\n{answer.text}".replace("\r\n ", "")


def canaries(world: Aviary, text: str, known: str = "") -> list[tuple[str, set[str]]]:
    """Of each canary and each secret in a text: what it is, and who may see it. What whoever asks wrote into
    the address, they knew."""
    there = set(TOKEN.findall(text.lower())) - set(TOKEN.findall(known))
    secrets = [what for secret, what in world.secrets.items() if secret in text and secret not in known]
    return [world.canaries[one] for one in there & set(world.canaries)] + [(one, set()) for one in secrets]


async def test_v04_whoever_asks_sees_no_more_than_is_theirs(
    world: Aviary, caplog: pytest.LogCaptureFixture
) -> None:
    """Every address, asked by every role, by a stranger, by a node next door and by one that nobody knows."""
    caplog.set_level(logging.DEBUG, "node")
    seen: Seen = set()
    wrong: dict[str, Seen] = {name: set() for name in READERS}
    for name in READERS:
        seen |= await sweep(world, name, wrong[name])
    assert {name: found for name, found in wrong.items() if found} == {}
    somebody = {column for column, who in world.canaries.values() if who}
    assert somebody - {column for column, _ in seen} == set()
    assert canaries(world, caplog.text) == []


def as_sent(home: Home, row: Row) -> str:
    """The words of a message; nothing of one whose words were forgotten."""
    if row["facts"] is None:
        return str(row["body"] or "")
    return str(activities.activity(home, row["type"], row["uri"], row["object"], row["facts"], "", ""))


async def test_v04_a_message_to_another_node_holds_what_that_node_may_have(world: Aviary) -> None:
    """Each as it would be written now; what goes to a server of other software, as far as everybody may."""
    home, rows = world.here.settings.home, world.scene.rows
    said = {row["id"]: row for row in rows["activities"]}
    seen = set()
    for one in rows["deliveries"]:
        row, name = said[one["activity_id"]], world.scene.who_is(one["origin"])
        sent = as_sent(home, row)
        found = canaries(world, sent, known=row["object"])
        seen |= {column for column, who in found if name in who}
        assert {(column, row["type"], name) for column, who in found if name not in who} == set()
    assert {"posts.title", "posts.text"} <= seen


async def test_v04_a_letter_holds_what_its_reader_may_see(world: Aviary) -> None:
    """All that wait, with the digests of tomorrow."""
    here, at = world.here, now().replace(hour=12) + town.DAY
    while await here.database.writing(timers.tick, at):
        pass
    carrier = carriers.carrier(here.settings)
    assert carrier is not None
    while await worker.send_due(here.database, here.settings, carrier, at):
        pass
    seen = set()
    for file in (here.settings.dir / "mailbox").glob("*.eml"):
        letter = message_from_bytes(file.read_bytes(), policy=SMTP)
        words = f"{letter.items()}\n{letter.get_content()}"
        (reader,) = world.scene.addressee(str(letter["To"]))
        found = canaries(world, words)
        seen |= {column for column, who in found if reader in who}
        assert {(column, words) for column, who in found if reader not in who} == set()
    assert seen == {"residents.email", "posts.title", "posts.id", "responses.id", "invites.id"}
    await here.database.writing(things_of.put_back, world.scene.rows)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/api/v1/requests?limit=nothing", 422)])
async def test_v04_what_is_refused_tells_nothing(
    world: Aviary, caplog: pytest.LogCaptureFixture, path: str, status: int
) -> None:
    async with world.reader("poster") as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert canaries(world, said(answer) + caplog.text) == []


async def test_v04_what_breaks_tells_nothing(world: Aviary, caplog: pytest.LogCaptureFixture) -> None:
    """Neither to whoever asks nor to whoever reads the log: here a word stands where the program knows a few,
    and the error says which."""
    words = next(row["text"] for row in world.scene.rows["messages"] if row["text"].startswith("kanarie"))
    odd = text("UPDATE messages SET side = :words").bindparams(words=words)
    await world.here.database.writing(lambda tx: tx.run(odd))
    async with world.reader("helper") as client:
        answer = await client.get(f"/talks/{world.things.answer}")
    await world.here.database.writing(things_of.put_back, world.scene.rows)
    assert answer.status_code == 500
    assert "ValueError" in caplog.text
    assert canaries(world, said(answer) + caplog.text, answer.request.url.path) == []


async def test_v04_numbers_are_of_nobody(world: Aviary) -> None:
    """What a machine that keeps watch may read, and what is in every answer to it."""
    async with world.reader("stranger", at="127.0.0.1") as client:
        for path in ("/metrics", "/healthz"):
            answer = await client.get(path, headers={"host": "127.0.0.1"})
            assert answer.status_code == 200
            assert canaries(world, said(answer)) == []
