"""The node that the canary sweep goes through: one of everything, a canary in each private column, and then
people go on, so that letters, messages to other nodes and the log hold whatever they hold (V04)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import LargeBinary, Text, and_

from node.acts import (
    accounts,
    blocks,
    contacts,
    districts,
    mailed,
    matches,
    passkeys,
    posts,
    reports,
    residents,
    responses,
    returning,
    searches,
    threads,
    trust,
)
from node.clock import now
from node.federation import multikey, rfc9421
from node.federation.keys import load_or_make
from node.federation.own_key import SigningKey
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Kind
from node.neighbourhood.trust import Proof
from node.serving import app
from node.storage import applause, drafts, nodes, tables, told
from node.storage import posts as kept_posts
from node.storage import residents as people
from node.storage.columns import Document
from node.storage.database import Transaction
from tests import elsewhere, town
from tests.roof.canaries import LONGEST, NODES, PRIVATE, Scene
from tests.ui import things, visits
from tests.ui.things import Things
from tests.ui.visits import Here

AP = "application/activity+json"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Aviary:
    """The node, who asks there, and of each canary: the column that it sits in, and who may see it."""

    here: Here
    things: Things
    scene: Scene
    canaries: dict[str, tuple[str, set[str]]]
    secrets: dict[str, str]  # what opens something, with what it is
    tokens: dict[str, str]  # of the API
    keys: dict[str, SigningKey]

    @asynccontextmanager
    async def reader(self, name: str, at: str = "192.0.2.7") -> AsyncIterator[httpx.AsyncClient]:
        """Somebody with a browser and with a program at once; or a node, that signs."""
        async with self.here.browser(name if name in self.tokens else None, (at, 123)) as client:
            if name in self.tokens:
                client.headers["authorization"] = f"Bearer {self.tokens[name]}"
            yield client

    def signed(self, name: str, path: str) -> dict[str, str]:
        """How a node asks."""
        if name not in NODES:
            return {}
        url = self.here.settings.origin + path
        return rfc9421.sign("GET", url, None, None, self.keys[name], int(now().timestamp()))


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[Aviary]:
    """One database, with all doors before it."""
    async with visits.opened(directory, mail_folder="mailbox") as here:
        keys = load_or_make(directory, here.settings.home)
        here = replace(here, app=app.build(here.settings, here.database, keys))
        built = await things.built(here)
        yield await here.database.writing(_filled, here, built)


def _filled(tx: Transaction, here: Here, built: Things) -> Aviary:
    at, cast = now(), here.cast
    keys = {name: _key(tx, name, at) for name in NODES}
    secrets = {f"session of {part}": "a session" for part in cast.all()}
    tokens = {part: residents.make_token(tx, who, f"van {part}", at) for part, who in cast.all().items()}
    secrets |= dict.fromkeys(tokens.values(), "a token")
    secrets |= {built.secret: "a sign-in link", built.stop: "a way to stop letters"}
    secrets |= _more(tx, here, built, at)
    put = _put(tx)
    _go_on(tx, here, built, at + HOUR)
    scene = Scene(
        cast,
        things.rows(tx),
        kept_posts.known(tx, set(tx.run(tables.posts.select()).scalars())),
        nodes.get(tx, "node-noord"),
        now(),
    )
    return Aviary(here, built, scene, _canaries(scene, put), secrets, tokens, keys)


def _key(tx: Transaction, name: str, at: datetime) -> SigningKey:
    """What a node signs with when it reads; known here already, so that nothing is fetched for it."""
    origin = "https://noord.example" if name == "next door" else "https://nergens.example"
    actor = f"{origin}/ap/actor"
    key = SigningKey(f"{actor}#ed25519-key", Ed25519PrivateKey.generate())
    nodes.keep_keys(tx, actor, origin, {key.key_id: multikey.encode(key.private.public_key())}, at)
    return key


def _more(tx: Transaction, here: Here, built: Things, at: datetime) -> dict[str, str]:
    """What else there can be; the secrets of it."""
    cast = here.cast
    contacts.keep(tx, cast.poster, "0199-11 22 33", "Lindelaan 12")
    contacts.keep(tx, cast.helper, "0199-44 55 66", "Kastanjelaan 9")
    near = posts.post(tx, cast.poster, town.asks("Voor hier", audience="neighbourhood", places=2), at)
    agreed = responses.answer(tx, cast.helper, near.id, "Graag.", at, when="dinsdag")
    responses.answer(tx, cast.other, near.id, "Ik ook.", at)
    matches.agree(tx, cast.poster, near.id, agreed.id, at)
    said = threads.write(tx, cast.poster, agreed.id, "Tot dan.", at)
    for who in (cast.poster, cast.helper):
        contacts.release(tx, who, agreed.id, frozenset({"phone"}), at)
    contacts.look(tx, cast.helper, agreed.id, at)
    posts.post(tx, cast.helper, town.asks("Wie past op?", category="oppas"), at)
    gone = posts.post(tx, cast.helper, town.tells("Toch niet", audience="public"), at)
    posts.withdraw(tx, cast.helper, gone.id, at)
    elsewhere.follower(tx, at)
    public = posts.post(tx, cast.poster, town.asks("Van ver", audience="public"), at)
    elsewhere.wrote(tx, elsewhere.account(tx, at, "li"), public, "Ik kan.", at)
    applause.add(tx, public.id, "https://social.example/users/pa", "like", "https://social.example/likes/1")
    reports.report(tx, cast.booster, built.event, "rude", "Niet fijn.", at)
    _by_hand(tx, here, built, said.id, at)
    trust.prove(tx, cast.connector, cast.poster.id, Proof.SEEN, at)
    trust.vouch(tx, cast.poster, cast.helper.id, at)
    districts.follow(tx, cast.poster, "node-noord")
    searches.keep(tx, cast.helper, "fiets", "", "", "", at)
    drafts.keep(tx, cast.poster.id, Kind.REQUEST, {"title": "Wie", "text": "Begonnen"}, at)
    drafts.keep(tx, drafts.of_browser("browser"), Kind.REQUEST, {"title": "Wie", "text": "Begonnen"}, at)
    told.add(tx, cast.helper.id, near, at, waits=True)
    blocks.put(tx, cast.operator, "kwaad.example", "block", "Veel onzin.", at)
    paper = returning.begin_for(tx, cast.connector, cast.other.id, "tariq2@example.org", at)
    link = residents.make_link(tx, cast.helper.id, at, browser="the browser of the helper")
    challenge = passkeys.ask(tx, "sign in", cast.poster, "a browser", "192.0.2.7", at)
    way = mailed.make_way(tx, cast.poster, agreed.id, at)
    return {paper: "a paper", link: "a link", challenge: "a challenge", way: "a way to answer"}


def _by_hand(tx: Transaction, here: Here, built: Things, message: str, at: datetime) -> None:
    """What takes a world around it to come about."""
    town.member(tx, "oost", alarm="Andere sleutels.", last_seen=at)
    add: dict[str, dict[str, Any]] = {
        "seen": {"uri": "https://noord.example/ap/a/2", "origin": "https://noord.example", "at": at},
        "voids": {"uri": "https://noord.example/ap/a/3", "origin": "https://noord.example", "at": at},
        "tombstones": {"uri": "https://noord.example/ap/o/4", "at": at},
        "parcels": {"id": "8" * 32, "until": at + town.DAY},
        "reports": {
            "id": "e" * 32,
            "uri": tx.home.uri("a", "e" * 32),
            "post_id": built.post,
            "category": "rude",
            "text": "Dit bericht.",
            "state": "open",
            "created": at,
            "resident": here.cast.helper.id,
            "outcome": "Bekeken.",
            "message_id": message,
        },
        "letters": {
            "what": "signin",
            "address": "noor@example.org",
            "facts": {},
            "created": at,
            "attempts": 1,
            "error": "refused",
        },
    }
    for name, row in add.items():
        tx.run(tables.metadata.tables[name].insert(), row)
    changes: dict[str, dict[str, Any]] = {
        "destinations": {"error": "no answer", "attempts": 1},
        "lookups": {"error": "no answer"},
        "websites": {"error": "404", "etag": "e", "modified": "m"},
        "signin_links": {"code_hash": "c"},
    }
    for name, change in changes.items():
        tx.run(tables.metadata.tables[name].update().values(**change))


def _put(tx: Transaction) -> dict[str, tuple[str, dict[str, Any]]]:
    """Put a canary in each private column of each row: which column, and which row it was."""
    made: dict[str, tuple[str, dict[str, Any]]] = {}
    for column, private in PRIVATE.items():
        name, _, field = column.partition(".")
        table = tables.metadata.tables[name]
        for row in tx.run(table.select()).mappings().all():
            if row[field] in (None, ""):
                continue
            token = f"kanarie{len(made):05}"
            value = private.put(row[field], token)
            if value != row[field]:
                made[token] = (column, dict(row))
                key = and_(*(one == row[one.name] for one in table.primary_key))
                tx.run(table.update().where(key).values({field: value}))
    return made


def _go_on(tx: Transaction, here: Here, built: Things, at: datetime) -> None:
    """Now that a canary sits everywhere, everybody does something more."""
    cast, found = here.cast, tx.run(tables.posts.select()).mappings().all()
    for row in found:
        if row["author"] == cast.poster.id and row["state"] == "open":
            posts.edit(tx, cast.poster, row["id"], PostChange(title=f"{row['title']} nu"), at)
    threads.write(tx, cast.helper, built.answer, "Goed.", at)
    accounts.admit(tx, cast.operator, built.account, at)
    mail = people.email_of(tx, cast.poster.id)
    residents.ask_signin(tx, mail or "", "192.0.2.7", at)


def _canaries(scene: Scene, put: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, tuple[str, set[str]]]:
    """Who may see which canary: those that were put, and ids and hashes that are their own."""
    found = {token: (column, PRIVATE[column].seen_by(scene, row)) for token, (column, row) in put.items()}
    for column, private in PRIVATE.items():
        name, _, field = column.partition(".")
        for row in scene.rows[name]:
            if private.put(row[field], "") == row[field] and row[field]:
                found[row[field][:LONGEST]] = (column, private.seen_by(scene, row))
    return found


def wordy() -> set[str]:
    """Every column of the schema that can hold words of somebody."""
    return {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | Document | LargeBinary)
    }
