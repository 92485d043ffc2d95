"""Contact details: kept for oneself, shown to the other of an agreement, taken back."""

from dataclasses import replace

from node.acts import contacts, matches, responses
from node.neighbourhood.activity import Happening
from node.neighbourhood.contact import Contact, Elsewhere
from node.neighbourhood.match import Match
from node.neighbourhood.node import Node
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Invalid, NotFound
from node.neighbourhood.response import Response
from node.storage import contacts as kept
from node.storage import outbox, threads
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from node.storage.tables import residents
from tests import town
from tests.acts.test_answers import a_copy, asked, offer
from tests.acts.witness import happened, refused, sent, story, written

NOON, HOUR = town.NOON, town.HOUR
PHONE, ADDRESS = "0199-00 12 34", "Lindelaan 12\n9999 ZZ Dorp"
ALL = frozenset({"phone", "email", "address"})


def agreed(tx: Transaction, cast: town.Cast) -> tuple[Post, Response, Match]:
    """Bea and Merel agreed. Both wrote down how to reach them."""
    post = asked(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    match = matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    for who in (cast.poster, cast.helper):
        contacts.keep(tx, who, PHONE, ADDRESS)
    sent(tx), written(tx)
    return post, yes, match


def agreed_next_door(tx: Transaction, cast: town.Cast) -> tuple[Node, Response, str]:
    """Bea and somebody next door agreed; the id of the Accept."""
    node, post = town.neighbour(tx), asked(tx, cast)
    uri = offer(tx, node, post)
    yes = kept_responses.by_uri(tx, uri)
    assert yes is not None
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    contacts.keep(tx, cast.poster, PHONE, ADDRESS)
    accept = outbox.answer_to(tx, uri)
    assert accept is not None
    sent(tx), written(tx)
    return node, yes, accept.uri


def helping_next_door(tx: Transaction, cast: town.Cast) -> tuple[Node, Response]:
    """Merel and somebody next door agreed, there."""
    node = town.neighbour(tx)
    yes = responses.answer(tx, cast.helper, a_copy(tx, node).id, "Ik kom.", NOON)
    accept, agreement = f"{node.origin}/ap/a/yes", f"{node.origin}/ap/g/1"
    matches.accepted(tx, node, yes.uri, accept, agreement, NOON)
    contacts.keep(tx, cast.helper, PHONE, ADDRESS)
    sent(tx), written(tx)
    return node, yes


def looks(tx: Transaction, response: Response) -> int:
    return happened(tx, response.id).count(Happening.CONTACT_SEEN)


# One's own


@story
def test_a_number_and_an_address_are_kept_and_forgotten(tx: Transaction, cast: town.Cast) -> None:
    contacts.keep(tx, cast.outsider, " 0199-00  12 34 ", ADDRESS)
    assert kept.of(tx, cast.outsider.id) == Contact("Otto", PHONE, "otto@example.org", ADDRESS)
    contacts.keep(tx, cast.outsider, "", "")
    assert kept.of(tx, cast.outsider.id) == Contact("Otto", None, "otto@example.org", None)
    refused(tx, Invalid, contacts.keep, cast.poster, "bel me", "")


# Both here


@story
def test_the_other_sees_what_was_chosen_and_no_more(tx: Transaction, cast: town.Cast) -> None:
    post, yes, _ = agreed(tx, cast)
    assert contacts.look(tx, cast.helper, yes.id, NOON) is None
    contacts.release(tx, cast.poster, yes.id, frozenset({"phone"}), NOON)
    assert written(tx) == ["contact released to Merel"]
    assert contacts.look(tx, cast.helper, yes.id, NOON) == Contact("Bea", PHONE)
    assert contacts.look(tx, cast.poster, yes.id, NOON) is None, "each releases separately"
    contacts.release(tx, cast.poster, yes.id, ALL, NOON)
    assert contacts.look(tx, cast.helper, yes.id, NOON) == Contact("Bea", PHONE, "bea@example.org", ADDRESS)
    assert sent(tx) == []
    assert Happening.CONTACT_SEEN not in happened(tx, post.id), "a broker reads what happened to the post"


@story
def test_H03_every_look_is_recorded_for_who_was_looked_at(tx: Transaction, cast: town.Cast) -> None:
    _, yes, _ = agreed(tx, cast)
    for who in (cast.poster, cast.helper):
        contacts.release(tx, who, yes.id, ALL, NOON)
    for hours in (1, 2):
        contacts.look(tx, cast.helper, yes.id, NOON + hours * HOUR)
    assert kept.looks(tx, threads.see(tx, cast.poster, yes.id)) == [NOON + 2 * HOUR, NOON + HOUR]
    assert kept.looks(tx, threads.see(tx, cast.helper, yes.id)) == []
    assert looks(tx, yes) == 2


@story
def test_taking_back_works_at_once(tx: Transaction, cast: town.Cast) -> None:
    _, yes, _ = agreed(tx, cast)
    contacts.release(tx, cast.poster, yes.id, ALL, NOON)
    contacts.take_back(tx, cast.poster, yes.id, NOON)
    contacts.take_back(tx, cast.poster, yes.id, NOON)
    assert contacts.look(tx, cast.helper, yes.id, NOON) is None
    assert happened(tx, yes.id) == [Happening.CONTACT_RELEASED, Happening.CONTACT_TAKEN_BACK]
    contacts.release(tx, cast.poster, yes.id, frozenset({"email"}), NOON)
    assert contacts.look(tx, cast.helper, yes.id, NOON) == Contact("Bea", email="bea@example.org")


@story
def test_V02_it_ends_with_the_agreement(tx: Transaction, cast: town.Cast) -> None:
    post, yes, match = agreed(tx, cast)
    contacts.release(tx, cast.poster, yes.id, ALL, NOON)
    matches.cancel(tx, cast.helper, match.id, NOON)
    refused(tx, Conflict, contacts.look, cast.helper, yes.id, NOON)
    refused(tx, Conflict, contacts.release, cast.poster, yes.id, ALL, NOON)
    again = responses.answer(tx, cast.helper, post.id, "Toch wel.", NOON)
    refused(tx, Conflict, contacts.release, cast.poster, again.id, ALL, NOON)
    matches.agree(tx, cast.poster, post.id, again.id, NOON)
    assert contacts.look(tx, cast.helper, again.id, NOON) is None, "a new agreement is a new choice"


@story
def test_what_is_not_known_cannot_be_shown(tx: Transaction, cast: town.Cast) -> None:
    _, yes, _ = agreed(tx, cast)
    contacts.keep(tx, cast.poster, PHONE, "")
    refused(tx, Invalid, contacts.release, cast.poster, yes.id, frozenset({"address"}), NOON)
    refused(tx, Invalid, contacts.release, cast.poster, yes.id, frozenset(), NOON)
    contacts.release(tx, cast.poster, yes.id, frozenset({"phone"}), NOON)
    contacts.keep(tx, cast.poster, "", "")
    assert contacts.look(tx, cast.helper, yes.id, NOON) == Contact("Bea"), (
        "what is forgotten is shown to nobody"
    )


@story
def test_V02_nobody_else_can_choose_or_look(tx: Transaction, cast: town.Cast) -> None:
    _, yes, _ = agreed(tx, cast)
    contacts.release(tx, cast.poster, yes.id, ALL, NOON)
    for part in set(cast.all()) - {"poster", "helper"}:
        who = cast.all()[part]
        refused(tx, NotFound, contacts.look, who, yes.id, NOON)
        refused(tx, NotFound, contacts.release, who, yes.id, ALL, NOON)
        refused(tx, NotFound, contacts.take_back, who, yes.id, NOON)
    assert looks(tx, yes) == 0


# Over the border


@story
def test_who_looks_next_door_asks_there(tx: Transaction, cast: town.Cast) -> None:
    node, yes, _ = agreed_next_door(tx, cast)
    assert contacts.look(tx, cast.poster, yes.id, NOON) == Elsewhere(node.id, yes.uri)
    assert looks(tx, yes) == 0, "it is recorded where it is shown"
    assert sent(tx) == []


@story
def test_the_poster_s_stand_under_the_accept(tx: Transaction, cast: town.Cast) -> None:
    node, yes, accept = agreed_next_door(tx, cast)
    third = town.neighbour(tx, "zuid")
    assert contacts.looked_at(tx, node, accept, NOON) is None
    contacts.release(tx, cast.poster, yes.id, frozenset({"phone"}), NOON)
    assert written(tx) == [], "the other is at another node, and no message says it"
    assert contacts.looked_at(tx, node, accept, NOON) == Contact("Bea", PHONE)
    assert contacts.looked_at(tx, third, accept, NOON) is None
    assert contacts.looked_at(tx, node, yes.uri, NOON) is None, "that id is the other's"
    assert contacts.looked_at(tx, node, f"{node.origin}/ap/a/none", NOON) is None
    assert kept.looks(tx, threads.see(tx, cast.poster, yes.id)) == [NOON]
    contacts.take_back(tx, cast.poster, yes.id, NOON)
    assert contacts.looked_at(tx, node, accept, NOON) is None


@story
def test_the_helper_s_stand_under_the_offer(tx: Transaction, cast: town.Cast) -> None:
    node, yes = helping_next_door(tx, cast)
    third = town.neighbour(tx, "zuid")
    assert contacts.look(tx, cast.helper, yes.id, NOON) == Elsewhere(node.id, f"{node.origin}/ap/a/yes")
    contacts.release(tx, cast.helper, yes.id, ALL, NOON)
    whole = Contact("Merel", PHONE, "merel@example.org", ADDRESS)
    assert contacts.looked_at(tx, node, yes.uri, NOON) == whole
    assert contacts.looked_at(tx, third, yes.uri, NOON) is None
    matches.undone(tx, node, f"{node.origin}/ap/a/yes", NOON, None)
    assert contacts.looked_at(tx, node, yes.uri, NOON) is None


@story
def test_an_answer_of_two_people_here_is_nothing_to_other_nodes(tx: Transaction, cast: town.Cast) -> None:
    _, yes, match = agreed(tx, cast)
    for who in (cast.poster, cast.helper):
        contacts.release(tx, who, yes.id, ALL, NOON)
    node = town.neighbour(tx)
    for uri in (yes.uri, match.uri):
        assert contacts.looked_at(tx, node, uri, NOON) is None


@story
def test_an_agreement_called_off_at_home_shows_nothing(tx: Transaction, cast: town.Cast) -> None:
    node, yes, accept = agreed_next_door(tx, cast)
    contacts.release(tx, cast.poster, yes.id, ALL, NOON)
    post = kept_posts.get(tx, yes.post_id)
    responses.undone(tx, node, yes.uri, NOON, None)
    assert contacts.looked_at(tx, node, accept, NOON) is None
    assert post.author == cast.poster.id


@story
def test_there_is_a_bound_to_looking(tx: Transaction, cast: town.Cast) -> None:
    node, yes, accept = agreed_next_door(tx, cast)
    contacts.release(tx, cast.poster, yes.id, ALL, NOON)
    shown = [contacts.looked_at(tx, node, accept, NOON) for _ in range(contacts.LOOKS_AN_HOUR + 5)]
    assert sum(one is not None for one in shown) == looks(tx, yes) == contacts.LOOKS_AN_HOUR
    assert contacts.looked_at(tx, node, accept, NOON + 2 * HOUR) is not None


@story
def test_only_the_name_and_what_was_chosen_are_ever_given(tx: Transaction, cast: town.Cast) -> None:
    """Whatever else stands with a person, such as a mail address taken away: only the four."""
    node, yes, accept = agreed_next_door(tx, cast)
    tx.run(residents.update().where(residents.c.id == cast.poster.id).values(email=None))
    contacts.release(tx, cast.poster, yes.id, frozenset({"phone"}), NOON)
    shown = contacts.looked_at(tx, node, accept, NOON)
    assert shown == replace(Contact("Bea"), phone=PHONE)
