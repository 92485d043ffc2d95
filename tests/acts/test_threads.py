"""What a poster and one helper write to each other, here and over the border."""

from dataclasses import replace
from datetime import timedelta

from node.acts import matches, responses, threads
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.neighbourhood.response import Response
from node.neighbourhood.thread import IN_ALL_MOST, LATELY_MOST, Side
from node.storage import nodes as kept_nodes
from node.storage import outbox
from node.storage import responses as kept_responses
from node.storage import threads as kept
from node.storage.database import Transaction
from node.storage.tables import log, messages
from tests import town
from tests.acts.test_answers import a_copy, asked, offer
from tests.acts.witness import happened, refused, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
SECRET = "mijn sleutel ligt onder de mat"


def answered(tx: Transaction, cast: town.Cast) -> tuple[Post, Response]:
    """Merel answered Bea, and that news is out."""
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    sent(tx), written(tx)
    return post, yes


def from_next_door(tx: Transaction, cast: town.Cast) -> tuple[Node, Response]:
    """Somebody next door answered Bea."""
    node, post = town.neighbour(tx), asked(tx, cast)
    uri = offer(tx, node, post)
    sent(tx), written(tx)
    response = kept_responses.by_uri(tx, uri)
    assert response is not None
    return node, response


def texts(tx: Transaction, response: Response) -> list[str]:
    return [message.text for message in reversed(kept.page(tx, response.id, None, 100))]


# Here


