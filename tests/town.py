"""The cast: a neighbourhood with a person for every role, and the neighbourhoods next door.

async with town.opened(tmp_path) as database:
    cast = await database.writing(town.people)
    post = await database.writing(posts.post, cast.poster, town.asks(), town.NOON)
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

from node.acts import residents
from node.neighbourhood.category import Category
from node.neighbourhood.node import Area, Follow, Home, Membership, Node, NodeKind
from node.neighbourhood.post import Audience, Kind, Post, PostDraft, State, Urgency
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import Role
from node.storage import nodes, schema, tables
from node.storage import residents as kept
from node.storage.database import Database, Transaction

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)  # the moment at which things happen, if no other is named
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _home(name: str) -> Home:
    return home(name)


@dataclass(frozen=True)
class Cast:
    """Somebody for every part. Only the operator, the broker, the supervisor, ... hold a role."""

    poster: Resident  # Bea asks
    helper: Resident  # Merel helps
    other: Resident  # Tariq would help as well
    operator: Resident
    broker: Resident
    supervisor: Resident
    booster: Resident
    connector: Resident
    outsider: Resident  # has an account, and is not let in

    def all(self) -> dict[str, Resident]:
        """Everybody, by their part."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


NAMES = {
    "poster": "Bea",
    "helper": "Merel",
    "other": "Tariq",
    "operator": "Olaf",
    "broker": "Mina",
    "supervisor": "Sjoerd",
    "booster": "Aagje",
    "connector": "Vera",
}


def home(name: str = "centrum", kind: NodeKind | None = None) -> Home:
    """A node of our own, such as https://centrum.example; the one called gemeente is the hub."""
    kind = kind or (NodeKind.HUB if name == "gemeente" else NodeKind.NEIGHBOURHOOD)
    code = "GM0000" if kind is NodeKind.HUB else "BU00000001"
    return Home(f"https://{name}.example", kind, name, Area(code, name.capitalize()))


@asynccontextmanager
async def opened(
    directory: Path, name: str = "centrum", url: str = "", home: Home | None = None
) -> AsyncIterator[Database]:
    """A node's database with the newest schema: a file in the directory, or in an empty PostgreSQL."""
    file = directory / f"{name}.db"
    if not url:
        file.touch(0o600)
        file.write_bytes(_empty_file())
    database = Database(url or f"sqlite:///{file}", home or _home(name))
    await database.start()
    try:
        if url:
            await database.writing(_furnish)
        yield database
    finally:
        await database.stop()


def people(tx: Transaction, at: datetime = NOON) -> Cast:
    """Let the cast in. Mail addresses are the first name at example.org: bea@example.org."""
    at = at - DAY
    olaf = console(at)
    cast: dict[str, Resident] = {}
    for part, name in NAMES.items():
        cast[part] = residents.add(tx, olaf, name, f"{name.lower()}@example.org", "nl", at)
        if part in set(Role):
            residents.grant(tx, olaf, cast[part].id, Role(part), None, at)
            cast[part] = kept.get(tx, cast[part].id, at)
    outsider = residents.join(tx, "Otto", "otto@example.org", "nl", "", "192.0.2.1", at)
    assert outsider is not None
    tx.run(tables.letters.delete())  # the test's own letters are the only ones
    tx.run(tables.tries.delete())
    return Cast(**cast, outsider=outsider)


def neighbour(tx: Transaction, /, name: str = "noord", **change: Any) -> Node:
    """The neighbourhood next door: a border that is open, unless `change` says otherwise."""
    there = home(name)
    values: dict[str, Any] = {
        "id": f"node-{name}",
        "actor": there.actor,
        "origin": there.origin,
        "name": there.area.name,
        "kind": there.kind,
        "area": there.area.code if there.is_hub else f"BU{sum(name.encode()):08}",
        "inbox": f"{there.origin}/inbox",
        "outbox": f"{there.actor}/outbox",
        "adjacent": None if there.is_hub else there.adjacent,
        "directory": there.directory if there.is_hub else None,
        "application": there.application,
        "url": there.origin,
        "we_claim": True,
        "they_claim": True,
        "our_follow": Follow.ACCEPTED,
        "their_follow": Follow.ACCEPTED,
        "their_follow_uri": there.uri("a", "follow"),
        **change,
    }
    node = Node(**values)
    assert nodes.add(tx, node)
    return node


