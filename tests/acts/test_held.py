"""Copies of a neighbour's posts: as their home says, and gone when it says so, or when their day has come."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from node.acts import held, matches, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.refusal import NotFound
from node.storage import matches as kept_matches
from node.storage import posts, seen, tombstones
from node.storage.database import Transaction
from tests import town
from tests.acts.test_answers import asked
from tests.acts.witness import happened, refused, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY


def take_in(tx: Transaction, node: Node, told: Post, number: int = 1, **change: Any) -> Post:
    """What the node says of its post, and later says anew."""
    told = replace(told, **change)
    held.take_in(tx, node, told, f"{node.origin}/ap/a/{number}", NOON)
    return told


def owed(tx: Transaction, node: Node) -> list[str]:
    """Which receipts the node is to get now."""
    return [uri.rsplit("/")[-1] for uri in seen.receipts_due(tx, NOON + DAY).get(node.id, [])]


@story
def test_a_neighbours_post_is_kept_and_confirmed(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord), 7)
    assert posts.see(tx, cast.poster, told.id, NOON) == told
    assert posts.listing(tx, cast.poster, posts.Filter(own=False), NOON) == [told]
    refused(tx, NotFound, posts.see, cast.outsider, told.id, NOON)
    assert happened(tx, told.id) == [Happening.RECEIVED]
    assert owed(tx, noord) == ["7"]
    assert owed(tx, noord) == []


@story
def test_receipts_go_at_most_once_a_minute_and_by_the_hundred(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    for number in range(150):
        seen.owe_receipt(tx, noord.id, f"{noord.origin}/ap/a/{number}", NOON)
    seen.owe_receipt(tx, zuid.id, f"{zuid.origin}/ap/a/1", NOON)
    assert seen.next_receipts(tx) == NOON
    assert {node: len(uris) for node, uris in seen.receipts_due(tx, NOON).items()} == {
        noord.id: 100,
        zuid.id: 1,
    }
    assert seen.next_receipts(tx) == NOON + seen.RECEIPTS_EVERY
    assert seen.receipts_due(tx, NOON + timedelta(seconds=59)) == {}
    [last] = seen.receipts_due(tx, NOON + seen.RECEIPTS_EVERY).values()
    assert last == [f"{noord.origin}/ap/a/{number}" for number in range(100, 150)]
    assert seen.next_receipts(tx) is None


@story
def test_a_stranger_brings_nothing_new(tx: Transaction, cast: town.Cast) -> None:
    borders: list[dict[str, Any]] = [{"we_claim": False}, {"they_claim": False}, {"our_follow": "pending"}]
    for number, border in enumerate(borders):
        node = town.neighbour(tx, f"node{number}", **border)
        told = take_in(tx, node, town.a_copy(node))
        assert posts.by_uri(tx, told.uri) is None


@story
def test_the_newest_word_counts(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    first = take_in(tx, noord, town.a_copy(noord))
    take_in(tx, noord, first, title="nieuw", updated=NOON + HOUR, id="another", created=NOON + HOUR)
    take_in(tx, noord, first, title="oud", updated=NOON + timedelta(minutes=30))
    take_in(tx, noord, first, title="zelfde", updated=NOON + HOUR)
    now = posts.get(tx, first.id)
    assert (now.title, now.updated, now.created, now.party) == ("nieuw", NOON + HOUR, NOON, first.party)
    assert happened(tx, first.id) == [Happening.RECEIVED, Happening.CHANGED_ELSEWHERE]


@story
def test_nobody_changes_what_is_not_theirs(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    told, ours = take_in(tx, noord, town.a_copy(noord)), asked(tx, cast)
    for post in (told, ours):
        take_in(tx, zuid, post, node_id=zuid.id, title="gekaapt", updated=NOON + HOUR)
        held.delete(tx, zuid, post.uri, f"{zuid.origin}/ap/a/2", NOON)
        assert posts.get(tx, post.id) == post
        assert not tombstones.buried(tx, post.uri)
    take_in(tx, noord, told, kind=Kind.OFFER, updated=NOON + HOUR)
    assert posts.get(tx, told.id) == told


@story
def test_a_former_neighbour_may_still_change_and_take_back(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord))
    former = replace(noord, we_claim=False)
    take_in(tx, former, told, title="nieuw", updated=NOON + HOUR)
    assert posts.get(tx, told.id).title == "nieuw"
    held.delete(tx, former, told.uri, f"{noord.origin}/ap/a/2", NOON)
    refused(tx, NotFound, posts.get, told.id)


@story
def test_what_was_deleted_stays_so(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told, never = take_in(tx, noord, town.a_copy(noord)), town.a_copy(noord)
    owed(tx, noord)
    for number, post in enumerate([told, never]):
        held.delete(tx, noord, post.uri, f"{noord.origin}/ap/a/{number}", NOON)
        take_in(tx, noord, post, title="terug", updated=NOON + HOUR)
        assert posts.by_uri(tx, post.uri) is None
    assert seen.receipts_due(tx, NOON + DAY + seen.RECEIPTS_EVERY)[noord.id] == [
        f"{noord.origin}/ap/a/{n}" for n in (0, 1)
    ]
    timers.tick(tx, NOON + 91 * DAY)
    assert not tombstones.buried(tx, told.uri)


@story
def test_a_post_that_its_home_shows_again_is_back(tx: Transaction, cast: town.Cast) -> None:
    """The border shut and opened again. Only what was seen there after the last Delete counts."""
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord))
    for hours in (1, 3):
        held.delete(tx, noord, told.uri, f"{noord.origin}/ap/a/{hours}", NOON + hours * HOUR)
    for hours, back in ((2, False), (4, True)):
        began = NOON + hours * HOUR
        held.take_in(tx, noord, told, f"{noord.origin}/ap/a/9", NOON + 5 * HOUR, began)
        assert (posts.by_uri(tx, told.uri) is not None) == back


@story
def test_a_stub_without_words_stays_for_the_answers_to_it(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord))
    answer = responses.answer(tx, cast.helper, told.id, "Ik kom.", NOON)
    held.delete(tx, noord, told.uri, f"{noord.origin}/ap/a/2", NOON)
    stub = posts.get(tx, told.id)
    assert (stub.title, stub.text, stub.author_name, stub.state) == ("", "", "", State.HIDDEN)
    refused(tx, NotFound, posts.see, cast.helper, told.id, NOON)
    matches.rejected(tx, noord, answer.uri, "closed", NOON)
    assert written(tx) == ["not needed to Merel"]


@story
def test_past_its_end_a_copy_goes_though_its_home_be_dead(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    bare, answered = (take_in(tx, noord, town.a_copy(noord)) for _ in range(2))
    responses.answer(tx, cast.helper, answered.id, "Ik kom.", NOON)
    end = bare.expires
    refused(tx, NotFound, posts.see, cast.helper, bare.id, end)  # not shown from its end on
    assert timers.tick(tx, end - timedelta(milliseconds=1)) == 0
    assert timers.tick(tx, end) == 2
    assert timers.tick(tx, end) == 0
    assert posts.by_uri(tx, bare.uri) is None
    assert posts.get(tx, answered.id).title == ""


@story
def test_a_later_end_brings_it_back(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    bare, answered = (take_in(tx, noord, town.a_copy(noord)) for _ in range(2))
    responses.answer(tx, cast.helper, answered.id, "Ik kom.", NOON)
    owed(tx, noord)
    timers.tick(tx, bare.expires)
    for number, told in enumerate([bare, answered]):
        longer = replace(told, expires=told.expires + 9 * DAY, updated=NOON + HOUR)
        held.take_in(tx, noord, longer, f"{noord.origin}/ap/a/{number}", told.expires)
    assert posts.see(tx, cast.helper, bare.id, bare.expires).title == bare.title
    assert posts.see(tx, cast.helper, answered.id, bare.expires).title == answered.title
    assert len(seen.receipts_due(tx, bare.expires + DAY)[noord.id]) == 2


@story
def test_what_is_over_when_it_comes_is_not_kept(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord), expires=NOON)
    assert posts.by_uri(tx, told.uri) is None


@story
def test_who_helped_hears_that_it_is_done(tx: Transaction, cast: town.Cast) -> None:
    """Also when the post is past its end by then."""
    noord = town.neighbour(tx)
    for end in (NOON + DAY, NOON):
        told = take_in(tx, noord, town.a_copy(noord))
        answer = responses.answer(tx, cast.helper, told.id, "Ik kom.", NOON)
        agreement = f"{noord.origin}/ap/g/{told.id}"
        matches.accepted(tx, noord, answer.uri, f"{noord.origin}/ap/a/{told.id}", agreement, NOON)
        take_in(tx, noord, told, state=State.AGREED, updated=NOON + HOUR)
        take_in(tx, noord, told, state=State.DONE, updated=NOON + 2 * HOUR, expires=end)
        [match] = [one for one in kept_matches.of_resident(tx, cast.helper.id) if one.uri == agreement]
        assert match.state == "done"
        assert posts.get(tx, told.id).title == (told.title if end > NOON else "")


@story
def test_an_end_that_was_brought_forward_counts(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord))
    take_in(tx, noord, told, state=State.EXPIRED, updated=NOON + HOUR, expires=NOON)
    assert posts.by_uri(tx, told.uri) is None
    assert not tombstones.buried(tx, told.uri)  # its home may still make it longer


@story
def test_what_only_stands_otherwise_does_not_say_anything_else(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx)
    told = take_in(tx, noord, town.a_copy(noord))
    take_in(tx, noord, told, 2, state=State.AGREED, places_left=0, updated=NOON + HOUR)
    take_in(tx, noord, told, 3, title="Iets anders", updated=NOON + 2 * HOUR)
    moved, changed = Happening.MOVED_ELSEWHERE, Happening.CHANGED_ELSEWHERE
    assert happened(tx, told.id) == [Happening.RECEIVED, moved, changed]
