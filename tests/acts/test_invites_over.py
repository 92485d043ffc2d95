"""When an invite is over: somebody else was first, the post ended, or its day was over."""

from node.acts import invites, matches, posts, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.invite import InviteState
from node.neighbourhood.post import State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import ResponseState
from node.storage import cleaning
from node.storage import invites as kept
from node.storage import posts as kept_posts
from node.storage.database import Transaction
from tests import town
from tests.acts.test_invites import an_offer_of, invited, offered, state
from tests.acts.witness import happened, refused, sent, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR


@story
def test_somebody_else_was_first(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, made = invited(tx, cast, offered(tx, cast))
    there = invites.ask(tx, cast.broker, post.id, an_offer_of(tx, noord).id, NOON)
    yes = responses.answer(tx, cast.other, post.id, "Ik kan ook.", LATER)
    sent(tx)
    written(tx)
    matches.agree(tx, cast.poster, post.id, yes.id, LATER)
    assert [state(tx, invite) for invite in (made, there)] == [InviteState.TAKEN] * 2
    assert sent(tx) == ["Update to Noord"]  # by which their node knows
    assert sorted(written(tx)) == ["agreed to Tariq", "invite over to Merel"]
    assert "already helps" in refused(tx, Conflict, invites.accept, cast.helper, made.id, "Ja.", LATER)
    assert "over" in refused(tx, Conflict, invites.decline, cast.helper, made.id, LATER)


@story
def test_a_group_job_goes_on_asking(tx: Transaction, cast: town.Cast) -> None:
    post, made = invited(tx, cast, offered(tx, cast), places=2)
    yes = responses.answer(tx, cast.other, post.id, "Ik kan ook.", LATER)
    matches.agree(tx, cast.poster, post.id, yes.id, LATER)
    assert kept_posts.get(tx, post.id).state is State.PROPOSED
    assert invites.accept(tx, cast.helper, made.id, "Ja.", LATER).state is ResponseState.ACCEPTED
    assert kept_posts.get(tx, post.id).state is State.AGREED


@story
def test_the_end_of_a_post_ends_its_invites(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    for end in (posts.close, posts.withdraw):
        post, made = invited(tx, cast, offered(tx, cast))
        there = invites.ask(tx, cast.broker, post.id, an_offer_of(tx, noord).id, NOON)
        end(tx, cast.poster, post.id, LATER)
        assert [state(tx, invite) for invite in (made, there)] == [InviteState.TAKEN] * 2
        assert "invite over to Merel" in written(tx)


@story
def test_a_smaller_audience_ends_the_invites_elsewhere(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, made = invited(tx, cast, offered(tx, cast))
    there = invites.ask(tx, cast.broker, post.id, an_offer_of(tx, noord).id, NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(audience="neighbourhood"), LATER)
    assert (state(tx, made), state(tx, there)) == (InviteState.PENDING, InviteState.TAKEN)
    assert kept_posts.get(tx, post.id).state is State.PROPOSED


@story
def test_its_day_ends_an_invite(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post, made = invited(tx, cast, offered(tx, cast))
    there = invites.ask(tx, cast.broker, post.id, an_offer_of(tx, noord).id, NOON)
    sent(tx)
    invites.expire(tx, made.expires - HOUR)
    assert state(tx, made) is InviteState.PENDING
    over = "over" in refused(tx, Conflict, invites.accept, cast.helper, made.id, "Ja.", made.expires)
    assert over
    assert invites.expire(tx, made.expires) == 2
    assert [state(tx, invite) for invite in (made, there)] == [InviteState.EXPIRED] * 2
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert written(tx) == ["invite over to Merel"]
    assert sent(tx) == []
    assert happened(tx, post.id).count(Happening.INVITE_OVER) == 2
    offer_again = invites.ask(tx, cast.broker, post.id, made.offer_id, made.expires)
    assert state(tx, offer_again) is InviteState.PENDING
    timers.tick(tx, made.expires)
    assert state(tx, offer_again) is InviteState.PENDING


@story
def test_an_invite_lasts_no_longer_than_its_post(tx: Transaction, cast: town.Cast) -> None:
    _, made = invited(tx, cast, offered(tx, cast), expires=NOON + 2 * HOUR)
    assert made.expires == NOON + 2 * HOUR


@story
def test_who_was_asked_is_forgotten_after_ninety_days(tx: Transaction, cast: town.Cast) -> None:
    _, said_no = invited(tx, cast, offered(tx, cast))
    invites.decline(tx, cast.helper, said_no.id, LATER)
    _, waits = invited(tx, cast, offered(tx, cast))
    cleaning.clean(tx, LATER + 90 * DAY)
    assert kept.of_post(tx, said_no.post_id) != []
    cleaning.clean(tx, LATER + 91 * DAY)
    assert kept.of_post(tx, said_no.post_id) == []
    assert kept.of_post(tx, waits.post_id) != []  # it ends first, by its own day
