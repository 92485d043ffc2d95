"""What leaves this node with a post: the fields of one list, and not a sign of anything else (V01)."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Text, insert, select

from node.acts import matches, posts, publish, responses, timers
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import State
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from node.storage.tables import activities, metadata
from tests import town
from tests.acts.test_answers import offer
from tests.acts.witness import story

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY

# What others may know of a post. Whoever adds a word here has thought about what it tells of a person.
PUBLIC = set(
    "uri page kind title text category audience urgency listing_state name party area_code area_name created "
    "updated expires decide places places_left language hub starts place".split()
)
ALLOWED = {
    "Create": PUBLIC,
    "Update": PUBLIC,
    "Delete": {"uri", "former", "audience", "hub", "deleted"},
    "Offer": {"party", "name", "text"},
    "Accept": {"node", "agreement", "post", "party", "name"},
    "Reject": {"node", "reason"},
    "Undo": {"node", "reason"},
}
# What goes out because it is meant to.
MEANT = {"title": "Een vraag", "text": "Een tekst", "answer": "Een antwoord", "reason": "Een reden"}


def everything(tx: Transaction, cast: town.Cast) -> None:
    """All that can send something, done once."""
    noord = town.neighbour(tx)
    said = {"title": MEANT["title"], "text": MEANT["text"]}
    post, second, third = (posts.post(tx, cast.poster, town.asks(**said), NOON) for _ in range(3))
    here = responses.answer(tx, cast.helper, post.id, "Kanarie van hier", NOON)
    there = kept_responses.by_uri(tx, offer(tx, noord, post, 1))
    assert there is not None
    match = matches.agree(tx, cast.broker, post.id, there.id, NOON)
    matches.cancel(tx, cast.poster, match.id, NOON, MEANT["reason"])
    again = responses.answer(tx, cast.other, post.id, "Kanarie van hier", NOON)
    matches.complete(tx, cast.poster, matches.agree(tx, cast.poster, post.id, again.id, NOON).id, NOON)
    copy = town.a_copy(noord)
    kept_posts.add(tx, copy)
    yes = responses.answer(tx, cast.helper, copy.id, MEANT["answer"], NOON)
    responses.withdraw(tx, cast.helper, yes.id, NOON, MEANT["reason"])
    posts.edit(tx, cast.poster, second.id, PostChange(title=MEANT["title"] + "!"), NOON)
    offer(tx, noord, second, 2)
    posts.close(tx, cast.poster, second.id, NOON)
    posts.withdraw(tx, cast.poster, third.id, NOON)
    timers.tick(tx, NOON + 40 * DAY)
    assert here.state == "pending"


def _facts(tx: Transaction) -> list[tuple[str, dict[str, Any]]]:
    return [
        (row[0], row[1])
        for row in tx.run(select(activities.c.type, activities.c.facts))
        if row[1] is not None
    ]


@story
def test_V01_every_message_says_what_it_may_and_no_more(tx: Transaction, cast: town.Cast) -> None:
    everything(tx, cast)
    found = _facts(tx)
    erased = {"Create", "Update"}  # with their posts
    assert {kind for kind, _ in found} == set(ALLOWED) - erased
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    posts.extend(tx, cast.poster, post.id, NOON + HOUR)
    for kind, facts in _facts(tx):
        assert set(facts) <= ALLOWED[kind], kind


@story
def test_V01_V04_a_canary_in_every_private_column_never_gets_out(tx: Transaction, cast: town.Cast) -> None:
    canaries = _sow(tx, cast)
    assert len(canaries) > 20
    everything(tx, cast)
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    responses.answer(tx, cast.helper, post.id, "Kanarie van hier", NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(title="Anders"), NOON)
    words = str(_facts(tx))
    private = [*canaries, "Kanarie van hier", *(person.id for person in cast.all().values())]
    assert [canary for canary in private if canary in words] == []


def _sow(tx: Transaction, cast: town.Cast) -> list[str]:
    """Write a word of its own into every text column of the tables about people, letters and the log."""
    canaries = []
    names = "invitations signin_links sessions tokens tries letters log lookups"
    for name in names.split():
        row: dict[str, Any] = {}
        for column in metadata.tables[name].columns:
            if column.name == "resident_id":
                row[column.name] = cast.poster.id
            elif type(column.type) is Text:
                canaries.append(f"Kanarie-{name}-{column.name}")
                row[column.name] = canaries[-1]
            elif column.name != "id":
                row[column.name] = _something(column.type)
        tx.run(insert(metadata.tables[name]), row)
    people = metadata.tables["residents"]
    canaries.append("kanarie@example.org")
    tx.run(people.update().where(people.c.id == cast.poster.id).values(email=canaries[-1]))
    return canaries


def _something(kind: Any) -> Any:
    by_name: dict[str, Any] = {
        "Moment": NOON + DAY,
        "Flag": False,
        "Document": {"post": "Kanarie-facts"},
        "Word": "posted",
    }
    return by_name.get(type(kind).__name__, 1)


def test_every_field_is_a_plain_value() -> None:
    facts = publish.facts_of(town.a_post(), "https://gemeente.example/ap/hub")
    assert set(facts) == PUBLIC
    assert {type(value) for value in facts.values()} == {str, int, type(None)}
    for moment in ("created", "updated", "expires"):
        assert datetime.fromisoformat(facts[moment]).utcoffset() is not None


def test_a_person_stands_behind_a_party_alone() -> None:
    assert "bea-id" not in str(publish.facts_of(town.a_post(author="bea-id"), None))


def test_what_is_never_sent_has_no_words_for_it() -> None:
    for state in (State.DRAFT, State.WITHDRAWN):
        with pytest.raises(KeyError):
            publish.facts_of(town.a_post(state=state), None)
