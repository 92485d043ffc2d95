"""What a broker does from the board for somebody else: closing with an explanation."""

from node.acts import board, matches, responses
from node.neighbourhood.post import State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import ResponseState
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.acts.test_invites import asked
from tests.acts.witness import refused, sent, story, written

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
