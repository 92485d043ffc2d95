"""A digest holds what is new, open and for its reader, once; and comes when its reader wants it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from node.acts import digests, districts, held, posts, reports, timers
from node.neighbourhood.digest import HOURS, Digest, Often, next_moment
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Audience, State
from node.neighbourhood.refusal import Invalid, NotAllowed
from node.neighbourhood.resident import Resident
from node.storage import digests as kept
from node.storage import posts as stored
from node.storage import told
from node.storage.database import Database, Transaction
from node.storage.tables import letters
from tests import town

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
ZONE = ZoneInfo("Europe/Amsterdam")
MORNING = datetime(2026, 11, 4, 9, tzinfo=UTC)  # nine o'clock, the day after NOON

WRONG = [("hourly", "9", "often"), ("daily", "3", "hour"), ("daily", "", "hour")]


def of(tx: Transaction, who: Resident) -> list[list[str]]:
    """The titles in each digest that waits for somebody."""
    rows = tx.run(letters.select().where(letters.c.what == "digest", letters.c.resident_id == who.id))
    return [[stored.get(tx, one).title for one in row["facts"]["posts"]] for row in rows.mappings()]


def morning(tx: Transaction, who: Resident, at: datetime = MORNING, often: str = "daily") -> list[str]:
    """What stands in the digest of the first morning for somebody who wants one since the day before."""
    digests.choose(tx, who, often, "9", at - DAY)
    digests.write_due(tx, at)
    found = of(tx, who)
    return found[-1] if found else []


async def test_who_chose_nothing_gets_none(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> int:
        posts.post(tx, cast.poster, town.asks(), NOON)
        for days in range(15):
            timers.tick(tx, MORNING + days * DAY)
        return len(tx.run(letters.select().where(letters.c.what == "digest")).all())

    assert await database.writing(look) == 0


async def test_it_holds_our_own_first_then_next_door_then_who_is_followed(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[str]:
        north, west, east = town.neighbour(tx), town.member(tx), town.member(tx, "oost")
        town.hub(tx)
        for node, title in ((west, "Ver"), (east, "Niet gevolgd"), (north, "Hiernaast")):
            audience = Audience.MUNICIPALITY
            held.take_in(
                tx,
                node,
                town.a_copy(node, title=title, audience=audience, expires=NOON + 9 * DAY),
                None,
                NOON,
            )
        posts.post(tx, cast.poster, town.asks("Hier"), NOON)
        districts.follow(tx, cast.helper, west.id)
        return morning(tx, cast.helper)

    found = await database.writing(look)
    assert found[0] == "Hier"
    assert set(found) == {"Hier", "Hiernaast", "Ver"}


async def test_what_is_ones_own_over_past_hidden_or_reported_is_not_in_it(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[str]:
        north = town.neighbour(tx)
        posts.post(tx, cast.helper, town.asks("Van mij"), NOON)
        closed = posts.post(tx, cast.poster, town.asks("Gesloten"), NOON)
        posts.close(tx, cast.poster, closed.id, NOON)
        posts.post(tx, cast.poster, town.plans("Voorbij", starts=NOON + HOUR, ends=NOON + 40 * HOUR), NOON)
        posts.post(tx, cast.poster, town.plans("Komt nog"), NOON)
        reported = posts.post(tx, cast.poster, town.tells("Gemeld"), NOON)
        reports.report(tx, cast.helper, reported.id, "spam", "", NOON)
        held.take_in(tx, north, town.a_copy(north, title="Verlopen", expires=NOON + HOUR), None, NOON)
        hidden = town.a_copy(north, title="Verborgen", expires=NOON + 9 * DAY)
        stored.add(tx, replace(hidden, hidden=True))
        stored.add(
            tx, town.a_copy(north, title="Klaar", expires=NOON + 9 * DAY, state=State.DONE, ended=NOON)
        )
        return morning(tx, cast.helper)

    assert await database.writing(look) == ["Komt nog"]


async def test_a_muted_district_is_silent(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> list[str]:
        north = town.neighbour(tx)
        held.take_in(tx, north, town.a_copy(north, expires=NOON + 9 * DAY), None, NOON)
        districts.mute(tx, cast.helper, north.id)
        return morning(tx, cast.helper)

    assert await database.writing(look) == []


async def test_nothing_is_told_twice_and_without_news_there_is_no_letter(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[list[str]]:
        first = posts.post(tx, cast.poster, town.asks("Een", audience="adjacent"), NOON)
        morning(tx, cast.helper)
        digests.write_due(tx, MORNING + DAY)  # nothing new
        posts.edit(tx, cast.poster, first.id, PostChange(audience="neighbourhood"), MORNING)  # a new id
        digests.write_due(tx, MORNING + 2 * DAY)
        posts.post(tx, cast.poster, town.asks("Twee"), MORNING + 2 * DAY)
        digests.write_due(tx, MORNING + 3 * DAY)
        return of(tx, cast.helper)

    assert await database.writing(look) == [["Een"], ["Twee"]]


async def test_a_post_that_came_back_by_another_way_is_told_once(database: Database, cast: town.Cast) -> None:
    """Known again by the id of its origin, whatever number it has here."""

    def look(tx: Transaction) -> list[str]:
        north = town.neighbour(tx)
        copy = town.a_copy(north, expires=NOON + 9 * DAY)
        held.take_in(tx, north, copy, None, NOON)
        morning(tx, cast.helper)
        stored.erase(tx, stored.get(tx, copy.id))
        again = replace(copy, id="f" * 32)
        held.take_in(tx, north, again, None, MORNING, pointed=True)
        assert [post.id for post in stored.listing(tx, cast.helper, stored.Filter(), MORNING)] == [again.id]
        return [post.title for post in digests.news(tx, cast.helper, MORNING)]

    assert await database.writing(look) == []


async def test_a_digest_comes_once_however_often_time_is_looked_at(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[int]:
        digests.choose(tx, cast.helper, "weekly", "9", NOON)
        found = []
        for days in range(8):  # Wednesday to Wednesday
            posts.post(tx, cast.poster, town.asks(f"Dag {days}"), NOON + days * DAY)
            for minutes in (0, 1, 30):
                timers.tick(tx, MORNING + days * DAY + timedelta(minutes=minutes))
            found.append(len(of(tx, cast.helper)))
        return found

    assert await database.writing(look) == [0, 1, 1, 1, 1, 1, 1, 1]


async def test_after_a_week_off_one_digest_is_made_not_seven(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> tuple[int, Digest]:
        posts.post(tx, cast.poster, town.asks(), NOON)
        digests.choose(tx, cast.helper, "daily", "9", NOON)
        late = MORNING + 7 * DAY + HOUR
        digests.write_due(tx, late)
        digests.write_due(tx, late + HOUR)
        return len(of(tx, cast.helper)), kept.of(tx, cast.helper.id)

    number, wish = await database.writing(look)
    assert (number, wish.due) == (1, MORNING + 8 * DAY)


async def test_never_is_never(database: Database, cast: town.Cast) -> None:
    def look(tx: Transaction) -> list[list[str]]:
        posts.post(tx, cast.poster, town.asks(), NOON)
        digests.choose(tx, cast.helper, "daily", "9", NOON)
        digests.choose(tx, cast.helper, "never", "9", NOON)
        digests.write_due(tx, MORNING)
        return of(tx, cast.helper)

    assert await database.writing(look) == []


async def test_who_is_not_let_in_chooses_nothing(database: Database, cast: town.Cast) -> None:
    with pytest.raises(NotAllowed):
        await database.writing(digests.choose, cast.outsider, "daily", "9", NOON)


@pytest.mark.parametrize(
    ("often", "hour", "field"), [("hourly", "9", "often"), ("daily", "3", "hour"), ("daily", "", "hour")]
)
async def test_a_choice_that_is_none_is_refused(
    database: Database, cast: town.Cast, often: str, hour: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await database.writing(digests.choose, cast.helper, often, hour, NOON)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize("often", [Often.DAILY, Often.WEEKLY])
@pytest.mark.parametrize("hour", HOURS)
def test_the_hour_is_that_of_the_clock_on_the_wall_all_year(often: Often, hour: int) -> None:
    at, seen = datetime(2026, 1, 1, tzinfo=UTC), []
    while at < datetime(2027, 1, 1, tzinfo=UTC):
        following = next_moment(often, hour, at, ZONE)
        assert following is not None
        assert following > at
        at = following
        seen.append(at.astimezone(ZONE))
    assert {moment.hour for moment in seen} == {hour}
    steps = {(after.date() - before.date()).days for before, after in pairwise(seen)}
    assert steps == ({7} if often is Often.WEEKLY else {1})
    if often is Often.WEEKLY:
        assert {moment.weekday() for moment in seen} == {3}


async def test_who_was_told_is_forgotten_when_the_post_is_over_and_not_before(
    database: Database, cast: town.Cast
) -> None:
    def look(tx: Transaction) -> list[int]:
        running = posts.post(tx, cast.poster, town.offers(), NOON)
        over = posts.post(tx, cast.poster, town.asks(), NOON)
        morning(tx, cast.helper)
        posts.close(tx, cast.poster, over.id, NOON)
        counts = []
        for days in (59, 61):
            told.forget(tx, MORNING + days * DAY)
            counts.append(2 - len(told.new(tx, cast.helper.id, [running, over])))
        return counts

    assert await database.writing(look) == [2, 1]