def member(tx: Transaction, /, name: str = "west", **change: Any) -> Node:
    """A neighbourhood of our hub that is not next door, or (as a hub) one of our members."""
    hub = tx.home.actor if tx.home.is_hub else home("gemeente").actor
    apart = {"we_claim": False, "they_claim": False, "our_follow": Follow.NONE, "their_follow": Follow.NONE}
    return neighbour(tx, name, **{"membership": Membership.MEMBER, "hub": hub, **apart, **change})


def hub(tx: Transaction, /, **change: Any) -> Node:
    """The hub of the municipality, which we joined unless `change` says otherwise."""
    offer = tx.home.uri("a", "membership")
    return member(tx, "gemeente", **{"hub": None, "membership_uri": offer, **change})


def asks(title: str = "Wie haalt dinsdag medicijnen?", **change: Any) -> PostDraft:
    """A request as somebody fills it in, for this neighbourhood and those next door."""
    text = change.pop("text", "De apotheek is om de hoek.")
    return PostDraft(Kind.REQUEST, title, text, change.pop("category", "boodschappen"), **change)


def offers(title: str = "Ik snoei graag een heg", **change: Any) -> PostDraft:
    """An offer as somebody fills it in."""
    text = change.pop("text", "Op zaterdag, met eigen schaar.")
    return PostDraft(Kind.OFFER, title, text, change.pop("category", "tuin"), **change)


def tells(title: str = "Grijze kat gevonden", **change: Any) -> PostDraft:
    """A notice as somebody fills it in."""
    text = change.pop("text", "Bij de speeltuin. Witte pootjes.")
    return PostDraft(Kind.NOTICE, title, text, change.pop("category", "dier"), **change)


def plans(title: str = "Koffie in het buurthuis", at: datetime = NOON, **change: Any) -> PostDraft:
    """An event as somebody fills it in: two days from `at`, for two hours."""
    text = change.pop("text", "Neem je buren mee.")
    usual = {"starts": at + 2 * DAY, "ends": at + 2 * DAY + 2 * HOUR, "place": "Buurthuis De Spil"}
    return PostDraft(Kind.EVENT, title, text, change.pop("category", "gezelschap"), **{**usual, **change})


def a_post(**change: Any) -> Post:
    """A post that runs for a day, as the rules know it; kept nowhere."""
    there = home()
    post = Post(
        id="1" * 32,
        uri=there.uri("o", "1" * 32),
        kind=Kind.REQUEST,
        title="Wie haalt dinsdag medicijnen?",
        text="De apotheek is om de hoek.",
        category=Category.GROCERIES,
        audience=Audience.ADJACENT,
        urgency=Urgency.WEEK,
        state=State.OPEN,
        author_name="Bea",
        party=there.uri("p", "2" * 32),
        area=there.area,
        created=NOON,
        updated=NOON,
        expires=NOON + DAY,
        author="bea",
    )
    return replace(post, **change)


def a_copy(node: Node, **change: Any) -> Post:
    """A post of the neighbourhood next door, as its home told us."""
    key = uuid4().hex
    told = {"id": key, "uri": f"{node.origin}/ap/o/{key}", "party": f"{node.origin}/ap/p/{key}"}
    area = Area(node.area or "", node.name)
    return a_post(
        **{**told, "area": area, "author": None, "node_id": node.id, "author_name": "Kees", **change}
    )


@cache
def _empty_file() -> bytes:
    """What stands in an SQLite file with the newest schema and nothing in it."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        _furnish(Transaction(connection, home()))
        connection.commit()
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        content = raw.serialize()
    engine.dispose()
    return content


def _furnish(tx: Transaction) -> None:
    tables.metadata.create_all(tx.connection)
    tx.run(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
    tx.run(text("DELETE FROM alembic_version"))
    tx.run(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": schema.newest()})
