"""Asking and offering: everything a poster can do, who may not, and what others hear of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from node.acts import matches, posts, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Audience, Decide, Post, State, Urgency
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.storage import log, nodes, outbox
from node.storage import posts as kept
from node.storage import responses as kept_responses
from node.storage.database import Database, Transaction
from node.storage.tables import activities
from node.storage.tables import posts as every_post
from tests import town
from tests.acts.witness import happened, ledger, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR


def asked(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    """Bea asked for help, and that news is out."""
    post = posts.post(tx, cast.poster, town.asks(**change), NOON)
    sent(tx)
    return post


# Asking


@story
def test_a_request_goes_to_every_neighbour_at_once(tx: Transaction, cast: town.Cast) -> None:
    for name in ("noord", "zuid"):
        town.neighbour(tx, name)
    town.neighbour(tx, "oost", their_follow="pending")
    town.neighbour(tx, "west", blocked=True)
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    assert sent(tx) == ["Create to Noord", "Create to Zuid"]
    assert ledger(tx, post) == ["Noord: asked", "Zuid: asked"]
    assert happened(tx, post.id) == [Happening.POSTED]
    assert written(tx) == []


@story
def test_what_is_not_said_is_as_usual(tx: Transaction, cast: town.Cast) -> None:
    request = posts.post(tx, cast.poster, town.asks(), NOON)
    offer = posts.post(tx, cast.poster, town.offers(), NOON)
    for post, audience in ((request, Audience.ADJACENT), (offer, Audience.PUBLIC)):
        assert (post.audience, post.urgency, post.decide) == (audience, Urgency.WEEK, Decide.CHOOSE)
        assert (post.state, post.places, post.places_left) == (State.OPEN, 1, 1)
        assert (post.author, post.author_name) == (cast.poster.id, "Bea")
        assert kept.get(tx, post.id) == post
    assert (request.expires, offer.expires) == (NOON + 30 * DAY, NOON + 180 * DAY)
    assert request.party != offer.party  # nobody can tell that the same person stands behind both


@story
def test_what_is_for_the_neighbourhood_never_leaves(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = posts.post(tx, cast.poster, town.asks(audience="neighbourhood"), NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(title="Anders"), LATER)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", LATER)
    match = matches.agree(tx, cast.poster, post.id, answer.id, LATER)
    matches.complete(tx, cast.poster, match.id, LATER)
    posts.withdraw(tx, cast.poster, post.id, LATER)
    assert sent(tx) == []
    assert ledger(tx, post) == []


@story
def test_a_button_pressed_twice_asks_once(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    twice = [posts.post(tx, cast.poster, town.asks(), NOON, "form-1") for _ in range(2)]
    assert twice[0] == twice[1]
    assert sent(tx) == ["Create to Noord"]
    assert happened(tx, twice[0].id) == [Happening.POSTED]
    for who, title, form in (
        (cast.poster, "Iets anders", "form-1"),
        (cast.helper, None, "form-1"),
        (cast.poster, None, ""),
    ):
        draft = town.asks(title) if title else town.asks()
        assert posts.post(tx, who, draft, NOON, form).id != twice[0].id


@story
def test_only_residents_ask(tx: Transaction, cast: town.Cast) -> None:
    assert "not let in yet" in refused(tx, NotAllowed, posts.post, cast.outsider, town.asks(), NOON)


@story
def test_all_that_is_wrong_is_said_at_its_field(tx: Transaction, cast: town.Cast) -> None:
    for field, draft in (
        ("title", town.asks("")),
        ("text", town.asks(text="x" * 4001)),
        ("category", town.asks(category="raketten")),
        ("audience", town.asks(audience="municipality")),  # there is no hub
        ("audience", town.asks(audience="moon")),
        ("urgency", town.asks(urgency="soon")),
        ("decide", town.asks(decide="dice")),
        ("places", town.asks(places=0)),
        ("expires", town.asks(expires=NOON)),
    ):
        assert field in refused(tx, Invalid, posts.post, cast.poster, draft, NOON)
    both = refused(tx, Invalid, posts.post, cast.poster, town.asks("", category="raketten"), NOON)
    assert "title" in both
    assert "category" in both


# Changing


@story
def test_every_copy_hears_of_a_change(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    changed = posts.edit(
        tx, cast.poster, post.id, PostChange(title="Wie haalt brood?", urgency="urgent"), LATER
    )
    assert (changed.title, changed.urgency, changed.updated) == ("Wie haalt brood?", Urgency.URGENT, LATER)
    assert sent(tx) == ["Update to Noord"]
    assert told(tx, "Update")["title"] == "Wie haalt brood?"
    assert happened(tx, post.id) == [Happening.POSTED, Happening.EDITED]
    assert kept.get(tx, post.id) == changed


@story
def test_nothing_changed_is_no_news(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    assert posts.edit(tx, cast.poster, post.id, PostChange(title=post.title), LATER) == post
    assert sent(tx) == []
    assert happened(tx, post.id) == [Happening.POSTED]


@story
def test_two_changes_in_one_moment_have_an_order(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    first = posts.edit(tx, cast.poster, post.id, PostChange(title="een"), NOON)
    second = posts.edit(tx, cast.poster, post.id, PostChange(title="twee"), NOON)
    assert post.updated < first.updated < second.updated


@story
def test_only_the_poster_changes_a_post(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    acts = [posts.extend, posts.close, posts.pause, posts.reopen, posts.withdraw]
    for name, who in cast.all().items():
        if name == "poster":
            continue
        kind = NotFound if name == "outsider" else NotAllowed
        refused(tx, kind, posts.edit, who, post.id, PostChange(title="Anders"), LATER)
        for act in acts:
            refused(tx, kind, act, who, post.id, LATER)
    for act in acts:
        refused(tx, NotFound, act, cast.poster, "0" * 32, LATER)
    assert kept.get(tx, post.id) == post


@story
def test_what_is_over_is_not_changed(tx: Transaction, cast: town.Cast) -> None:
    done, back = asked(tx, cast), asked(tx, cast)
    answer = responses.answer(tx, cast.helper, done.id, "Ik kom.", NOON)
    matches.complete(tx, cast.poster, matches.agree(tx, cast.poster, done.id, answer.id, NOON).id, NOON)
    posts.withdraw(tx, cast.poster, back.id, NOON)
    for post, reason in ((done, "done already"), (back, "withdrawn")):
        assert reason in refused(
            tx, Conflict, posts.edit, cast.poster, post.id, PostChange(title="Anders"), LATER
        )
        for act in (posts.extend, posts.close, posts.pause, posts.reopen):
            assert reason in refused(tx, Conflict, act, cast.poster, post.id, LATER)
    assert (
        posts.withdraw(tx, cast.poster, back.id, LATER).state is State.WITHDRAWN
    )  # twice is as good as once
    assert happened(tx, back.id).count(Happening.WITHDRAWN) == 1


@story
def test_places_follow_the_agreements(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast, places=3)
    answers = [
        responses.answer(tx, who, post.id, "Ik kom.", NOON) for who in (cast.helper, cast.other, cast.broker)
    ]
    for answer in answers[:2]:
        matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    assert "2 helpers" in refused(tx, Invalid, posts.edit, cast.poster, post.id, PostChange(places=1), LATER)
    written(tx)
    fewer = posts.edit(tx, cast.poster, post.id, PostChange(places=2), LATER)
    assert (fewer.state, fewer.places_left) == (State.AGREED, 0)
    assert written(tx) == ["not needed to Mina"]  # who waited is thanked: there is no place left
    more = posts.edit(tx, cast.poster, post.id, PostChange(places=5), LATER)
    assert (more.state, more.places_left) == (State.OPEN, 3)


# Who may see it: wider and narrower


@story
def test_wider_is_new_to_the_neighbours(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast, audience="neighbourhood")
    wide = posts.edit(tx, cast.poster, post.id, PostChange(audience="adjacent"), LATER)
    assert wide.uri == post.uri
    assert sent(tx) == ["Create to Noord"]
    assert ledger(tx, post) == ["Noord: asked"]
    assert happened(tx, post.id) == [Happening.POSTED, Happening.EDITED, Happening.WIDENED]


@story
def test_narrower_calls_the_copies_back(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    responses.offered(
        tx, noord, f"{noord.origin}/ap/a/1", post.uri, f"{noord.origin}/ap/p/1", "Kees", "Ik ook.", NOON
    )
    written(tx)
    narrow = posts.edit(tx, cast.poster, post.id, PostChange(audience="neighbourhood"), LATER)
    assert sent(tx) == ["Reject to Noord", "Delete to Noord"]
    assert ledger(tx, post) == ["Noord: deletion_asked"]
    assert narrow.uri != post.uri  # so that nobody elsewhere knows it any more
    assert kept.by_uri(tx, post.uri) is None
    assert (narrow.id, narrow.state) == (post.id, State.RESPONDED)  # who answered here still waits
    assert written(tx) == []
    assert Happening.NARROWED in happened(tx, post.id)
    again = posts.edit(tx, cast.poster, post.id, PostChange(audience="adjacent"), LATER)
    assert sent(tx) == ["Create to Noord"]
    assert told(tx, "Delete")["uri"] == post.uri
    assert again.uri == narrow.uri


@story
def test_a_post_with_an_agreement_stays_as_wide_as_it_is(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    change = PostChange(audience="neighbourhood")
    assert "going to help" in refused(tx, Conflict, posts.edit, cast.poster, post.id, change, LATER)


@story
def test_what_is_closed_when_it_gets_wider_goes_out_when_it_opens(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast, audience="neighbourhood")
    posts.close(tx, cast.poster, post.id, NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(audience="adjacent"), LATER)
    assert sent(tx) == []
    posts.reopen(tx, cast.poster, post.id, LATER)
    assert sent(tx) == ["Create to Noord"]


# Coming to an end


@story
def test_closing_thanks_who_waits(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    responses.offered(
        tx, noord, f"{noord.origin}/ap/a/1", post.uri, f"{noord.origin}/ap/p/1", "Kees", "Ik ook.", NOON
    )
    written(tx)
    closed = posts.close(tx, cast.poster, post.id, LATER)
    assert (closed.state, closed.ended) == (State.CLOSED, LATER)
    assert written(tx) == ["not needed to Merel"]
    assert sent(tx) == ["Reject to Noord", "Update to Noord"]
    assert told(tx, "Update")["listing_state"] == "closed"
    assert told(tx, "Reject")["reason"] == "closed"
    assert posts.close(tx, cast.poster, post.id, LATER) == closed
    assert "no longer open" in refused(tx, Conflict, responses.answer, cast.helper, post.id, "Toch?", LATER)


@story
def test_what_is_agreed_is_not_closed_behind_the_helpers_back(tx: Transaction, cast: town.Cast) -> None:
    one, group = asked(tx, cast), asked(tx, cast, places=2)
    for post in (one, group):
        answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
        matches.agree(tx, cast.poster, post.id, answer.id, NOON)
        assert "going to help" in refused(tx, Conflict, posts.close, cast.poster, post.id, LATER)
    assert "going to help" in refused(tx, Conflict, posts.reopen, cast.poster, one.id, LATER)


@story
def test_an_offer_rests_and_comes_back(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    offer = posts.post(tx, cast.helper, town.offers(), NOON)
    sent(tx)
    assert posts.pause(tx, cast.helper, offer.id, LATER).state is State.PAUSED
    assert posts.pause(tx, cast.helper, offer.id, LATER).state is State.PAUSED
    assert told(tx, "Update")["listing_state"] == "closed"
    assert sent(tx) == ["Update to Noord"]
    assert posts.reopen(tx, cast.helper, offer.id, LATER).state is State.OPEN
    assert posts.reopen(tx, cast.helper, offer.id, LATER).state is State.OPEN
    assert sent(tx) == ["Update to Noord"]
    assert happened(tx, offer.id) == [Happening.POSTED, Happening.PAUSED, Happening.REOPENED]


@story
def test_a_request_does_not_rest(tx: Transaction, cast: town.Cast) -> None:
    assert "Only an offer" in refused(tx, Invalid, posts.pause, cast.poster, asked(tx, cast).id, LATER)
    offer = posts.post(tx, cast.helper, town.offers(), NOON)
    posts.close(tx, cast.helper, offer.id, NOON)
    assert "no longer open" in refused(tx, Conflict, posts.pause, cast.helper, offer.id, LATER)


@story
def test_withdrawing_takes_it_back_everywhere(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast, places=2)
    here = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    there = f"{noord.origin}/ap/a/1"
    responses.offered(tx, noord, there, post.uri, f"{noord.origin}/ap/p/1", "Kees", "Ik ook.", NOON)
    responses.answer(tx, cast.other, post.id, "Ik eventueel.", NOON)
    matches.agree(tx, cast.poster, post.id, here.id, NOON)
    elsewhere = next(answer for answer in kept_responses.of_post(tx, post.id) if answer.uri == there)
    posts.edit(tx, cast.poster, post.id, PostChange(places=3), NOON)
    matches.agree(tx, cast.poster, post.id, elsewhere.id, NOON)
    sent(tx), written(tx)
    gone = posts.withdraw(tx, cast.poster, post.id, LATER)
    assert (gone.state, gone.places_left) == (State.WITHDRAWN, 3)
    assert sent(tx) == ["Undo to Noord", "Delete to Noord"]  # the yes is undone before the post goes
    assert written(tx) == ["called off to Merel", "not needed to Tariq"]
    assert ledger(tx, post) == ["Noord: deletion_asked"]


@story
def test_the_words_of_what_is_withdrawn_wait_nowhere(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = posts.post(tx, cast.poster, town.asks("Kanarie"), NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(title="Kanarie twee"), LATER)
    create = outbox.first_of_post(tx, post.uri)
    assert create is not None
    outbox.keep_body(tx, create.id, b"Kanarie as bytes")
    outbox.reached(tx, post.uri, noord.id, "holds", LATER)
    posts.withdraw(tx, cast.poster, post.id, LATER)
    assert sent(tx) == ["Delete to Noord"]  # what had not gone out is dropped
    rows = tx.run(activities.select()).mappings().all()
    assert "Kanarie" not in str([dict(row) for row in rows])
    assert set(told(tx, "Delete")) == {"uri", "former", "audience", "hub", "deleted"}


@story
def test_a_delete_goes_to_everyone_who_ever_got_it(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    post = asked(tx, cast)
    nodes.save(tx, replace(noord, we_claim=False))
    posts.edit(tx, cast.poster, post.id, PostChange(title="Anders"), LATER)
    assert sent(tx) == ["Update to Zuid"]
    posts.withdraw(tx, cast.poster, post.id, LATER)
    assert sent(tx) == ["Delete to Noord", "Delete to Zuid"]
    assert zuid.active


@story
def test_a_post_ends_when_its_day_has_come(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast, expires=NOON + DAY)
    responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    written(tx)
    assert timers.tick(tx, NOON + DAY - timedelta(milliseconds=1)) == 0
    assert timers.tick(tx, NOON + DAY) == 1
    assert kept.get(tx, post.id).state is State.EXPIRED
    assert told(tx, "Update")["listing_state"] == "expired"
    assert written(tx) == ["not needed to Merel"]
    assert happened(tx, post.id)[-1] is Happening.EXPIRED
    assert log.of(tx, post.id)[-1].who is None
    longer = posts.extend(tx, cast.poster, post.id, NOON + 2 * DAY)
    assert (longer.state, longer.expires) == (State.OPEN, NOON + 32 * DAY)
    assert happened(tx, post.id)[-1] is Happening.EXTENDED
    assert timers.tick(tx, NOON + 3 * DAY) == 0


@story
def test_a_rested_offer_ends_as_well_and_an_agreement_does_not(tx: Transaction, cast: town.Cast) -> None:
    offer = posts.post(tx, cast.helper, town.offers(expires=NOON + DAY), NOON)
    posts.pause(tx, cast.helper, offer.id, NOON)
    agreed = asked(tx, cast, expires=NOON + DAY)
    answer = responses.answer(tx, cast.helper, agreed.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, agreed.id, answer.id, NOON)
    timers.tick(tx, NOON + 2 * DAY)
    assert kept.get(tx, offer.id).state is State.EXPIRED
    assert kept.get(tx, agreed.id).state is State.AGREED
    back = posts.reopen(tx, cast.helper, offer.id, NOON + 2 * DAY)
    assert (back.state, back.expires) == (State.OPEN, NOON + 182 * DAY)


@story
def test_keeping_it_longer_is_never_shorter(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast, expires=NOON + 60 * DAY)
    assert posts.extend(tx, cast.poster, post.id, LATER).expires == NOON + 60 * DAY
    edited = posts.edit(tx, cast.poster, post.id, PostChange(expires=NOON + 61 * DAY), NOON + 2 * DAY)
    assert edited.expires == NOON + 61 * DAY
    assert happened(tx, post.id) == [Happening.POSTED, Happening.EXTENDED, Happening.EXTENDED]


@story
def test_thirty_days_after_the_end_the_copies_go(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    posts.close(tx, cast.poster, post.id, NOON)
    sent(tx)
    assert timers.tick(tx, NOON + 30 * DAY - HOUR) == 0
    assert timers.tick(tx, NOON + 30 * DAY) == 1
    assert sent(tx) == ["Delete to Noord"]
    assert ledger(tx, post) == ["Noord: deletion_asked"]
    timers.tick(tx, NOON + 31 * DAY)
    assert sent(tx) == []
    at_home = kept.get(tx, post.id)
    assert (at_home.title, at_home.state) == (post.title, State.CLOSED)
    posts.edit(tx, cast.poster, post.id, PostChange(title="Anders"), NOON + 31 * DAY)
    assert sent(tx) == []  # what is closed is not sent anew
    posts.reopen(tx, cast.poster, post.id, NOON + 32 * DAY)
    assert sent(tx) == ["Create to Noord"]
    assert told(tx, "Delete")["uri"] == post.uri != kept.get(tx, post.id).uri


@story
def test_only_what_was_closed_rested_or_expired_opens_again(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    for state in State:
        kept.save(tx, replace(post, state=state))
        if state in (State.WAITING, State.HIDDEN, State.DUPLICATE):
            assert "no longer open" in refused(tx, Conflict, posts.reopen, cast.poster, post.id, LATER)
    kept.save(tx, post)


async def test_a_post_and_its_news_stand_or_fall_together(database: Database) -> None:
    def fail(tx: Transaction, cast: town.Cast) -> None:
        posts.post(tx, cast.poster, town.asks(), NOON)
        raise Conflict("too late")

    def nothing(tx: Transaction) -> None:
        assert sent(tx) == []
        assert tx.run(every_post.select()).all() == []

    cast = await database.writing(town.people)
    await database.writing(town.neighbour)
    with pytest.raises(Conflict):
        await database.writing(fail, cast)
    await database.writing(nothing)
