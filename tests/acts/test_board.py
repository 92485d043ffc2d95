"""What a broker does from the board for somebody else: closing with an explanation, handing over."""

from node.acts import board, matches, posts, responses
from node.neighbourhood.post import State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import ResponseState
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.acts.test_invites import asked
from tests.acts.witness import refused, sent, story, told, written

NOON, HOUR = town.NOON, town.HOUR
LATER = NOON + HOUR


@story
def test_a_broker_closes_with_an_explanation(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kan.", NOON)
    written(tx)
    for _ in range(2):
        closed = board.close_for(tx, cast.broker, post.id, " De gemeente doet het. ", LATER)
        assert closed.state is State.CLOSED
    assert sorted(written(tx)) == ["closed for you to Bea", "not needed to Merel"]
    assert sent(tx) == [f"Update to {noord.name}"]
    assert kept_responses.get(tx, yes.id).state is ResponseState.DECLINED


@story
def test_who_may_not_close_for_another(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    for name, who in cast.all().items():
        if name == "outsider":
            refused(tx, NotFound, board.close_for, who, post.id, "Klaar.", LATER)
        elif name not in ("poster", "broker"):
            refused(tx, NotAllowed, board.close_for, who, post.id, "Klaar.", LATER)
    for words in ("", " ", "x" * 501, "a\x07"):
        assert "words" in refused(tx, Invalid, board.close_for, cast.broker, post.id, words, LATER)
    held = town.a_copy(noord)
    kept_posts.add(tx, held)
    assert "decides about it" in refused(tx, Conflict, board.close_for, cast.broker, held.id, "Klaar.", LATER)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kan.", NOON)
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    assert "going to help" in refused(tx, Conflict, board.close_for, cast.broker, post.id, "Klaar.", LATER)


@story
def test_a_broker_hands_a_request_to_a_professional(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    post = asked(tx, cast)
    responses.answer(tx, cast.helper, post.id, "Ik kan.", NOON)
    sent(tx), written(tx)
    referred = board.refer(tx, cast.broker, post.id, "Het wijkteam belt je maandag.", LATER)
    assert referred.state is State.REFERRED
    again = board.refer(tx, cast.broker, post.id, "Het wijkteam belt je maandag.", LATER)
    assert again == referred, "the button was pressed twice"
    assert sorted(written(tx)) == ["not needed to Merel", "referred to Bea"]
    assert sent(tx) == [f"Update to {noord.name}"]
    assert told(tx, "Update")["listing_state"] == "hidden"
    for name, who in cast.all().items():
        if name != "poster":
            refused(tx, NotFound, kept_posts.see, who, post.id, LATER)
    assert posts.close(tx, cast.poster, post.id, LATER) == referred, "closing it would show it again"
    assert posts.reopen(tx, cast.poster, post.id, LATER + HOUR).state is State.OPEN
    assert kept_posts.see(tx, cast.helper, post.id, LATER + HOUR).id == post.id


@story
def test_who_may_not_hand_a_request_over(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    for name, who in cast.all().items():
        if name != "broker":
            kind = NotFound if name == "outsider" else NotAllowed
            refused(tx, kind, board.refer, who, post.id, "Het wijkteam.", LATER)
    assert "words" in refused(tx, Invalid, board.refer, cast.broker, post.id, " ", LATER)
    board.refer(tx, cast.broker, post.id, "Het wijkteam.", LATER)
    refused(tx, NotFound, board.refer, cast.supervisor, post.id, "Het wijkteam.", LATER)
