"""Time passes: who is written to, when, and never twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from node.acts import held, matches, pace, posts, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.pace import read
from node.neighbourhood.post import Kind, Post, PostDraft, State
from node.neighbourhood.timers import What
from node.storage import idle, tables
from node.storage import posts as kept
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY


def asked(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    """Bea asked for help, for this neighbourhood alone."""
    return posts.post(tx, cast.poster, town.asks(**{"audience": "neighbourhood", **change}), NOON)


def until(
    tx: Transaction, start: datetime, end: datetime, step: timedelta = 6 * HOUR
) -> dict[str, timedelta]:
    """Let time pass; which letters were asked for by that, and how long after the start each first was."""
    found: dict[str, timedelta] = {}
    at = start
    while at <= end:
        while timers.tick(tx, at):
            pass
        for letter in written(tx):
            assert letter not in found, f"{letter} twice"
            found[letter] = at - start
        at += step
    return found


def rows(tx: Transaction, subject: str) -> dict[str, datetime | None]:
    """What waits for a thing, and what was done (None)."""
    statement = select(tables.timers.c.what, tables.timers.c.due).where(tables.timers.c.subject == subject)
    return {row.what: row.due for row in tx.run(statement)}


@story
def test_a_request_that_nobody_answers_is_never_forgotten(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    assert until(tx, NOON, NOON + 31 * DAY) == {
        "board to Mina": 2 * DAY,
        "choose to Mina": 10 * DAY,
        "ends soon to Bea": 23 * DAY,
        "ends tomorrow to Bea": 29 * DAY,
    }
    assert kept.get(tx, post.id).state is State.EXPIRED
    said = [Happening.POSTED, Happening.REMINDED, Happening.REMINDED, Happening.EXPIRED]
    assert happened(tx, post.id) == said
    assert rows(tx, post.id) == {}


@story
def test_an_answer_that_nobody_picks(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON + 6 * HOUR)
    written(tx)
    assert until(tx, NOON, NOON + 20 * DAY) == {"not chosen to Bea": 2 * DAY + 6 * HOUR}
    responses.answer(tx, cast.other, post.id, "Ik ook.", NOON + 20 * DAY)
    written(tx)
    assert until(tx, NOON + 20 * DAY, NOON + 22 * DAY) == {}  # one waits since long, and she knows


@story
def test_a_new_answer_after_the_first_left_is_told_anew(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    first = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    written(tx)
    assert until(tx, NOON, NOON + 3 * DAY) == {"not chosen to Bea": 2 * DAY}
    responses.withdraw(tx, cast.helper, first.id, NOON + 3 * DAY)
    written(tx)
    assert until(tx, NOON + 3 * DAY, NOON + 12 * DAY) == {"board to Mina": 2 * DAY}
    responses.answer(tx, cast.other, post.id, "Ik dan?", NOON + 12 * DAY)
    written(tx)
    assert until(tx, NOON + 12 * DAY, NOON + 16 * DAY) == {"not chosen to Bea": 2 * DAY}


@story
def test_of_several_answers_the_oldest_that_waits_counts(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    first = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    responses.answer(tx, cast.other, post.id, "Ik ook.", NOON + DAY)
    assert rows(tx, post.id)[What.UNPICKED] == NOON + 2 * DAY
    responses.withdraw(tx, cast.helper, first.id, NOON + DAY)
    assert rows(tx, post.id)[What.UNPICKED] == NOON + 3 * DAY


@story
def test_did_it_work_out(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    written(tx)
    asked_now = {"worked out to Bea": DAY, "helped to Merel": DAY}
    assert until(tx, NOON, NOON + 6 * DAY) == asked_now
    again = {"worked out to Bea": DAY, "helped to Merel": DAY}
    assert until(tx, NOON + 6 * DAY, NOON + 20 * DAY) == again
    matches.complete(tx, cast.poster, match.id, NOON + 20 * DAY)
    assert rows(tx, post.id) == {}


@story
def test_nobody_is_asked_about_what_was_called_off_or_done(tx: Transaction, cast: town.Cast) -> None:
    for end in (matches.cancel, matches.complete):
        post = asked(tx, cast)
        answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
        match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
        end(tx, cast.poster, match.id, NOON + HOUR)
        written(tx)
        assert "worked out to Bea" not in until(tx, NOON + HOUR, NOON + 9 * DAY, 6 * HOUR)
        posts.withdraw(tx, cast.poster, post.id, NOON + 9 * DAY)
        written(tx)


@story
def test_of_many_helpers_each_is_asked_once_and_the_poster_after_the_last(
    tx: Transaction, cast: town.Cast
) -> None:
    post = asked(tx, cast, places=2)
    for helper, at in ((cast.helper, NOON), (cast.other, NOON + 4 * DAY)):
        answer = responses.answer(tx, helper, post.id, "Ik kom.", at)
        matches.agree(tx, cast.poster, post.id, answer.id, at)
        written(tx)
        found = until(tx, at, at + 3 * DAY)
        assert found == {"worked out to Bea": DAY, f"helped to {helper.name}": DAY}


@story
def test_a_helper_elsewhere_gets_no_letter_from_here(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast, audience="adjacent")
    offer = (f"{noord.origin}/ap/a/1", post.uri, f"{noord.origin}/ap/p/1", "Kees", "Ik kom.")
    responses.offered(tx, noord, *offer, NOON)
    [answer] = kept_responses.of_post(tx, post.id)
    matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    written(tx)
    assert until(tx, NOON, NOON + 3 * DAY) == {"worked out to Bea": DAY}


# Changes on the way


@story
def test_who_keeps_it_up_is_reminded_before_the_new_end(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.offers(audience="neighbourhood"), NOON)
    assert until(tx, NOON, NOON + 174 * DAY, DAY) == {"ends soon to Bea": 173 * DAY}
    posts.extend(tx, cast.poster, post.id, NOON + 174 * DAY)
    idle.seen(tx, cast.poster.id, NOON + 174 * DAY)  # to do that they signed in
    found = until(tx, NOON + 174 * DAY, NOON + 355 * DAY, DAY)
    about_it = {what: when for what, when in found.items() if not what.startswith("idle")}  # nobody signed in
    assert about_it == {"ends soon to Bea": 173 * DAY, "ends tomorrow to Bea": 179 * DAY}


@story
def test_an_end_that_is_near_by_choice_needs_no_warning_a_week_before(
    tx: Transaction, cast: town.Cast
) -> None:
    post = asked(tx, cast)
    posts.edit(tx, cast.poster, post.id, PostChange(expires=NOON + 25 * DAY), NOON + 20 * DAY)
    assert rows(tx, post.id)[What.REMIND] is None
    found = until(tx, NOON + 20 * DAY, NOON + 26 * DAY)
    assert found == {"choose to Mina": timedelta(0), "ends tomorrow to Bea": 4 * DAY}


@story
def test_a_change_of_words_changes_no_timer(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    until(tx, NOON, NOON + 24 * DAY, DAY)
    before = rows(tx, post.id)
    assert before[What.REMIND] is None
    posts.edit(tx, cast.poster, post.id, PostChange(title="Anders"), NOON + 24 * DAY)
    assert rows(tx, post.id) == before


@story
def test_what_expired_and_is_kept_up_waits_anew(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    until(tx, NOON, NOON + 40 * DAY, DAY)
    posts.extend(tx, cast.poster, post.id, NOON + 40 * DAY)
    assert rows(tx, post.id)[What.NOBODY] == NOON + 50 * DAY


@story
def test_what_was_closed_and_opens_again_waits_anew(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    posts.close(tx, cast.poster, post.id, NOON + 9 * DAY)
    assert rows(tx, post.id) == {}
    posts.reopen(tx, cast.poster, post.id, NOON + 12 * DAY)
    assert rows(tx, post.id)[What.NO_RESPONSE] == NOON + 14 * DAY


# A node that was off, or busy


@story
def test_a_node_that_was_off_for_two_weeks_does_not_flood(tx: Transaction, cast: town.Cast) -> None:
    for _ in range(5):
        asked(tx, cast)
    back = NOON + 14 * DAY
    assert until(tx, back, back, DAY) == {"choose to Mina": timedelta(0)}


@story
def test_of_two_missed_reminders_the_last_counts(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.offers(audience="neighbourhood"), NOON)
    back = post.expires - HOUR
    assert until(tx, back, back, DAY) == {"ends tomorrow to Bea": timedelta(0)}


@story
def test_of_what_ended_meanwhile_nobody_is_warned(tx: Transaction, cast: town.Cast) -> None:
    post = posts.post(tx, cast.poster, town.offers(audience="neighbourhood"), NOON)
    assert until(tx, post.expires, post.expires, DAY) == {}


@story
def test_brokers_get_one_letter_a_day(tx: Transaction, cast: town.Cast) -> None:
    for hours in (0, 1, 30, 31, 32):
        posts.post(tx, cast.poster, town.asks(audience="neighbourhood"), NOON + hours * HOUR)
    told = []
    for hour in range(24 * 6):
        at = NOON + hour * HOUR
        timers.tick(tx, at)
        told += [at - NOON for letter in written(tx) if letter == "board to Mina"]
    assert told == [2 * DAY, 3 * DAY, 4 * DAY]


@story
def test_what_has_no_timers_gets_them_within_a_day(tx: Transaction, cast: town.Cast) -> None:
    """As on the day this version of the program begins, or when an act forgot."""
    post = asked(tx, cast)
    while timers.tick(tx, NOON):
        pass
    before = rows(tx, post.id)
    tx.run(tables.timers.delete().where(tables.timers.c.subject == post.id))
    while timers.tick(tx, NOON + DAY):
        pass
    assert rows(tx, post.id) == before


@story
def test_a_timer_that_an_act_forgot_to_take_away_does_nothing(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    kept.save(tx, post.moved(State.WAITING, NOON))
    assert until(tx, NOON, NOON + 40 * DAY, DAY) == {}


@story
def test_the_pace_is_that_of_the_node(tx: Transaction, cast: town.Cast) -> None:
    home = replace(tx.home, pace=read({"nobody": "3d", "remind": "5d, 1h"}))
    slow = Transaction(tx.connection, home)
    post = asked(slow, cast)
    assert rows(tx, post.id)[What.NOBODY] == NOON + 3 * DAY
    assert rows(tx, post.id)[What.REMIND] == NOON + 25 * DAY
    pace.set_for(tx, post, NOON)
    assert rows(tx, post.id)[What.NOBODY] == NOON + 10 * DAY


# Events


def gathers(tx: Transaction, by: Any, starts: datetime) -> Post:
    draft = PostDraft(Kind.EVENT, "Koffie", "Voor wie wil.", "gezelschap", starts=starts, place="De Brug")
    return posts.post(tx, by, draft, NOON)


@story
def test_who_comes_to_an_event_hears_of_it_the_day_before(tx: Transaction, cast: town.Cast) -> None:
    event = gathers(tx, cast.booster, NOON + 3 * DAY)
    responses.answer(tx, cast.helper, event.id, "", NOON)
    gone = responses.answer(tx, cast.other, event.id, "", NOON)
    responses.withdraw(tx, cast.other, gone.id, NOON + HOUR)
    responses.answer(tx, cast.poster, event.id, "", NOON + 2 * DAY + HOUR)
    written(tx)
    assert until(tx, NOON, NOON + 4 * DAY) == {"tomorrow to Merel": 2 * DAY}


@story
def test_an_event_that_moves_is_told_of_anew(tx: Transaction, cast: town.Cast) -> None:
    event = gathers(tx, cast.booster, NOON + 3 * DAY)
    responses.answer(tx, cast.helper, event.id, "", NOON)
    written(tx)
    assert until(tx, NOON, NOON + 2 * DAY) == {"tomorrow to Merel": 2 * DAY}
    change = PostChange(starts=NOON + 9 * DAY, ends=NOON + 9 * DAY + HOUR)
    posts.edit(tx, cast.booster, event.id, change, NOON + 2 * DAY)
    written(tx)
    assert until(tx, NOON + 2 * DAY, NOON + 10 * DAY) == {"tomorrow to Merel": 6 * DAY}


@story
def test_an_event_that_is_off_is_not_told_of(tx: Transaction, cast: town.Cast) -> None:
    event = gathers(tx, cast.booster, NOON + 3 * DAY)
    responses.answer(tx, cast.helper, event.id, "", NOON)
    posts.withdraw(tx, cast.booster, event.id, NOON + DAY)
    written(tx)
    assert until(tx, NOON + DAY, NOON + 4 * DAY) == {}


@story
def test_who_helps_elsewhere_is_asked_by_their_own_node_and_not_once_it_is_done(
    tx: Transaction, cast: town.Cast
) -> None:
    noord = town.neighbour(tx)
    done, runs = (town.a_copy(noord, expires=NOON + 30 * DAY) for _ in range(2))
    for copy, helper in ((done, cast.helper), (runs, cast.other)):
        kept.add(tx, copy)
        offer = responses.answer(tx, helper, copy.id, "Ik kom.", NOON)
        accept, agreement = f"{copy.uri}/accept", f"{noord.origin}/ap/g/{copy.id}"
        matches.accepted(tx, noord, offer.uri, accept, agreement, NOON)
    written(tx)
    assert until(tx, NOON, NOON + 2 * DAY) == {"helped to Merel": DAY, "helped to Tariq": DAY}
    told = replace(done, state=State.DONE, updated=NOON + 2 * DAY)
    held.take_in(tx, noord, told, f"{noord.origin}/ap/a/1", NOON + 2 * DAY)
    assert until(tx, NOON + 2 * DAY, NOON + 20 * DAY) == {"helped to Tariq": 5 * DAY}
