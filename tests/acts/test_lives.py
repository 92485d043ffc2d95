"""Whatever people, neighbours and time do, in whatever order: refused in words, or a sound neighbourhood."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, create_engine, event, select

from node.acts import held, matches, moderation, nodes, posts, reports, responses, timers
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Node
from node.neighbourhood.post import State
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.report import ReportCategory
from node.neighbourhood.resident import Resident
from node.storage import nodes as kept_nodes
from node.storage import outbox
from node.storage.database import Transaction
from node.storage.tables import activities, metadata
from node.storage.tables import matches as all_matches
from node.storage.tables import posts as all_posts
from node.storage.tables import responses as all_responses
from tests import town
from tests.acts.witness import sound, story

T = TypeVar("T")
Choose = Callable[[Sequence[Any]], Any]
NOBODY = "0" * 32


@dataclass
class Life:
    """A neighbourhood in which `choose` decides who does what next."""

    tx: Transaction
    cast: town.Cast
    choose: Choose
    at: datetime = town.NOON
    number: int = 0
    neighbours: list[str] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=dict)

    def go_on(self) -> None:
        """One thing happens, or is refused; then it leaves no trace."""
        savepoint = self.tx.connection.begin_nested()
        try:
            getattr(self, self.choose(MOVES))()
        except Refusal:
            savepoint.rollback()
        else:
            savepoint.commit()
            self.look()

    def someone(self) -> Resident:
        cast = self.cast
        chosen: Resident = self.choose([cast.poster, cast.poster, cast.helper, cast.other, cast.broker])
        return chosen

    def some(self, table: Table, column: str = "id") -> str:
        """What stands in some row, or in none."""
        chosen = self.choose([*self.known[table.name], NOBODY])
        return str(self.tx.run(select(table.c[column]).where(table.c.id == chosen)).scalar() or NOBODY)

    def look(self) -> None:
        """Learn of the rows that came; one at a time, so in their order."""
        for table in (all_posts, all_responses, all_matches):
            known = self.known.setdefault(table.name, [])
            known += set(self.tx.run(select(table.c.id)).scalars()) - set(known)

    def some_node(self) -> Node:
        return kept_nodes.get(self.tx, self.choose(self.neighbours))

    def new_uri(self, node: Node, letter: str) -> str:
        self.number += 1
        return f"{node.origin}/ap/{letter}/{self.number}"

    # People

    def ask(self) -> None:
        change = {
            "audience": self.choose(["adjacent", "neighbourhood"]),
            "decide": self.choose(["choose", "first"]),
            "places": self.choose([1, 2, 3]),
        }
        draft = self.choose([town.asks, town.offers])(**change)
        posts.post(self.tx, self.someone(), draft, self.at)

    def edit(self) -> None:
        change = self.choose(
            [
                PostChange(places=1),
                PostChange(places=3),
                PostChange(audience="neighbourhood"),
                PostChange(audience="adjacent", places=2),
                PostChange(decide="first"),
                PostChange(title="Anders", expires=self.at + 2 * town.HOUR),
            ]
        )
        posts.edit(self.tx, self.someone(), self.some(all_posts), change, self.at)

    def end(self) -> None:
        act = self.choose([posts.close, posts.reopen, posts.extend, posts.pause, posts.withdraw])
        act(self.tx, self.someone(), self.some(all_posts), self.at)

    def answer(self) -> None:
        responses.answer(self.tx, self.someone(), self.some(all_posts), "Ik kom.", self.at)

    def answer_about(self) -> None:
        act = self.choose([responses.withdraw, responses.decline])
        act(self.tx, self.someone(), self.some(all_responses), self.at)

    def agree(self) -> None:
        matches.agree(self.tx, self.someone(), self.some(all_posts), self.some(all_responses), self.at)

    def agree_on_one(self) -> None:
        """As `agree`, with an answer that belongs to the post."""
        answer = self.some(all_responses)
        post = self.tx.run(select(all_responses.c.post_id).where(all_responses.c.id == answer)).scalar()
        matches.agree(self.tx, self.someone(), post or NOBODY, answer, self.at)

    def match_about(self) -> None:
        act = self.choose([matches.cancel, matches.complete])
        act(self.tx, self.someone(), self.some(all_matches), self.at)

    def report(self) -> None:
        word = self.choose(["spam", "privacy"])
        reports.report(self.tx, self.someone(), self.some(all_posts), word, "", self.at)

    def judge(self) -> None:
        by, post = self.cast.supervisor, self.some(all_posts)
        what = self.choose(["hide", "hide", "remove", "ask", "stays", "stays"])
        if what == "stays":
            moderation.dismiss(self.tx, by, post, "Dit mag.", "", self.at)
        else:
            moderation.uphold(self.tx, by, post, what, "Reclame.", "", self.at)

    # Neighbours

    def flagged(self) -> None:
        node, post = self.some_node(), self.some(all_posts, "uri")
        uri, category = self.new_uri(node, "a"), ReportCategory.SPAM
        reports.flagged(self.tx, node, node.origin, uri, [post], category, "", self.at)

    def flag_decided(self) -> None:
        """A neighbour answers a Flag of ours."""
        node = self.some_node()
        uris = select(activities.c.uri).where(activities.c.type == "Flag").order_by(activities.c.created)
        flag = outbox.by_uri(self.tx, self.choose([*self.tx.run(uris).scalars(), NOBODY]))
        if flag is not None:
            reports.answered(self.tx, node, flag, self.choose([True, False]), "Goed.", self.at)

    def offered(self) -> None:
        node, post = self.some_node(), self.some(all_posts, "uri")
        uri, party = self.new_uri(node, "a"), self.new_uri(node, "p")
        responses.offered(self.tx, node, uri, post, party, "Kees", "Ik kom.", self.at)

    def undone(self) -> None:
        uri = self.some(all_responses, "uri")
        responses.undone(self.tx, self.some_node(), uri, self.at, "ziek")

    def told(self) -> None:
        """A neighbour has a post, or says anew how it is."""
        node = self.some_node()
        state = self.choose([State.OPEN, State.AGREED, State.DONE, State.CLOSED])
        later = self.at + timedelta(milliseconds=self.number)
        there = {"state": state, "updated": later, "expires": self.at + town.DAY}
        copies = self.tx.run(select(all_posts.c.uri).where(all_posts.c.node_id == node.id)).scalars().all()
        uri = self.choose([*sorted(copies), self.new_uri(node, "o")])
        held.take_in(self.tx, node, town.a_copy(node, uri=uri, **there), self.new_uri(node, "a"), self.at)

    def decided(self) -> None:
        """A neighbour says yes or no to an answer, or takes it back."""
        node, uri = self.some_node(), self.some(all_responses, "uri")
        accept = f"{node.origin}/ap/a/{uri[-32:]}"
        act = self.choose(["yes", "no", "back", "gone"])
        if act == "yes":
            matches.accepted(self.tx, node, uri, accept, f"{node.origin}/ap/g/{uri[-32:]}", self.at)
        elif act == "no":
            matches.rejected(self.tx, node, uri, "taken", self.at)
        elif act == "back":
            matches.undone(self.tx, node, accept, self.at, None)
        else:
            held.delete(self.tx, node, self.some(all_posts, "uri"), self.new_uri(node, "a"), self.at)

    def border(self) -> None:
        node, operator = self.some_node(), self.cast.operator
        act = self.choose([nodes.end, nodes.block, nodes.unblock, nodes.say_yes])
        act(self.tx, operator, node.id, self.at)

    def border_there(self) -> None:
        node = self.some_node()
        nodes.follow_accepted(self.tx, node, self.at)
        nodes.followed(self.tx, kept_nodes.get(self.tx, node.id), self.new_uri(node, "a"), self.at)
        nodes.claimed(self.tx, node.id, self.choose([True, True, False]), self.at)

    # Time

    def time(self) -> None:
        self.at += self.choose([*[timedelta(0), town.HOUR] * 3, town.DAY, 31 * town.DAY])
        timers.tick(self.tx, self.at)


MOVES = [
    name
    for name in vars(Life)
    if not name.startswith(("_", "some", "new_", "go_on", "look")) and callable(getattr(Life, name))
]
MOVES += ["ask", "answer", "agree_on_one", "offered", "told", "border_there"] * 2  # more of what makes a life


def start(tx: Transaction, cast: town.Cast, choose: Choose) -> Life:
    names = [town.neighbour(tx, name).id for name in ("noord", "zuid")]
    life = Life(tx, cast, choose, neighbours=names)
    life.look()
    return life


@pytest.fixture(scope="module")
def memory() -> Iterator[Connection]:
    """A database in memory: quick enough for hundreds of lives."""
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        metadata.create_all(connection)
        connection.commit()
        yield connection
    engine.dispose()


@given(st.data(), st.integers(5, 40))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_life_is_sound(memory: Connection, data: st.DataObject, steps: int) -> None:
    with memory.begin() as whole:
        tx = Transaction(memory, town.home())
        life = start(tx, town.people(tx), lambda options: data.draw(st.sampled_from(options)))
        for _ in range(steps):
            life.go_on()
        sound(tx)
        whole.rollback()


@story
def test_a_long_life_is_sound_and_full(tx: Transaction, cast: town.Cast) -> None:
    """On both databases; and so much happens in it that every kind of message is sent."""
    kinds: set[str] = set()
    for seed in range(3):
        savepoint = tx.connection.begin_nested()
        life = start(tx, cast, Random(seed).choice)
        for _ in range(300):
            life.go_on()
        sound(tx)
        kinds |= set(tx.run(select(activities.c.type)).scalars())
        savepoint.rollback()
    assert kinds == {"Create", "Update", "Delete", "Offer", "Accept", "Reject", "Undo", "Follow", "Flag"}
