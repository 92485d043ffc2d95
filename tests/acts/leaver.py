"""Somebody who lived here for a while, with something of theirs in every table, and is about to go."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, LargeBinary, Text, select

from node.acts import appointments, contacts, invites, matches, moderation, posts, reports, responses, threads
from node.neighbourhood.account import Account
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Follow, Node
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.resident import Resident
from node.storage import accounts, drafts, erasing, outbox, residents, tables
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.columns import Document, Flag, Moment, Word
from node.storage.database import Transaction
from node.storage.tables import metadata
from tests import town
from tests.acts.witness import sent

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
CANARY = "kwinkslag"  # stands in each of their words, and is their name
WORDS = {"title": CANARY, "text": CANARY}


def covered() -> set[Column[Any]]:
    return {*erasing.THEIRS, *erasing.NAMED}


def everything(tx: Transaction) -> Iterator[tuple[str, str]]:
    """Every value of every row, with where it stands."""
    for table in metadata.tables.values():
        for row in tx.run(select(table)).mappings():
            for name, value in row.items():
                said = value.decode() if isinstance(value, bytes) else str(value)
                yield f"{table.name}.{name}", said


def found(tx: Transaction, word: str) -> set[str]:
    return {where for where, said in everything(tx) if word in said}


def a_row(tx: Transaction, column: Column[Any], person: Resident, other: Resident) -> None:
    """A row that names this person there; when it is theirs, with their words wherever there is room."""
    said = CANARY if column in erasing.THEIRS else "said"
    values: dict[str, Any] = {}
    for one in column.table.c:
        if one is column:
            values[one.name] = person.id
        elif one.foreign_keys:
            values[one.name] = None if one.nullable else _some(tx, one, other)
        elif one.primary_key and not isinstance(one.type, Text | Word):
            continue
        else:
            values[one.name] = _word(one, said)
    tx.run(column.table.insert(), {name: value for name, value in values.items() if value is not None})


def _some(tx: Transaction, column: Column[Any], other: Resident) -> str:
    (key,) = column.foreign_keys
    if key.column is tables.residents.c.id:
        return other.id
    return str(tx.run(select(key.column).limit(1)).scalar_one())


def _word(column: Column[Any], said: str) -> Any:
    if isinstance(column.type, Word):
        kinds: list[StrEnum] = list(column.type.kind)
        return kinds[0] if not column.nullable else None
    if isinstance(column.type, Flag):
        return False
    if isinstance(column.type, Moment):
        return NOON
    if isinstance(column.type, Document):
        return {"said": said}
    if isinstance(column.type, LargeBinary):
        return said.encode()
    return f"{said}{uuid4().hex}" if isinstance(column.type, Text) else 1


def lived(tx: Transaction, cast: town.Cast) -> Resident:
    """Somebody with something in every table: their words and their name are canaries."""
    person = residents.get(tx, cast.poster.id, NOON)
    keep = tables.residents.update().where(tables.residents.c.id == person.id)
    tx.run(keep.values(name=CANARY, email=f"{CANARY}@example.org", phone=CANARY, address=CANARY))
    person = replace(person, name=CANARY)
    noord = town.neighbour(tx)
    party = asked(tx, cast, person, noord)
    theirs = answered(tx, cast, person, noord)
    offered(tx, cast, person)
    reported(tx, cast, person, theirs, party)
    drafts.keep(tx, person.id, Kind.OFFER, {"title": CANARY}, NOON)
    there = found(tx, person.id)
    for column in sorted(covered(), key=str):
        if str(column) not in there:
            a_row(tx, column, person, cast.other)
    tx.run(tables.letters.insert(), a_letter(f"{CANARY}@example.org"))
    for activity in tx.run(select(tables.activities)).mappings().all():  # some of it is on its way already
        if activity["facts"] and activity["type"] != "Join":
            outbox.keep_body(tx, activity["id"], str(activity["facts"]).encode())
    sent(tx)
    return person


def asked(tx: Transaction, cast: town.Cast, person: Resident, noord: Node) -> Post:
    """What they asked: answered here, next door and from elsewhere, agreed and written about; a notice, and
    an event."""
    post = posts.post(tx, person, town.asks(**WORDS, audience="public", places=3), NOON)
    here = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON, when="dinsdag")
    offer = (f"{noord.origin}/ap/a/7", post.uri, f"{noord.origin}/ap/p/7", "Kees", "Ik ook.")
    responses.offered(tx, noord, *offer, NOON)
    replies_of(tx, an_account(tx), post.uri)
    for answer in kept_responses.pending(tx, post.id):
        matches.agree(tx, person, post.id, answer.id, NOON)
        threads.write(tx, person, answer.id, CANARY, NOON)
    threads.write(tx, cast.helper, here.id, "Tot dan.", NOON)
    contacts.release(tx, person, here.id, frozenset({"phone"}), NOON)
    contacts.release(tx, cast.helper, here.id, frozenset({"email"}), NOON)
    appointments.make(tx, person, here.id, NOON + DAY, CANARY, NOON)
    posts.post(tx, person, town.tells(**WORDS), NOON)
    party = posts.post(tx, person, town.plans(CANARY, text=CANARY, place=CANARY, audience="adjacent"), NOON)
    responses.answer(tx, cast.other, party.id, "Leuk!", NOON)
    return party


def answered(tx: Transaction, cast: town.Cast, person: Resident, noord: Node) -> Post:
    """What they answered: here and next door, agreed and done, said in public, come to."""
    theirs = posts.post(tx, cast.other, town.asks(), NOON)
    yes = responses.answer(tx, person, theirs.id, CANARY, NOON, when=CANARY)
    done = matches.agree(tx, cast.other, theirs.id, yes.id, NOON)
    threads.write(tx, person, yes.id, CANARY, NOON)
    threads.write(tx, cast.other, yes.id, "Dank je.", NOON)
    matches.complete(tx, cast.other, done.id, NOON)
    for kind in (Kind.REQUEST, Kind.NOTICE, Kind.EVENT):
        copy = replace(town.a_copy(noord), kind=kind, starts=NOON + HOUR if kind is Kind.EVENT else None)
        kept_posts.add(tx, copy)
        responses.answer(tx, person, copy.id, CANARY, NOON)
    return theirs


def offered(tx: Transaction, cast: town.Cast, person: Resident) -> None:
    """What they offered, and were asked for."""
    offer = posts.post(tx, person, town.offers(**WORDS), NOON)
    asks_them = posts.post(tx, cast.helper, town.asks(category="tuin"), NOON)
    invites.ask(tx, cast.broker, asks_them.id, offer.id, NOON)
    posts.edit(tx, person, offer.id, PostChange(text=CANARY * 2), NOON)


def reported(tx: Transaction, cast: town.Cast, person: Resident, theirs: Post, party: Post) -> None:
    """What they reported, and what was reported of theirs."""
    reports.report(tx, person, theirs.id, "rude", CANARY, NOON)
    moderation.dismiss(tx, cast.supervisor, theirs.id, "Mag.", "", NOON)
    reports.report(tx, person, theirs.id, "spam", "Nog steeds.", NOON)
    reports.report(tx, cast.other, party.id, "spam", "Reclame.", NOON)


def an_account(tx: Transaction) -> Account:
    there = "https://social.example"
    made = Account(
        id="mo",
        actor=f"{there}/users/mo",
        origin=there,
        kind="Person",
        handle="mo@social.example",
        name="Mo",
        inbox=f"{there}/users/mo/inbox",
        met=NOON - DAY,
        known=True,
        their_follow=Follow.ACCEPTED,
    )
    assert accounts.add(tx, made)
    return made


def replies_of(tx: Transaction, account: Account, post_uri: str) -> None:
    post = kept_posts.by_uri(tx, post_uri)
    assert post is not None
    responses.replied(tx, account, f"{account.origin}/notes/1", post, "Ik kan ook.", NOON)


def a_letter(address: str) -> dict[str, Any]:
    times = {"created": NOON, "due": NOON, "attempts": 0, "queue": 0}
    return {"what": "signin", "resident_id": None, "address": address, "facts": {}, **times}
