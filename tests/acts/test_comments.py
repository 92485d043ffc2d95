"""Public answers to a notice: who may give, delete and hide one, here and over the border."""

from node.acts import comments, nodes, posts, responses
from node.neighbourhood import notice
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound
from node.neighbourhood.response import Response, ResponseState
from node.storage import posts as kept_posts
from node.storage import responses as kept
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
LATER = NOON + HOUR
SHOWN, HIDDEN, GONE = ResponseState.ACCEPTED, ResponseState.DECLINED, ResponseState.WITHDRAWN


def told_here(tx: Transaction, cast: town.Cast, **change: str) -> Post:
    """Bea put up a notice, and that news is out."""
    post = posts.post(tx, cast.poster, town.tells(**change), NOON)
    sent(tx)
    return post


def reply(tx: Transaction, node: Node, post: Post, number: int = 1, text: str = "Die is van mij.") -> str:
    """Kees of that node answers in public; the id of his Note."""
    uri = f"{node.origin}/ap/m/{number}"
    comments.said(tx, node, uri, post.uri, f"{node.origin}/ap/p/{number}", "Kees", text, NOON)
    return uri


def shown(tx: Transaction, post: Post) -> list[str]:
    return [one.text for one in kept.page(tx, post.id, None, None, 100, SHOWN)]


def state(tx: Transaction, response: Response) -> ResponseState:
    return kept.get(tx, response.id).state


# Here


@story
def test_a_public_answer_is_there_at_once_and_changes_nothing_else(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast)
    made = responses.answer(tx, cast.helper, post.id, " Die is van Jan. ", LATER)
    assert (made.state, made.text, made.name) == (SHOWN, "Die is van Jan.", "Merel")
    assert kept_posts.get(tx, post.id) == post
    assert written(tx) == ["answered to Bea"]
    assert sent(tx) == [], "no copy is sent to anybody"
    assert happened(tx, post.id) == [Happening.POSTED, Happening.ANSWERED]


@story
def test_everybody_may_say_several_things_the_poster_too(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast)
    first = responses.answer(tx, cast.helper, post.id, "Een.", LATER)
    again = responses.answer(tx, cast.helper, post.id, "Twee.", LATER)
    assert first.party == again.party
    written(tx)
    responses.answer(tx, cast.poster, post.id, "Dank je.", LATER)
    assert written(tx) == [], "nobody is told what they said themselves"
    assert sorted(shown(tx, post)) == ["Dank je.", "Een.", "Twee."]


@story
def test_who_may_not_answer(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast, audience="public")
    refused(tx, NotAllowed, responses.answer, cast.outsider, post.id, "Ik ook.", LATER)
    near = told_here(tx, cast, title="Alleen hier", audience="neighbourhood")
    refused(tx, NotFound, responses.answer, cast.outsider, near.id, "Ik ook.", LATER)
    refused(tx, Invalid, responses.answer, cast.helper, post.id, " ", LATER)
    posts.close(tx, cast.poster, post.id, LATER)
    assert "no longer open" in refused(tx, Conflict, responses.answer, cast.helper, post.id, "Hoi", LATER)


@story
def test_a_notice_is_no_chat(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast)
    for number in range(notice.ANSWERS_EACH):
        responses.answer(tx, cast.helper, post.id, f"Nummer {number}", LATER)
    refused(tx, Conflict, responses.answer, cast.helper, post.id, "Nog een", LATER)
    responses.answer(tx, cast.other, post.id, "Ik mag nog wel.", LATER)


@story
def test_the_poster_and_a_supervisor_may_hide_and_nobody_else(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast)
    one = responses.answer(tx, cast.helper, post.id, "Lelijk.", LATER)
    two = responses.answer(tx, cast.helper, post.id, "Ook lelijk.", LATER)
    for by in (cast.helper, cast.other, cast.broker, cast.operator, cast.booster, cast.outsider):
        refused(tx, NotAllowed, responses.decline, by, one.id, LATER)
    responses.decline(tx, cast.poster, one.id, LATER)
    responses.decline(tx, cast.supervisor, two.id, LATER)
    responses.decline(tx, cast.supervisor, two.id, LATER)  # pressed twice
    assert (state(tx, one), state(tx, two)) == (HIDDEN, HIDDEN)
    assert shown(tx, post) == []
    assert happened(tx, post.id)[-2:] == [Happening.ANSWER_HIDDEN] * 2


@story
def test_who_wrote_it_may_delete_it_also_when_hidden(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast)
    one = responses.answer(tx, cast.helper, post.id, "Vergissing.", LATER)
    for by in (cast.poster, cast.other, cast.supervisor, cast.broker):
        refused(tx, NotAllowed, responses.withdraw, by, one.id, LATER)
    responses.decline(tx, cast.poster, one.id, LATER)
    gone = responses.withdraw(tx, cast.helper, one.id, LATER)
    assert (gone.state, gone.text) == (GONE, "")
    assert responses.withdraw(tx, cast.helper, one.id, LATER) == gone
    assert responses.decline(tx, cast.supervisor, one.id, LATER).state is GONE


