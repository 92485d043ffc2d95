"""Accounts on other software, as far as they may go: what one that is held, blocked, deleted or a nuisance
says, and what it leaves behind."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from node.acts import (
    accounts,
    attendance,
    blocks,
    comments,
    matches,
    policies,
    posts,
    replies,
    responses,
    threads,
)
from node.acts.replies import Told
from node.neighbourhood.account import FOLLOWERS_OF_ORIGIN
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Follow
from node.neighbourhood.post import Audience, Post, PostDraft
from node.neighbourhood.refusal import Conflict, NotAllowed
from node.neighbourhood.reply import A_DAY_OF_ACCOUNT, ReplyState
from node.neighbourhood.response import ResponseState
from node.storage import accounts as kept
from node.storage import applause, lookups, spread, tombstones
from node.storage import replies as kept_replies
from node.storage import responses as kept_responses
from node.storage import threads as kept_threads
from node.storage.database import Transaction
from node.storage.tables import activities, deliveries, letters
from tests import elsewhere, town
from tests.acts.witness import refused, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR


def public(tx: Transaction, cast: town.Cast, draft: PostDraft | None = None) -> Post:
    return posts.post(tx, cast.poster, draft or town.asks(audience=Audience.PUBLIC), NOON)


def notice(tx: Transaction, cast: town.Cast) -> Post:
    return public(tx, cast, town.tells(audience=Audience.PUBLIC))


def event(tx: Transaction, cast: town.Cast, places: int = 0) -> Post:
    return public(tx, cast, town.plans(audience=Audience.PUBLIC, places=places))


def hold(tx: Transaction, cast: town.Cast) -> None:
    blocks.put(tx, cast.operator, "social.example", "hold", "", NOON)


def let_all_in(tx: Transaction, cast: town.Cast, at: datetime = NOON) -> None:
    for one in kept_replies.oldest(tx, 10):
        replies.let_in(tx, cast.supervisor, one.id, at)


def rewrites(tx: Transaction, uri: str, post: Post, text: str, public: bool = False) -> None:
    replies.changed(tx, elsewhere.known(tx), Told(uri, [post.uri], public, text), LATER)


def sent_to_accounts(tx: Transaction) -> int:
    """How many messages were made, for whomever."""
    return int(tx.run(select(func.count()).select_from(activities)).scalar_one())


# The usual way


@story
def test_who_follows_is_sent_what_is_public_once_for_each_inbox(tx: Transaction, cast: town.Cast) -> None:
    for user in ("fa", "fo"):
        elsewhere.follower(tx, NOON, user)
    elsewhere.follower(tx, NOON, "fi", shared_inbox=None)
    elsewhere.follower(tx, NOON, "fu", blocked=True)
    elsewhere.account(tx, NOON)
    post = public(tx, cast)
    assert [(one.host, one.state) for one in spread.of_post(tx, post.id)] == [("social.example", "asked")]
    inboxes = {"https://social.example/inbox", "https://social.example/users/fi/inbox"}
    assert set(inboxes_of(tx)) == inboxes
    spread.delivered(tx, post.uri, "https://social.example/inbox", LATER)
    assert spread.of_post(tx, post.id)[0].state == "delivered"
    posts.withdraw(tx, cast.poster, post.id, LATER + HOUR)
    assert spread.of_post(tx, post.id)[0].state == "deletion_asked"
    spread.delivered(tx, post.uri, "https://social.example/inbox", LATER + HOUR)
    assert spread.of_post(tx, post.id)[0].state == "deletion_asked"


def inboxes_of(tx: Transaction) -> list[str]:
    """Where something is to be delivered on the server of the accounts."""
    there = deliveries.c.origin == "https://social.example"
    return list(tx.run(select(deliveries.c.inbox).where(there)).scalars())


@story
def test_likes_are_counted_once_for_each_and_only_who_gave_one_takes_it_back(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo, lia = public(tx, cast), "https://social.example/users/mo", "https://social.example/users/lia"
    for number, who in enumerate((mo, lia, mo)):
        applause.add(tx, post.id, who, applause.LIKE, f"{who}/likes/{number}")
    applause.add(tx, post.id, mo, applause.ANNOUNCE, f"{mo}/boosts/1")
    assert applause.of_post(tx, post.id) == (2, 1)
    assert not applause.take_back(tx, lia, f"{mo}/likes/0")
    applause.take_back_of(tx, lia, post.id, applause.ANNOUNCE)
    assert applause.of_post(tx, post.id) == (2, 1)
    assert applause.take_back(tx, mo, f"{mo}/likes/0")
    applause.forget(tx, lia)
    assert applause.of_post(tx, post.id) == (0, 1)


@story
def test_a_follow_waits_is_let_in_and_ends(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, followers="ask")
    mo = elsewhere.account(tx, NOON, known=False)
    accounts.followed(tx, mo, f"{mo.actor}/follows/1", NOON)
    assert (kept.asking(tx), kept.followers(tx)) == (1, 0)
    assert written(tx) == ["follow asked to Olaf"]
    assert refused(tx, NotAllowed, accounts.admit, cast.supervisor, mo.id, NOON)
    accounts.admit(tx, cast.operator, mo.id, NOON)
    assert (kept.asking(tx), kept.followers(tx)) == (0, 1)
    assert [one.handle for one in kept.following(tx, Follow.ACCEPTED, None, 10)] == ["mo@social.example"]
    accounts.unfollowed(tx, elsewhere.known(tx), NOON)
    assert kept.followers(tx) == 0
    assert refused(tx, Conflict, accounts.admit, cast.operator, mo.id, NOON)


@story
def test_a_deleted_account_leaves_no_word_and_counts_nowhere(tx: Transaction, cast: town.Cast) -> None:
    post = public(tx, cast)
    answer = elsewhere.answered(tx, post, NOON)
    responses.decline(tx, cast.poster, answer.id, NOON)
    applause.add(tx, post.id, elsewhere.known(tx).actor, applause.LIKE, "https://social.example/likes/1")
    accounts.gone(tx, elsewhere.known(tx), LATER)
    assert [one.text for one in kept_responses.of_post(tx, post.id)] == [""]
    assert [one.text for one in kept_replies.of_account(tx, elsewhere.known(tx).id)] == [""]
    assert applause.of_post(tx, post.id) == (0, 0)
    assert elsewhere.known(tx).name == ""


# What is taken back is gone


@story
def test_a_note_that_is_deleted_leaves_no_words_whatever_became_of_it(
    tx: Transaction, cast: town.Cast
) -> None:
    for what in ("declined", "taken", "agreed", "done"):
        post, other = public(tx, cast), elsewhere.account(tx, NOON, f"other-{what}")
        mo = elsewhere.account(tx, NOON, f"mo-{what}")
        uri = elsewhere.wrote(tx, mo, post, f"Ik kan dinsdag, zei Mo {what}.", NOON)
        (answer,) = kept_responses.of_post(tx, post.id)
        if what == "declined":
            responses.decline(tx, cast.poster, answer.id, NOON)
        elif what == "taken":
            elsewhere.wrote(tx, other, post, "Ik ook.", NOON)
            second = next(one for one in kept_responses.of_post(tx, post.id) if one.id != answer.id)
            matches.agree(tx, cast.poster, post.id, second.id, NOON)
        else:
            match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
            if what == "done":
                matches.complete(tx, cast.poster, match.id, NOON)
        replies.taken_back(tx, elsewhere.known(tx, f"mo-{what}"), uri, LATER)
        assert kept_responses.get(tx, answer.id).text == "", what


@story
def test_a_hidden_public_reply_that_is_deleted_leaves_no_words(tx: Transaction, cast: town.Cast) -> None:
    post, mo = notice(tx, cast), elsewhere.account(tx, NOON)
    uri = elsewhere.wrote(tx, mo, post, "Lelijke woorden.", NOON, public=True)
    let_all_in(tx, cast)
    (answer,) = kept_responses.of_post(tx, post.id)
    comments.hide(tx, cast.supervisor, answer.id, NOON)
    replies.taken_back(tx, elsewhere.known(tx), uri, LATER)
    assert kept_responses.get(tx, answer.id).text == ""


# What others read of it


@story
def test_what_is_hidden_here_is_not_pointed_to_either(tx: Transaction, cast: town.Cast) -> None:
    post, mo = notice(tx, cast), elsewhere.account(tx, NOON)
    uri = elsewhere.wrote(tx, mo, post, "Gezien!", NOON, public=True)
    let_all_in(tx, cast)
    assert kept_replies.shown(tx, post.id) == [uri]
    (answer,) = kept_responses.of_post(tx, post.id)
    comments.hide(tx, cast.supervisor, answer.id, NOON)
    assert kept_replies.shown(tx, post.id) == []


@story
def test_what_somebody_said_who_is_blocked_since_is_not_pointed_to(tx: Transaction, cast: town.Cast) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON)
    uri = elsewhere.wrote(tx, mo, post, "Ik kan.", NOON, public=True)
    let_all_in(tx, cast)
    assert kept_replies.shown(tx, post.id) == [uri]
    blocks.put(tx, cast.operator, "social.example", "block", "", NOON)
    assert kept_replies.shown(tx, post.id) == []


# Who is held, or not looked at yet


@story
def test_who_is_held_cannot_change_what_was_let_in_behind_the_supervisors_back(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON)
    uri = elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON)
    (answer,) = kept_responses.of_post(tx, post.id)
    hold(tx, cast)
    rewrites(tx, uri, post, "Geef je pincode.")
    assert kept_responses.get(tx, answer.id).text == "Ik kan dinsdag."
    assert [one.text for one in kept_replies.oldest(tx, 10)] == ["Geef je pincode."]
    let_all_in(tx, cast, LATER)
    assert kept_responses.get(tx, answer.id).text == "Geef je pincode."
    assert kept_replies.count(tx) == 0


@story
def test_a_public_yes_that_is_changed_waits_before_its_poster_reads_it(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON)
    uri = elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON, public=True)
    let_all_in(tx, cast)
    (answer,) = kept_responses.of_post(tx, post.id)
    rewrites(tx, uri, post, "Rotbuurt.", public=True)
    assert kept_responses.get(tx, answer.id).text == "Ik kan dinsdag."
    (again,) = kept_replies.oldest(tx, 10)
    assert again.text == "Rotbuurt."
    replies.turn_away(tx, cast.supervisor, again.id, LATER)
    assert kept_responses.get(tx, answer.id).text == "Ik kan dinsdag."


@story
def test_who_is_held_does_not_come_to_an_event_without_being_looked_at(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = event(tx, cast), elsewhere.account(tx, NOON)
    hold(tx, cast)
    attendance.visited(tx, mo, f"{mo.actor}/joins/1", post.uri, NOON)
    assert kept_responses.of_post(tx, post.id) == []


@story
def test_a_private_change_is_heard_at_once_from_who_is_known(tx: Transaction, cast: town.Cast) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON)
    uri = elsewhere.wrote(tx, mo, post, "Ik kan dinsdag.", NOON)
    rewrites(tx, uri, post, "Ik kan woensdag.")
    (answer,) = kept_responses.of_post(tx, post.id)
    assert (answer.text, kept_replies.count(tx)) == ("Ik kan woensdag.", 0)


# One thing for another


@story
def test_a_note_does_not_take_the_place_of_a_join_with_its_id(tx: Transaction, cast: town.Cast) -> None:
    there, here = event(tx, cast, places=1), notice(tx, cast)
    mo = elsewhere.account(tx, NOON)
    uri = f"{mo.actor}/1"
    attendance.visited(tx, mo, uri, there.uri, NOON)
    replies.arrived(tx, mo, Told(uri, [here.uri], True, "Gezien!"), NOON)
    let_all_in(tx, cast)
    assert [one.state for one in kept_responses.of_post(tx, there.id)] == [ResponseState.ACCEPTED]
    assert kept_responses.of_post(tx, here.id) == []


@story
def test_who_moved_still_has_one_answer(tx: Transaction, cast: town.Cast) -> None:
    post = public(tx, cast, town.asks(audience=Audience.PUBLIC, places=2))
    elsewhere.answered(tx, post, NOON)
    new = replace(elsewhere.account(tx, NOON, "mo2", known=False), their_follow=Follow.NONE)
    accounts.moved(tx, elsewhere.known(tx).id, new, {}, NOON)
    elsewhere.wrote(tx, elsewhere.known(tx, "mo2"), post, "Ik ben er ook.", LATER)
    (answer,) = kept_responses.of_post(tx, post.id)
    assert [one.text for one in kept_threads.page(tx, answer.id, None, 9)] == ["Ik ben er ook."]


@story
def test_a19_nobody_moves_to_a_server_that_is_blocked(tx: Transaction, cast: town.Cast) -> None:
    post = public(tx, cast)
    answer = elsewhere.answered(tx, post, NOON)
    blocks.put(tx, cast.operator, "kwaad.example", "block", "", NOON)
    origin = "https://kwaad.example"
    new = replace(elsewhere.known(tx), id="new", actor=f"{origin}/users/mo", origin=origin)
    accounts.moved(tx, elsewhere.known(tx).id, new, {}, NOON)
    assert kept_responses.get(tx, answer.id).account_id == elsewhere.known(tx).id
    assert kept.by_actor(tx, new.actor) is None


@story
def test_v01_who_is_written_to_reads_no_title_that_is_for_the_neighbourhood_alone(
    tx: Transaction, cast: town.Cast
) -> None:
    post = public(tx, cast)
    answer = elsewhere.answered(tx, post, NOON)
    match = matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    matches.cancel(tx, cast.poster, match.id, NOON)
    narrowed = PostChange(audience=Audience.NEIGHBOURHOOD, title="Bij Bea op nummer 7")
    posts.edit(tx, cast.poster, post.id, narrowed, NOON)
    threads.write(tx, cast.poster, answer.id, "Toch bedankt!", LATER)
    facts = tx.run(select(activities.c.facts).where(activities.c.type == "Create")).scalars().all()
    said = [one for one in facts if one and one.get("text") == "Toch bedankt!"]
    assert len(said) == 1
    assert "nummer 7" not in str(said)


@story
def test_what_waits_about_a_post_that_became_for_fewer_is_no_answer_to_it(
    tx: Transaction, cast: town.Cast
) -> None:
    for draft in (town.asks, town.tells):
        post = public(tx, cast, draft(audience=Audience.PUBLIC))
        elsewhere.account(tx, NOON)
        elsewhere.wrote(tx, elsewhere.known(tx), post, "Ik ook.", NOON, public=True)
        posts.edit(tx, cast.poster, post.id, PostChange(audience=Audience.NEIGHBOURHOOD), NOON)
        let_all_in(tx, cast)
        assert kept_responses.of_post(tx, post.id) == []
        (reply,) = kept_replies.of_account(tx, elsewhere.known(tx).id)[-1:]
        assert (reply.state, reply.text) == (ReplyState.LET_IN, "")


# Floods


def times(number: int, step: timedelta = timedelta(minutes=1)) -> list[datetime]:
    return [NOON + one * step for one in range(number)]


@story
def test_r02_following_again_and_again_rings_nobody_out_of_bed(tx: Transaction, cast: town.Cast) -> None:
    policies.choose(tx, cast.operator, NOON, followers="ask")
    elsewhere.account(tx, NOON, known=False)
    for at in times(40):
        mo = elsewhere.known(tx)
        accounts.followed(tx, mo, f"{mo.actor}/follows/{at}", at)
        accounts.unfollowed(tx, elsewhere.known(tx), at)
    assert written(tx) == ["follow asked to Olaf"]


@story
def test_r02_writing_and_deleting_rings_nobody_out_of_bed(tx: Transaction, cast: town.Cast) -> None:
    post = public(tx, cast)
    for number, at in enumerate(times(25)):
        who = elsewhere.account(tx, NOON, f"kim{number}", known=False)
        uri = elsewhere.wrote(tx, who, post, "Ik kan.", at)
        replies.taken_back(tx, elsewhere.known(tx, f"kim{number}"), uri, at)
    assert written(tx) == ["reply waits to Sjoerd"]


@story
def test_what_waits_while_a_letter_was_just_written_is_told_an_hour_later(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON, known=False)
    uri = elsewhere.wrote(tx, mo, post, "Ik kan.", NOON)
    assert written(tx) == ["reply waits to Sjoerd"]
    replies.taken_back(tx, elsewhere.known(tx), uri, NOON)
    elsewhere.wrote(tx, elsewhere.known(tx), post, "Toch wel.", NOON + HOUR / 2)
    assert due(tx) == [NOON + HOUR / 2 + HOUR]
    assert written(tx) == ["reply waits to Sjoerd"]


def due(tx: Transaction) -> list[datetime]:
    return list(tx.run(select(letters.c.due)).scalars())


@story
def test_r02_coming_and_not_coming_again_and_again_leaves_few_traces(
    tx: Transaction, cast: town.Cast
) -> None:
    post, mo = event(tx, cast), elsewhere.account(tx, NOON)
    written(tx)
    for number, at in enumerate(times(60)):
        uri = f"{mo.actor}/joins/{number}"
        attendance.visited(tx, mo, uri, post.uri, at)
        responses.left(tx, mo, uri, at)
    assert len(kept_responses.of_post(tx, post.id)) <= A_DAY_OF_ACCOUNT
    assert len(written(tx)) <= 4


@story
def test_r02_who_comes_to_what_is_over_hears_so_only_so_often(tx: Transaction, cast: town.Cast) -> None:
    post, mo = event(tx, cast), elsewhere.account(tx, NOON)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    before = sent_to_accounts(tx)
    for number in range(3 * A_DAY_OF_ACCOUNT):
        attendance.visited(tx, mo, f"{mo.actor}/joins/{number}", post.uri, NOON)
    assert 0 < sent_to_accounts(tx) - before <= A_DAY_OF_ACCOUNT


@story
def test_r02_following_again_is_answered_only_so_often(tx: Transaction, cast: town.Cast) -> None:
    elsewhere.account(tx, NOON)
    for number in range(3 * A_DAY_OF_ACCOUNT):
        mo = elsewhere.known(tx)
        accounts.followed(tx, mo, f"{mo.actor}/follows/{number}", NOON)
    assert sent_to_accounts(tx) <= A_DAY_OF_ACCOUNT


@story
def test_r04_of_one_server_only_so_many_follow_before_an_operator_looks(
    tx: Transaction, cast: town.Cast
) -> None:
    for number in range(FOLLOWERS_OF_ORIGIN):
        elsewhere.follower(tx, NOON - DAY, f"fa{number}")
    for host in ("social", "other"):
        user, origin = f"{host}-user", f"https://{host}.example"
        new = elsewhere.account(tx, NOON, user, known=False, origin=origin)
        accounts.followed(tx, new, f"{new.actor}/follows/1", NOON)
    assert elsewhere.known(tx, "social-user").their_follow is Follow.PENDING
    assert elsewhere.known(tx, "other-user").their_follow is Follow.ACCEPTED


@story
def test_r02_deleting_what_never_came_leaves_few_traces(tx: Transaction, cast: town.Cast) -> None:
    mo = elsewhere.account(tx, NOON)
    uris = [f"{mo.actor}/{number}" for number in range(3 * A_DAY_OF_ACCOUNT)]
    for uri in uris:
        replies.taken_back(tx, mo, uri, NOON)
    assert sum(tombstones.buried(tx, uri) for uri in uris) == A_DAY_OF_ACCOUNT
    replies.taken_back(tx, mo, f"{mo.actor}/again", NOON + DAY + HOUR)
    assert tombstones.buried(tx, f"{mo.actor}/again")


@story
def test_r02_a_move_is_looked_up_once_at_a_time_and_not_twice_in_a_month(
    tx: Transaction, cast: town.Cast
) -> None:
    mo = elsewhere.account(tx, NOON)
    for number in range(50):
        accounts.moves(tx, mo, f"https://victim.example/{number}", "https://victim.example", NOON)
    assert len(lookups.open_for(tx, "move")) == 1
    (one,) = lookups.open_for(tx, "move")
    lookups.done(tx, one)
    lately = replace(mo, moved=NOON)
    accounts.moves(tx, lately, "https://victim.example/x", "https://victim.example", NOON + DAY)
    assert lookups.open_for(tx, "move") == []


@story
def test_a_delete_before_its_note_still_counts(tx: Transaction, cast: town.Cast) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON)
    uri = f"{mo.actor}/statuses/1"
    replies.taken_back(tx, mo, uri, NOON)
    replies.arrived(tx, mo, Told(uri, [post.uri], False, "Ik kan."), NOON)
    assert kept_responses.of_post(tx, post.id) == []
    assert kept_replies.by_uri(tx, uri) is None


@story
def test_what_was_turned_away_does_not_come_back_by_a_change(tx: Transaction, cast: town.Cast) -> None:
    post, mo = public(tx, cast), elsewhere.account(tx, NOON, known=False)
    uri = elsewhere.wrote(tx, mo, post, "Koop nu!", NOON)
    (reply,) = kept_replies.oldest(tx, 10)
    replies.turn_away(tx, cast.supervisor, reply.id, NOON)
    rewrites(tx, uri, post, "Koop het nu!")
    found = kept_replies.by_uri(tx, uri)
    assert found is not None
    assert (found.state, found.text) == (ReplyState.TURNED_AWAY, "")
