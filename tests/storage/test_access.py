"""The ways in: each works as often and as long as it should, and nothing that is kept opens anything."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from node.storage import access
from node.storage.database import Database, Transaction
from node.storage.tables import metadata
from tests import town

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
ONE_MS = timedelta(milliseconds=1)


def link(tx: Transaction, secret: str, who: str, lasting: bool = False) -> None:
    access.add_link(tx, secret, who, NOON + HOUR, NOON, lasting)


async def test_U02_U03_a_link_is_used_once(database: Database, cast: town.Cast) -> None:
    bea = cast.poster.id
    await database.writing(link, "secret", bea)
    for _ in range(3):  # looking (a scanner, a preview) does not use it up: U02
        assert await database.reading(access.link_owner, "secret", NOON) == bea
    assert await database.writing(access.use_link, "secret", NOON) == bea
    assert await database.writing(access.use_link, "secret", NOON) is None


async def test_a_link_ends_on_time(database: Database, cast: town.Cast) -> None:
    await database.writing(link, "secret", cast.poster.id)
    assert await database.reading(access.link_owner, "secret", NOON + HOUR - ONE_MS) == cast.poster.id
    assert await database.writing(access.use_link, "secret", NOON + HOUR) is None


async def test_a_newer_link_ends_the_older_of_the_same_person(database: Database, cast: town.Cast) -> None:
    for secret, who in (("old", cast.poster), ("other", cast.helper), ("new", cast.poster)):
        await database.writing(link, secret, who.id)
    assert await database.writing(access.use_link, "old", NOON) is None
    assert await database.writing(access.use_link, "new", NOON) == cast.poster.id
    assert await database.writing(access.use_link, "other", NOON) == cast.helper.id


async def test_a_lasting_link_is_used_again_and_again(database: Database, cast: town.Cast) -> None:
    await database.writing(link, "demo", cast.poster.id, True)
    await database.writing(link, "mailed", cast.poster.id)
    for _ in range(3):
        assert await database.writing(access.use_link, "demo", NOON) == cast.poster.id


async def test_an_invitation_lets_in_as_many_as_it_says(database: Database) -> None:
    await database.writing(access.add_invitation, "CODE", None, "poster in the shop", 2, NOON + DAY, NOON)
    assert await database.reading(access.invitations_open, NOON) == [("poster in the shop", 2, NOON + DAY)]
    used = [await database.writing(access.use_invitation, "CODE", NOON) for _ in range(3)]
    assert used == [True, True, False]
    assert await database.reading(access.invitations_open, NOON) == []


async def test_an_invitation_ends_on_its_day(database: Database) -> None:
    await database.writing(access.add_invitation, "CODE", None, "", 5, NOON + DAY, NOON)
    assert not await database.writing(access.use_invitation, "CODE", NOON + DAY)
    assert not await database.writing(access.use_invitation, "EDOC", NOON)


async def test_a_session_ends_on_time_and_when_it_is_ended(database: Database, cast: town.Cast) -> None:
    bea = cast.poster.id
    for secret in ("phone", "laptop"):
        await database.writing(access.add_session, secret, bea, NOON + 2 * DAY, NOON)
    assert await database.reading(access.session_owner, "phone", NOON) == (bea, False)
    assert await database.reading(access.session_owner, "phone", NOON + DAY) == (
        bea,
        True,
    )  # to be written down
    assert await database.reading(access.session_owner, "phone", NOON + 2 * DAY) is None
    await database.writing(access.keep_session, "phone", NOON + 9 * DAY, NOON + DAY)
    assert await database.reading(access.session_owner, "phone", NOON + 2 * DAY) == (bea, True)
    await database.writing(access.end_session, "phone")
    assert await database.reading(access.session_owner, "phone", NOON) is None
    assert await database.reading(access.session_owner, "laptop", NOON) == (bea, False)
    await database.writing(access.end_sessions_of, bea)
    assert await database.reading(access.session_owner, "laptop", NOON) is None


async def test_a_token_works_until_its_owner_ends_it(database: Database, cast: town.Cast) -> None:
    await database.writing(access.add_token, "bk_1", "id-1", cast.poster.id, "calendar", NOON)
    assert await database.reading(access.token_owner, "bk_1") == cast.poster.id
    assert not await database.writing(access.end_token, cast.helper.id, "id-1")
    assert [token.name for token in await database.reading(access.tokens_of, cast.poster.id)] == ["calendar"]
    assert await database.writing(access.end_token, cast.poster.id, "id-1")
    assert await database.reading(access.token_owner, "bk_1") is None


async def test_tries_are_counted_for_an_hour_and_kept_for_a_day(database: Database) -> None:
    for minutes in (0, 30, 59):
        await database.writing(access.note_try, "mail", "bea@example.org", NOON + timedelta(minutes=minutes))
    await database.writing(access.note_try, "mail", "merel@example.org", NOON)
    since = NOON + timedelta(minutes=15)
    assert await database.reading(access.tries_since, "mail", "bea@example.org", since) == 2
    assert await database.reading(access.tries_since, "mail", None, NOON - HOUR) == 4
    assert await database.reading(access.tries_since, "code", None, NOON - HOUR) == 0
    await database.writing(access.forget, NOON + DAY + timedelta(minutes=45))
    assert await database.reading(access.tries_since, "mail", None, NOON - HOUR) == 1


async def test_what_is_over_is_forgotten(database: Database, cast: town.Cast) -> None:
    await database.writing(link, "link", cast.poster.id)
    await database.writing(access.add_session, "session", cast.poster.id, NOON + HOUR, NOON)
    await database.writing(access.add_invitation, "CODE", None, "", 1, NOON + HOUR, NOON)
    await database.writing(access.forget, NOON + 40 * DAY)

    def left(tx: Transaction) -> list[str]:
        names = ("signin_links", "sessions", "invitations")
        return [name for name in names if tx.run(select(metadata.tables[name])).first()]

    assert await database.reading(left) == []


@pytest.mark.parametrize("secret", ["Very-Secret-123"])
async def test_U03_no_secret_stands_in_the_database(file: Database, secret: str) -> None:
    cast = await file.writing(town.people)

    def keep(tx: Transaction) -> None:
        link(tx, secret, cast.poster.id)
        access.add_session(tx, secret, cast.poster.id, NOON + DAY, NOON)
        access.add_token(tx, secret, "id", cast.poster.id, "calendar", NOON)
        access.add_invitation(tx, secret, None, "", 1, NOON + DAY, NOON)
        access.note_try(tx, "mail", secret, NOON)

    await file.writing(keep)
    await file.stop()
    assert file.sqlite_path is not None
    for path in file.sqlite_path.parent.iterdir():
        assert secret.encode() not in path.read_bytes()