# From elsewhere


@story
def test_a_neighbour_answers_and_takes_it_back(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = told_here(tx, cast, audience="adjacent")
    uri = reply(tx, north, post)
    assert shown(tx, post) == ["Die is van mij."]
    assert written(tx) == ["answered to Bea"]
    assert sent(tx) == []
    south = town.neighbour(tx, "zuid")
    assert not comments.deleted(tx, south, uri, LATER), "only its own node"
    assert shown(tx, post) == ["Die is van mij."]
    assert comments.deleted(tx, north, uri, LATER)
    assert shown(tx, post) == []
    reply(tx, north, post)
    assert shown(tx, post) == [], "what was deleted stays so"


@story
def test_whoever_may_not_hold_the_notice_is_not_heard(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast, audience="adjacent")
    stranger = town.neighbour(tx, "ver", we_claim=False)
    reply(tx, stranger, post)
    here = told_here(tx, cast, title="Alleen hier", audience="neighbourhood")
    reply(tx, town.neighbour(tx), here, 2)
    blocked = town.neighbour(tx, "weg", blocked=True)
    reply(tx, blocked, post, 3)
    assert (shown(tx, post), shown(tx, here), sent(tx), written(tx)) == ([], [], [], [])
    wide = told_here(tx, cast, title="Voor iedereen", audience="public")
    reply(tx, stranger, wide, 4)
    assert shown(tx, wide) == ["Die is van mij."], "of what is public any node may say something"


@story
def test_a_public_answer_is_for_notices_alone(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    asked = posts.post(tx, cast.poster, town.asks(), NOON)
    event = posts.post(tx, cast.poster, town.plans(), NOON)
    for number, post in enumerate((asked, event)):
        reply(tx, north, post, number)
        assert kept.of_post(tx, post.id) == []


@story
def test_a_flood_from_elsewhere_ends(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = told_here(tx, cast, audience="adjacent")
    for number in range(notice.ANSWERS_MOST + 5):
        reply(tx, north, post, number)
    assert len(kept.of_post(tx, post.id)) == notice.ANSWERS_MOST
    long = told_here(tx, cast, title="Lang", audience="adjacent")
    reply(tx, north, long, 10_000, "x" * 5000)
    assert kept.of_post(tx, long.id) == []


# To elsewhere


@story
def test_to_a_notice_of_next_door_it_goes_to_its_home_alone(tx: Transaction, cast: town.Cast) -> None:
    north, _ = town.neighbour(tx), town.neighbour(tx, "zuid")
    copy = town.a_copy(north, kind=Kind.NOTICE, places=0, places_left=0)
    kept_posts.add(tx, copy)
    made = responses.answer(tx, cast.helper, copy.id, "Gezien bij de brug.", NOON)
    assert sent(tx) == ["Create to Noord"]
    facts = told(tx, "Create")
    assert facts == {
        "reply": copy.uri,
        "party": made.party,
        "name": "Merel",
        "text": "Gezien bij de brug.",
    }
    refused(tx, Conflict, responses.decline, cast.supervisor, made.id, LATER)
    responses.withdraw(tx, cast.helper, made.id, LATER)
    assert sent(tx) == ["Delete to Noord"]
    assert told(tx, "Delete")["uri"] == made.uri


@story
def test_of_a_notice_that_is_taken_back_nothing_is_read(tx: Transaction, cast: town.Cast) -> None:
    post = told_here(tx, cast, audience="adjacent")
    responses.answer(tx, cast.helper, post.id, "Hoi", LATER)
    written(tx)
    posts.withdraw(tx, cast.poster, post.id, LATER)
    assert written(tx) == []
    refused(tx, NotFound, responses.answer, cast.helper, post.id, "Hoi", LATER)


@story
def test_a_block_ends_it_on_both_sides(tx: Transaction, cast: town.Cast) -> None:
    north = town.neighbour(tx)
    post = told_here(tx, cast, audience="adjacent")
    reply(tx, north, post)
    copy = town.a_copy(north, kind=Kind.NOTICE, places=0, places_left=0)
    kept_posts.add(tx, copy)
    made = responses.answer(tx, cast.helper, copy.id, "Gezien bij de brug.", NOON)
    written(tx)
    nodes.block(tx, cast.operator, north.id, LATER)
    assert shown(tx, post) == []
    assert state(tx, made) is GONE
    assert kept_posts.get(tx, post.id).state is State.OPEN
    assert kept_posts.get(tx, post.id).audience is Audience.ADJACENT
    assert written(tx) == []