@story
def test_the_two_write_to_each_other(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    first = threads.write(tx, cast.poster, yes.id, "Kan het om elf uur?", NOON)
    second = threads.write(tx, cast.helper, yes.id, "Ja!", NOON)
    assert (first.side, second.side) == (Side.POSTER, Side.HELPER)
    assert first.created < second.created, "the order is that of writing, also within a moment"
    assert texts(tx, yes) == ["Kan het om elf uur?", "Ja!"]
    assert written(tx) == ["wrote to Merel", "wrote to Bea"]
    assert happened(tx, yes.id) == [Happening.WROTE, Happening.WROTE]
    assert sent(tx) == []


@story
def test_one_letter_until_it_is_read(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    for _ in range(2):
        threads.write(tx, cast.poster, yes.id, "Ben je er?", NOON)
    last = threads.write(tx, cast.poster, yes.id, "Hallo?", NOON)
    assert written(tx) == ["wrote to Merel"]
    assert kept.unread(tx, cast.helper.id) == {yes.id: 3}
    assert kept.unread(tx, cast.poster.id) == {}
    threads.read(tx, cast.helper, yes.id, last.created)
    assert kept.unread(tx, cast.helper.id) == {}
    threads.write(tx, cast.poster, yes.id, "Hallo?", NOON)
    assert written(tx) == ["wrote to Merel"]
    assert kept.unread(tx, cast.helper.id, yes.id) == {yes.id: 1}
    threads.write(tx, cast.helper, yes.id, "Ja hoor.", NOON)
    assert kept.unread(tx, cast.helper.id) == {}, "who answers has read it"


@story
def test_nobody_else_is_in_it_whatever_their_office(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    message = threads.write(tx, cast.poster, yes.id, SECRET, NOON)
    others = set(cast.all()) - {"poster", "helper"}
    assert {"broker", "supervisor", "operator", "outsider", "other"} <= others
    for part in others:
        who = cast.all()[part]
        there = refused(tx, NotFound, kept.see, who, yes.id)
        assert there == refused(tx, NotFound, kept.see, who, "nowhere")
        refused(tx, NotFound, threads.write, who, yes.id, "Ik lees mee.", NOON)
        refused(tx, NotFound, threads.read, who, yes.id, NOON)
        gone = refused(tx, NotFound, threads.take_back, who, message.id, NOON)
        assert gone == refused(tx, NotFound, threads.take_back, who, "nowhere", NOON)
        assert kept.unread(tx, who.id) == {}
        assert kept.listing(tx, who.id, 100) == []
    refused(tx, NotFound, kept.see, None, yes.id)


@story
def test_no_book_holds_a_word_of_it(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    threads.write(tx, cast.poster, yes.id, SECRET, NOON)
    assert SECRET not in repr(tx.run(log.select()).all())


@story
def test_one_takes_back_what_one_wrote_oneself(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    message = threads.write(tx, cast.poster, yes.id, SECRET, NOON)
    refused(tx, NotAllowed, threads.take_back, cast.helper, message.id, NOON)
    threads.take_back(tx, cast.poster, message.id, NOON + HOUR)
    threads.take_back(tx, cast.poster, message.id, NOON + 2 * HOUR)
    after = kept.get(tx, message.id)
    assert (after.text, after.deleted) == ("", NOON + HOUR)
    assert kept.unread(tx, cast.helper.id) == {}
    assert sent(tx) == []


@story
def test_it_closes_when_the_answer_or_the_agreement_is_over(tx: Transaction, cast: town.Cast) -> None:
    post, yes = answered(tx, cast)
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    matches.cancel(tx, cast.poster, match.id, NOON)
    threads.write(tx, cast.helper, yes.id, "Jammer!", NOON + 29 * DAY)
    words = refused(tx, Conflict, threads.write, cast.helper, yes.id, "En nu?", NOON + 30 * DAY)
    assert words.startswith("This conversation is closed")
    again = responses.answer(tx, cast.other, post.id, "Ik dan?", NOON)
    responses.decline(tx, cast.poster, again.id, NOON)
    refused(tx, Conflict, threads.write, cast.other, again.id, "Waarom niet?", NOON)
    assert kept.see(tx, cast.other, again.id).post.id == post.id, "reading goes on"


@story
def test_what_cannot_be_sent_is_refused(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    for text in ("", "a" * 4001, "bel \x07"):
        refused(tx, Invalid, threads.write, cast.poster, yes.id, text, NOON)


@story
def test_nobody_floods_the_other(tx: Transaction, cast: town.Cast) -> None:
    _, yes = answered(tx, cast)
    for _ in range(LATELY_MOST):
        threads.write(tx, cast.poster, yes.id, "Hallo?", NOON)
    refused(tx, TooMany, threads.write, cast.poster, yes.id, "Hallo?", NOON)
    threads.write(tx, cast.helper, yes.id, "Rustig!", NOON)
    threads.write(tx, cast.poster, yes.id, "Sorry.", NOON + HOUR + timedelta(seconds=1))
    tx.run(messages.update().values(created=NOON - DAY))
    row = {"response_id": yes.id, "side": Side.POSTER, "text": "x", "created": NOON - DAY}
    tx.run(messages.insert(), [{"id": f"m{n}", "uri": f"m{n}", **row} for n in range(IN_ALL_MOST)])
    refused(tx, Conflict, threads.write, cast.poster, yes.id, "Nog een.", NOON)


@story
def test_the_list_has_what_was_written_last_first(tx: Transaction, cast: town.Cast) -> None:
    post, yes = answered(tx, cast)
    other = responses.answer(tx, cast.other, post.id, "Ik ook.", NOON)
    assert kept.listing(tx, cast.poster.id, 10) == []
    threads.write(tx, cast.helper, yes.id, "Een", NOON)
    threads.write(tx, cast.other, other.id, "Twee", NOON + HOUR)
    found = kept.listing(tx, cast.poster.id, 10)
    assert [(one.response_id, one.unread) for one in found] == [(other.id, 1), (yes.id, 1)]
    assert [one.response_id for one in kept.listing(tx, cast.helper.id, 10)] == [yes.id]
    assert len(kept.listing(tx, cast.poster.id, 1)) == 1


# Over the border


@story
def test_who_lives_next_door_gets_it_and_nobody_else(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    town.neighbour(tx, "zuid")
    message = threads.write(tx, cast.poster, yes.id, "Elf uur?", NOON)
    assert sent(tx) == [f"Create to {node.name}"]
    assert written(tx) == []
    create = outbox.latest(tx, "Create", message.uri)
    assert create is not None
    assert create.facts == {"uri": message.uri, "context": yes.uri, "text": "Elf uur?"}


@story
def test_what_comes_from_next_door_is_kept_once(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    uri = f"{node.origin}/ap/m/1"
    threads.arrived(tx, node, uri, yes.uri, "Elf uur?", NOON)
    threads.arrived(tx, node, uri, yes.uri, "Twaalf uur?", NOON)
    assert texts(tx, yes) == ["Elf uur?"]
    assert written(tx) == ["wrote to Bea"]
    [entry] = kept.page(tx, yes.id, None, 9)
    assert (entry.uri, entry.side) == (uri, Side.HELPER)


@story
def test_only_the_other_home_of_the_answer_is_heard(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    third = town.neighbour(tx, "zuid")
    _, here = answered(tx, cast)
    threads.arrived(tx, third, f"{third.origin}/ap/m/1", yes.uri, "Ik ben het.", NOON)
    threads.arrived(tx, node, f"{node.origin}/ap/m/2", here.uri, "Mag ik mee?", NOON)
    threads.arrived(tx, node, f"{node.origin}/ap/m/3", f"{node.origin}/ap/a/none", "Hallo?", NOON)
    assert texts(tx, yes) == texts(tx, here) == []
    assert written(tx) == []


@story
def test_what_comes_too_late_or_too_much_is_dropped(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    for number in range(LATELY_MOST + 5):
        threads.arrived(tx, node, f"{node.origin}/ap/m/{number}", yes.uri, "Hallo?", NOON)
    assert len(texts(tx, yes)) == LATELY_MOST
    threads.arrived(tx, node, f"{node.origin}/ap/m/long", yes.uri, "a" * 4001, NOON + 2 * HOUR)
    threads.arrived(tx, node, f"{node.origin}/ap/m/none", yes.uri, " ", NOON + 2 * HOUR)
    responses.decline(tx, cast.poster, yes.id, NOON)
    threads.arrived(tx, node, f"{node.origin}/ap/m/late", yes.uri, "Nog iets.", NOON + 2 * HOUR)
    assert len(texts(tx, yes)) == LATELY_MOST


@story
def test_the_other_node_takes_back_its_own(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    uri = f"{node.origin}/ap/m/1"
    threads.arrived(tx, node, uri, yes.uri, "Elf uur?", NOON)
    assert threads.taken_back(tx, node, uri, NOON)
    assert texts(tx, yes) == [""]
    assert threads.taken_back(tx, node, f"{node.origin}/ap/m/2", NOON), "before it came"
    threads.arrived(tx, node, f"{node.origin}/ap/m/2", yes.uri, "Toch niet.", NOON)
    assert texts(tx, yes) == [""]
    assert not threads.taken_back(tx, node, f"{node.origin}/ap/o/2", NOON)


@story
def test_what_is_taken_back_before_it_left_never_leaves(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    message = threads.write(tx, cast.poster, yes.id, SECRET, NOON)
    threads.take_back(tx, cast.poster, message.id, NOON)
    assert sent(tx) == [f"Delete to {node.name}"]
    assert told(tx, "Delete") == {
        "uri": message.uri,
        "former": "Note",
        "deleted": "2026-11-03T12:00:00.000Z",
    }
    create = outbox.latest(tx, "Create", message.uri)
    assert create is not None
    assert (create.facts, create.body) == (None, None)


@story
def test_our_helper_writes_to_the_home_of_the_post(tx: Transaction, cast: town.Cast) -> None:
    node = town.neighbour(tx)
    copy = a_copy(tx, node)
    yes = responses.answer(tx, cast.helper, copy.id, "Ik kom.", NOON)
    sent(tx)
    threads.write(tx, cast.helper, yes.id, "Elf uur?", NOON)
    assert sent(tx) == [f"Create to {node.name}"]
    threads.arrived(tx, node, f"{node.origin}/ap/m/1", yes.uri, "Goed!", NOON)
    assert texts(tx, yes) == ["Elf uur?", "Goed!"]
    assert written(tx) == ["wrote to Merel"]


@story
def test_nobody_writes_to_a_node_that_is_blocked(tx: Transaction, cast: town.Cast) -> None:
    node, yes = from_next_door(tx, cast)
    kept_nodes.save(tx, replace(node, blocked=True))
    refused(tx, Conflict, threads.write, cast.poster, yes.id, "Hallo?", NOON)
