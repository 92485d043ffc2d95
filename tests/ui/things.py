"""One of everything: a thing for each name in curly brackets of a route."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from node.acts import (
    areas,
    digests,
    held,
    invites,
    letter_codes,
    posts,
    residents,
    responses,
    sayings,
    searches,
    threads,
    tidings,
    websites,
)
from node.acts import photos as acts
from node.clock import now
from node.neighbourhood.node import Follow
from node.neighbourhood.outline import Outline
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import Post
from node.neighbourhood.resident import Resident
from node.storage import access, erasures, lookups, parcels, passkeys, replies, tables, ways_in
from node.storage.database import Database, Transaction
from node.storage.passkeys import Passkey
from node.ui.darkroom import Darkroom
from node.ui.photobox import FOLDER, Made, PhotoBox
from tests import elsewhere, town
from tests.ui.photograph import drawn, file
from tests.ui.visits import Here

Rows = dict[str, list[dict[str, Any]]]
PHONE = "the poster's phone"


@dataclass(frozen=True)
class Things:
    """The ids of what is there."""

    post: str  # the poster asks, for here and next door
    answer: str  # the helper's, to it
    invite: str  # the other is asked to help with it
    copy: str  # asked next door, and held here
    message: str  # the poster's, to who gave the answer
    secret: str  # of the poster's sign-in link
    person: str  # the outsider, who waits
    node: str  # the neighbourhood that asks us
    lookup: str  # an address that the operator typed
    token: str  # the poster's
    session: str  # the poster's other one
    invitation: str  # that can still be used
    event: str  # the poster plans, for here and next door
    coming: str  # the helper's answer to it
    notice: str  # the poster tells, for here and next door
    comment: str  # the helper's, under it
    report: str  # a report about what the other said under that notice
    reply: str  # of somebody elsewhere whom nobody here knows
    delivery: str  # a message that was refused too often, and waits for the operator
    account: str  # on other software, and asks to follow us
    website: str  # of a residents' group
    search: str  # the poster waits for it
    stop: str  # the secret in a digest that the poster had
    advice: str  # of our hub, and nobody decided about it yet
    passkey: str  # the poster's
    letter: str  # printed for the other
    brought: str  # an offer of the poster, from where they lived before
    receipt: str  # the secret of somebody who is gone
    photo: str  # the poster's, with what they ask

    def path(self, route: str, **more: str) -> str:
        """A route with the ids of these things in it."""
        return route.format(**asdict(self), **more)


async def built(here: Here) -> Things:
    """Build it."""
    return await here.database.writing(_build, here, now())


def _build(tx: Transaction, here: Here, at: datetime) -> Things:
    cast = here.cast
    north = town.neighbour(tx, "noord", last_seen=at)
    south = town.neighbour(tx, "zuid", we_claim=False, our_follow=Follow.NONE)
    asked = posts.post(tx, cast.poster, town.asks(), at)
    answer = responses.answer(tx, cast.helper, asked.id, "Ik kan om tien uur.", at)
    offer = posts.post(tx, cast.other, town.offers(category=asked.category), at)
    invite = invites.ask(tx, cast.broker, asked.id, offer.id, at)
    message = threads.write(tx, cast.poster, answer.id, "Kan het om elf uur?", at)
    threads.read(tx, cast.helper, answer.id, message.created)  # looking at what is new notes that it was read
    copy = town.a_copy(north, created=at, updated=at, expires=at + 5 * town.DAY)
    held.take_in(tx, north, copy, f"{north.origin}/ap/a/1", at)
    lookups.ask(tx, "neighbour", "https://west.example", at, cast.operator.id)
    secret = residents.make_lasting_link(tx, cast.poster.id, at)
    residents.make_token(tx, cast.poster, "Kalender", at)
    residents.invite(tx, cast.operator, "straat", 3, at)
    access.add_session(tx, PHONE, cast.poster.id, at + town.DAY, at)
    event = posts.post(tx, cast.poster, town.plans(at=at, audience="adjacent"), at)
    coming = responses.answer(tx, cast.helper, event.id, "", at)
    notice = posts.post(tx, cast.poster, town.tells(audience="adjacent"), at)
    comment = responses.answer(tx, cast.helper, notice.id, "Die is van Jan.", at)
    rude = responses.answer(tx, cast.other, notice.id, "Onzin!", at)
    said = sayings.report_answer(tx, cast.booster, rude.id, "rude", "", at)
    public = posts.post(tx, cast.poster, town.tells("Voor iedereen", audience="public"), at)
    elsewhere.wrote(tx, elsewhere.account(tx, at, known=False), public, "Leuk!", at)
    areas.draw(tx, cast.operator, [Outline(tx.home.area.code, "Centrum", [[(0, 0), (9, 0), (9, 9)]])], at)
    return Things(
        post=asked.id,
        answer=answer.id,
        invite=invite.id,
        copy=copy.id,
        message=message.id,
        secret=secret,
        person=cast.outsider.id,
        node=south.id,
        lookup=str(lookups.open_for(tx, "neighbour")[0].id),
        token=access.tokens_of(tx, cast.poster.id)[0].id,
        session=access.session_id(PHONE),
        invitation=ways_in.open_invitations(tx, at)[0].id,
        event=event.id,
        coming=coming.id,
        notice=notice.id,
        comment=comment.id,
        report=said.id,
        reply=replies.oldest(tx, 1)[0].id,
        delivery=_parked(tx),
        website=websites.add(tx, cast.operator, "https://bewoners.example", "Bewoners", at).id,
        account=elsewhere.asks_to_follow(tx, at, "pa").id,
        search=searches.keep(tx, cast.poster, "bakfiets", "", "", "", at).id,
        stop=_stop(tx, cast.poster, at),
        advice=elsewhere.advised(tx, at).key,
        passkey=_passkey(tx, cast.poster.id, at),
        photo=_photo(tx, here, asked, at),
        letter=letter_codes.make(tx, cast.connector, [cast.other.id], "", at)[0].signs[:4],
        brought=_brought(tx, cast.poster.id, at),
        receipt=_receipt(tx, asked.id, at),
    )


def _passkey(tx: Transaction, owner: str, at: datetime) -> str:
    made = Passkey("7" * 32, owner, "a credential", b"a key", 0, True, "telefoon", at)
    assert passkeys.add(tx, made)
    return made.id


def _brought(tx: Transaction, owner: str, at: datetime) -> str:
    fields = {"title": "Ik snoei", "text": "Met eigen schaar.", "category": "tuin"}
    parcels.put(tx, owner, [fields], at)
    return parcels.of(tx, owner)[0].id


def _receipt(tx: Transaction, post: str, at: datetime) -> str:
    """As if the one who asked were gone: they are still needed."""
    erasures.add(tx, "a receipt", [post], at, at + town.DAY)
    return "a receipt"


def _photo(tx: Transaction, here: Here, asked: Post, at: datetime) -> str:
    photo = Photo("9" * 32, asked.author or "", asked.id, None, "Een tas", 400, 300, 20, at)
    raw = file(drawn((400, 300)))
    PhotoBox(here.settings.dir / FOLDER, Darkroom()).keep(photo.id, Made(400, 300, raw, raw))
    acts.add(tx, here.cast.poster, photo, at)
    return photo.id


def _stop(tx: Transaction, who: Resident, at: datetime) -> str:
    digests.choose(tx, who, "daily", "9", at)
    return tidings.make_stop(tx, who, "digest", at)


def _parked(tx: Transaction) -> str:
    """The first message that waits to be sent was refused too often."""
    one = tables.deliveries
    first = tx.run(select(one.c.id).order_by(one.c.id).limit(1)).scalar_one()
    tx.run(one.update().where(one.c.id == first).values(state="parked", error="answered 400"))
    return str(first)


class Watch:
    """What is in a database, again and again: its rows are read only when something was written meanwhile.

    A database knows that without reading them: SQLite by `data_version`, PostgreSQL by the transactions
    that wrote. What it takes for a change may be none; never the other way round.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = sqlite3.connect(database.sqlite_path) if database.sqlite_path else None
        self._mark, self._rows = -1, Rows()

    async def rows(self) -> Rows:
        """As `rows` below."""
        mark = await self._database.reading(_written) if self._file is None else _version(self._file)
        if mark != self._mark:
            self._mark, self._rows = mark, await self._database.reading(rows)
        return self._rows

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _version(file: sqlite3.Connection) -> int:
    return int(file.execute("PRAGMA data_version").fetchone()[0])


def _written(tx: Transaction) -> int:
    return int(tx.run(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")).scalar_one())


def rows(tx: Transaction) -> Rows:
    """Every row of every table."""
    found = {}
    for table in tables.metadata.sorted_tables:
        in_order = table.select().order_by(*table.primary_key)
        found[table.name] = [dict(row) for row in tx.run(in_order).mappings()]
    return found


def put_back(tx: Transaction, before: Rows) -> None:
    """Every table as it was."""
    for table in reversed(tables.metadata.sorted_tables):
        tx.run(table.delete())
    for table in tables.metadata.sorted_tables:
        if before[table.name]:
            tx.run(table.insert(), before[table.name])
