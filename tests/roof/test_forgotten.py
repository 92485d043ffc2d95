"""Four hundred days later: of everything that somebody wrote, each kind is gone on its day, and not before it
(V15)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from node.acts import matches, moderation, timers
from node.storage import tables
from node.storage.database import Transaction
from tests.roof import aviary
from tests.roof.aviary import Aviary
from tests.roof.canaries import TOKEN
from tests.ui import things
from tests.ui.things import Rows

GONE = {  # the last day on which there is still something of it, counted from when everything is over
    "tries.who": 1,
    "challenges.browser": 0,
    "sessions.token_hash": 0,
    "signin_links.code_hash": 29,  # those of a demo, which last
    "drafts.fields": 29,
    "letters.error": 29,
    "recoveries.email": 43,
    "invitations.note": 59,
    "letter_codes.code_hash": 59,
    "seen.uri": 89,
    "voids.uri": 89,
    "tombstones.uri": 89,
    "invites.id": 93,
    "responses.text": 120,
    "responses.when": 120,
    "reports.text": 120,
    "reports.outcome": 120,
    "replies.text": 120,
    "applause.actor": 120,
    "stops.token_hash": 119,
    "reply_ways.token_hash": 179,
    "messages.text": 179,
    "posts.title": 270,  # of an offer, which is up for half a year
    "posts.text": 270,
    "posts.author_name": 270,
    "posts.place": 93,
}


def _over(tx: Transaction, world: Aviary, at: datetime) -> None:
    """What was agreed is done, and what was reported is decided on: nothing waits for anybody."""
    cast = world.here.cast
    for row in tx.run(tables.matches.select()).mappings().all():
        matches.complete(tx, cast.poster, row["id"], at)
    for row in tx.run(tables.posts.select().where(tables.posts.c.state == "waiting")).mappings().all():
        moderation.dismiss(tx, cast.supervisor, row["id"], "Dit mag.", "", at)
    reports = tables.reports
    tx.run(reports.update().where(reports.c.decided.is_(None)).values(state="dismissed", decided=at))


def _day(tx: Transaction, at: datetime) -> Rows:
    while timers.tick(tx, at):
        pass
    return things.rows(tx)


def left(rows: Rows, column: str) -> set[str]:
    """The canaries that still sit in a column."""
    name, _, field = column.partition(".")
    return {one for row in rows[name] for one in TOKEN.findall(str(row[field] or "").lower())}


@pytest.mark.slow
async def test_V15_each_kind_is_gone_on_its_day(tmp_path: Path) -> None:
    async with aviary.opened(tmp_path) as world:
        at = world.scene.at
        await world.here.database.writing(_over, world, at)
        there = {column: left(world.scene.rows, column) for column in GONE}
        days = {*range(5), *range(5, 400, 5), *(day + more for day in GONE.values() for more in (0, 1))}
        last = dict.fromkeys(GONE, -1)
        for day in sorted(days):
            rows = await world.here.database.writing(_day, at + timedelta(days=day))
            last |= {column: day for column in GONE if left(rows, column) & there[column]}
    assert last == GONE
