"""Who stays away is told twice, with time to come back; who holds a role or has no mail is left alone."""

from datetime import datetime, timedelta

from sqlalchemy import select

from node.acts import entering, posts, residents, timers
from node.neighbourhood.idle import AGAIN, AWAY
from node.storage import access, idle
from node.storage import posts as posts_kept
from node.storage import residents as people
from node.storage.database import Transaction
from node.storage.tables import letters
from node.storage.tables import residents as rows
from tests import town
from tests.acts.witness import story, written

DAY, NOON, MINUTE = town.DAY, town.NOON, timedelta(minutes=1)
ALONE = ("poster", "helper", "other", "outsider")  # who hold no role
FIRST = NOON + AWAY  # the cast joined a day before noon


def goes_by(tx: Transaction, cast: town.Cast, until: datetime) -> list[str]:
    """The letters about staying away that are written until then, the node looking on the days around."""
    found = []
    for days in (-1, 0, 1, AGAIN.days, AGAIN.days + 1, AGAIN.days + 2):
        at = FIRST + days * DAY
        for _ in range(2 if at <= until else 0):
            timers.tick(tx, at)
        found += sorted(f"{at:%m-%d} {one}" for one in written(tx) if one.startswith("idle"))
    return found


def names(cast: town.Cast) -> list[str]:
    return sorted(cast.all()[part].name for part in ALONE)


@story
def test_after_half_a_year_one_letter_and_three_weeks_later_another(tx: Transaction, cast: town.Cast) -> None:
    assert not any(cast.all()[part].roles for part in ALONE)
    again = FIRST + AGAIN + DAY
    found = goes_by(tx, cast, again + DAY)
    first = [f"{FIRST:%m-%d} idle to {name}" for name in names(cast)]
    assert found == [*first, *(f"{again:%m-%d} idle last to {name}" for name in names(cast))]


@story
def test_who_comes_back_in_between_hears_no_more_of_it(tx: Transaction, cast: town.Cast) -> None:
    goes_by(tx, cast, FIRST)
    entering.let_in(tx, cast.helper.id, None, FIRST + DAY, own=True)
    found = goes_by(tx, cast, FIRST + AGAIN + 2 * DAY)
    assert [one for one in found if "Merel" in one] == []
    assert not idle.away(tx, cast.helper.id, FIRST)


@story
def test_a_device_or_a_program_that_is_used_is_a_sign_of_life(tx: Transaction, cast: town.Cast) -> None:
    access.add_session(tx, "a phone", cast.helper.id, NOON + 9 * DAY, NOON)
    key = residents.make_token(tx, cast.other, "Kalender", NOON)
    access.keep_session(tx, "a phone", NOON + 20 * DAY, NOON + 5 * DAY)
    access.keep_token(tx, key, NOON + 5 * DAY)
    for who in (cast.helper, cast.other):
        assert not idle.away(tx, who.id, NOON + 5 * DAY)
        assert idle.away(tx, who.id, NOON + 5 * DAY + MINUTE)
    assert idle.away(tx, cast.poster.id, NOON + MINUTE)


@story
def test_whom_no_mail_reaches_is_left_alone(tx: Transaction, cast: town.Cast) -> None:
    made = residents.add(tx, cast.operator, "Toos", None, "nl", NOON)
    goes_by(tx, cast, FIRST + AGAIN + 2 * DAY)
    assert people.get(tx, made.id, FIRST) == made
    assert tx.run(select(rows.c.idle_told).where(rows.c.id == made.id)).scalar() is None


@story
def test_a_node_that_was_off_for_long_still_leaves_time_between(tx: Transaction, cast: town.Cast) -> None:
    late = NOON + 3 * AWAY
    timers.tick(tx, late)
    timers.tick(tx, late)
    assert {one.partition(" to ")[0] for one in written(tx) if one.startswith("idle")} == {"idle"}
    later = late + 3 * AWAY
    timers.tick(tx, later)
    assert {one.partition(" to ")[0] for one in written(tx) if one.startswith("idle")} == {"idle last"}
    assert idle.to_forget(tx, later - DAY, later, 99) == [], "the second was told just now"


@story
def test_nobody_is_forgotten_whom_a_letter_did_not_reach(tx: Transaction, cast: town.Cast) -> None:
    again = FIRST + AGAIN + DAY
    goes_by(tx, cast, again)
    soon = again + 9 * DAY
    gone = {cast.all()[part].id for part in ALONE}
    assert set(idle.to_forget(tx, soon - DAY, soon, 99)) == gone
    waits = {"what": "idle last", "resident_id": cast.helper.id, "facts": {}, "created": again}
    tx.run(letters.insert(), {**waits, "due": None, "attempts": 9, "queue": 2})
    assert set(idle.to_forget(tx, soon - DAY, soon, 99)) == gone - {cast.helper.id}


def there(tx: Transaction) -> set[str]:
    return set(tx.run(select(rows.c.id)).scalars())


@story
def test_who_does_not_come_back_is_erased_as_if_they_had_done_so(tx: Transaction, cast: town.Cast) -> None:
    again = FIRST + AGAIN + DAY
    mine = posts.post(tx, cast.poster, town.offers("Tot dan", expires=FIRST + 90 * DAY), FIRST - 9 * DAY)
    goes_by(tx, cast, again)
    tx.run(letters.delete())  # both went out
    entering.let_in(tx, cast.helper.id, None, again + DAY, own=True)
    for days in range(6, 10):
        timers.tick(tx, again + days * DAY)
        assert (cast.poster.id in there(tx)) == (days < 8), days
    assert {cast.helper.id, cast.operator.id} <= there(tx)
    assert posts_kept.known(tx, {mine.id}) == {}
