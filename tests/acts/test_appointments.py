"""The two who agreed say when it is to be, and from there it is asked whether it worked out."""

from datetime import datetime

import pytest
from sqlalchemy import select

from node.acts import appointments, matches, reminders, responses, threads
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, Refusal
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Response
from node.neighbourhood.timers import What
from node.storage import matches as kept
from node.storage import responses as kept_responses
from node.storage import tables
from node.storage.database import Transaction
from tests import town
from tests.acts.test_answers import a_copy, asked, offer
from tests.acts.witness import refused, sent, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
THURSDAY = NOON + 2 * DAY - 2 * HOUR


def agreed(tx: Transaction, cast: town.Cast) -> tuple[Post, Response]:
    """Bea chose Merel, and that news is out."""
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON, when="donderdag")
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    sent(tx), written(tx)
    return post, yes


def agreed_for(tx: Transaction, yes: Response) -> datetime | None:
    found = kept.of_response(tx, yes.id)
    assert found is not None
    return found.agreed_for


def due(tx: Transaction, subject: str) -> dict[str, datetime | None]:
    statement = select(tables.timers.c.what, tables.timers.c.due).where(tables.timers.c.subject == subject)
    return {row.what: row.due for row in tx.run(statement)}


@story
def test_when_it_suits_stands_beside_the_sentence_of_an_answer(tx: Transaction, cast: town.Cast) -> None:
    _, yes = agreed(tx, cast)
    assert kept_responses.get(tx, yes.id).when == "donderdag"


@story
def test_when_it_suits_is_short_and_what_is_wrong_is_said_at_both_fields(
    tx: Transaction, cast: town.Cast
) -> None:
    post = asked(tx, cast)
    with pytest.raises(Invalid) as wrong:
        responses.answer(tx, cast.helper, post.id, " ", NOON, when="x" * 121)
    assert set(wrong.value.errors) == {"text", "when"}


@story
def test_either_says_when_it_is_to_be_and_the_last_word_counts(tx: Transaction, cast: town.Cast) -> None:
    post, yes = agreed(tx, cast)
    appointments.make(tx, cast.poster, yes.id, THURSDAY, "Donderdag, tien uur?", NOON)
    assert agreed_for(tx, yes) == THURSDAY
    appointments.make(tx, cast.helper, yes.id, THURSDAY + DAY, "Liever vrijdag.", NOON)
    assert agreed_for(tx, yes) == THURSDAY + DAY
    assert written(tx) == ["wrote to Merel", "wrote to Bea"]
    assert due(tx, post.id)[What.AFTERCARE] == THURSDAY + 2 * DAY
    assert due(tx, post.id)[What.AFTERCARE_LAST] == THURSDAY + 8 * DAY


@story
def test_without_a_day_it_is_asked_from_when_it_was_agreed(tx: Transaction, cast: town.Cast) -> None:
    post, _ = agreed(tx, cast)
    assert due(tx, post.id)[What.AFTERCARE] == NOON + DAY


@story
def test_only_the_two_and_only_while_they_agree(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)

    def no(kind: type[Refusal], who: Resident, moment: datetime = THURSDAY) -> None:
        refused(tx, kind, appointments.make, who, yes.id, moment, "Donderdag?", NOON)

    no(Conflict, cast.poster)
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    for other in (cast.other, cast.broker, cast.supervisor, cast.operator):
        no(NotFound, other)
    no(Invalid, cast.poster, NOON - 2 * DAY)
    no(Invalid, cast.poster, NOON + 400 * DAY)
    matches.cancel(tx, cast.poster, match.id, NOON)
    no(Conflict, cast.helper)
    assert threads.write(tx, cast.helper, yes.id, "Jammer!", NOON).text == "Jammer!"


@story
def test_the_other_node_hears_the_moment_with_the_message(tx: Transaction, cast: town.Cast) -> None:
    node, post = town.neighbour(tx), asked(tx, cast)
    yes = kept_responses.by_uri(tx, offer(tx, node, post))
    assert yes is not None
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    sent(tx)
    appointments.make(tx, cast.poster, yes.id, THURSDAY, "Donderdag, tien uur?", NOON)
    found = tx.run(select(tables.activities.c.facts).where(tables.activities.c.type == "Create")).scalars()
    assert [facts["agreed_for"] for facts in found if "agreed_for" in facts] == ["2026-11-05T10:00:00.000Z"]


@story
def test_a_node_that_is_not_the_other_home_moves_no_appointment(tx: Transaction, cast: town.Cast) -> None:
    node, post = town.neighbour(tx), asked(tx, cast)
    liar = town.neighbour(tx, "verweg")
    yes = kept_responses.by_uri(tx, offer(tx, node, post))
    assert yes is not None
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    for other, uri in ((liar, f"{liar.origin}/ap/m/1"), (node, f"{node.origin}/ap/m/never-came")):
        appointments.heard(tx, other, uri, yes.uri, THURSDAY, NOON)
        assert agreed_for(tx, yes) is None
    uri = f"{node.origin}/ap/m/2"
    threads.arrived(tx, node, uri, yes.uri, "Over twee jaar?", NOON)
    appointments.heard(tx, node, uri, yes.uri, NOON + 800 * DAY, NOON)
    assert agreed_for(tx, yes) is None
    appointments.heard(tx, node, uri, yes.uri, THURSDAY, NOON)
    assert agreed_for(tx, yes) == THURSDAY


@story
def test_who_helps_at_another_node_is_asked_from_the_day_that_it_was_to_be(
    tx: Transaction, cast: town.Cast
) -> None:
    node = town.neighbour(tx)
    post = a_copy(tx, node)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    matches.accepted(tx, node, yes.uri, f"{node.origin}/ap/a/1", f"{node.origin}/ap/g/1", NOON)
    appointments.make(tx, cast.helper, yes.id, THURSDAY, "Donderdag, tien uur?", NOON)
    written(tx)
    assert reminders.helped(tx, NOON + DAY + HOUR) == 0
    assert reminders.helped(tx, THURSDAY + DAY + HOUR) == 1
    assert written(tx) == ["helped to Merel"]
