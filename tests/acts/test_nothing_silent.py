"""Whatever people do and however time passes: no letter twice or too soon, nothing further at night or
without consent, and nothing forgotten."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Connection, create_engine, event, literal_column, select

from node.acts import matches, pace, posts, responses, timers
from node.neighbourhood.draft import PostChange
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import Membership, NodeKind
from node.neighbourhood.post import ANSWERABLE, RINGS, Audience, Kind, Post, State
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.timers import What, due
from node.storage import idle, tables
from node.storage import matches as kept_matches
from node.storage import posts as kept
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from tests import town
from tests.acts.test_lives import Choose
from tests.acts.witness import sound, story

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
HERE = ZoneInfo("Europe/Amsterdam")
STEPS = [timedelta(minutes=7), HOUR, 5 * HOUR, DAY, 3 * DAY, 14 * DAY, 40 * DAY]
PUT_OFF = {What.RELEASE, What.NO_RESPONSE, What.NOBODY}  # until the morning, or the brokers' next letter
DOINGS = ["ask", "ask", "answer", "answer", "about_answer", "agree", "about_match", "change", "end"]


@dataclass
class Wait:
    """A neighbourhood in which `choose` decides who does what, and how long it is quiet after that."""

    tx: Transaction
    cast: town.Cast
    choose: Choose
    at: datetime = NOON
    sent: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    told: dict[str, datetime] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)

    def go_on(self) -> None:
        """Something happens, or is refused; then time passes."""
        savepoint = self.tx.connection.begin_nested()
        try:
            getattr(self, self.choose(DOINGS))()
        except Refusal:
            savepoint.rollback()
        else:
            savepoint.commit()
        self.tx.run(tables.letters.delete())
        if self.choose([True, False]):
            self.at += self.choose(STEPS)
            self.tick()
        self.nothing_is_forgotten()

    # What people do

    def ask(self) -> None:
        change = {
            "audience": self.choose(["neighbourhood", "adjacent", "municipality"]),
            "urgency": self.choose(["urgent", "week", "whenever"]),
            "widen": self.choose([True, True, False]),
            "places": self.choose([1, 1, 2]),
            "when": self.choose(["", "", f"{self.at:%Y-%m-%d}", f"{self.at + 20 * DAY:%Y-%m-%d}"]),
            "expires": self.choose([None, self.at + 2 * HOUR, self.at + 3 * DAY, self.at + 50 * DAY]),
        }
        draft = self.choose([town.asks, town.asks, town.offers])(**change)
        posts.post(self.tx, self.someone(), draft, self.at)

    def answer(self) -> None:
        responses.answer(self.tx, self.someone(), self.a_post(), "Ik kom.", self.at)

    def about_answer(self) -> None:
        act = self.choose([responses.withdraw, responses.decline])
        act(self.tx, self.someone(), self.an_answer(), self.at)

    def agree(self) -> None:
        answer = self.an_answer()
        post = kept_responses.get(self.tx, answer).post_id
        matches.agree(self.tx, self.cast.broker, post, answer, self.at)

    def about_match(self) -> None:
        act = self.choose([matches.cancel, matches.complete])
        act(self.tx, self.cast.broker, self.some(tables.matches), self.at)

    def change(self) -> None:
        change = self.choose(
            [
                PostChange(title="Anders"),
                PostChange(widen=True),
                PostChange(widen=False),
                PostChange(expires=self.at + 2 * DAY),
                PostChange(expires=self.at + 20 * DAY),
                PostChange(audience="neighbourhood"),
                PostChange(audience="adjacent"),
                PostChange(places=2),
                PostChange(when=f"{self.at + 4 * DAY:%Y-%m-%d}"),
            ]
        )
        posts.edit(self.tx, self.someone(), self.a_post(), change, self.at)

    def end(self) -> None:
        act = self.choose(
            [
                posts.close,
                posts.solve_elsewhere,
                posts.reopen,
                posts.reopen,
                posts.extend,
                posts.pause,
                posts.withdraw,
            ]
        )
        act(self.tx, self.someone(), self.a_post(), self.at)

    def someone(self) -> Any:
        return self.choose([self.cast.poster, self.cast.poster, self.cast.helper, self.cast.other])

    def a_post(self) -> str:
        return self.some(tables.posts)

    def an_answer(self) -> str:
        return self.some(tables.responses)

    def some(self, table: Any) -> str:
        """One of these rows; those of one moment in the order in which they were made, for ids are random."""
        made: ColumnElement[Any] = literal_column(
            "rowid" if self.tx.connection.dialect.name == "sqlite" else "ctid"
        )
        there = self.tx.run(select(table.c.id).order_by(table.c.created, made)).scalars().all()
        return str(there[self.choose(range(len(there)))]) if there else "0" * 32

    # What time does

    def tick(self) -> None:
        """All that is due, at once; each letter and each ring is looked at."""
        goes = 0
        while True:
            before = {post.id: post for post in self.own()}
            touched = timers.tick(self.tx, self.at)
            self.look(before)
            goes += 1
            if not touched:
                return
            assert goes < 20, "it does not come to an end"

    def look(self, before: dict[str, Post]) -> None:
        rows = self.tx.run(select(tables.letters).order_by(tables.letters.c.id)).mappings().all()
        self.tx.run(tables.letters.delete())
        for row in rows:
            if row["what"] == "not needed":  # it ended with somebody still waiting
                continue
            look = getattr(self, f"_{row['what'].replace(' ', '_')}")
            self.kinds.add(row["what"])
            post = kept.get(self.tx, row["facts"]["post"]) if "post" in row["facts"] else None
            key = look(post, row["resident_id"])
            self.sent[key] += 1
            assert self.sent[key] == 1, f"twice: {key}"
        for post in self.own():
            was = before[post.id]
            if was.audience is not post.audience:
                assert self.sent["released", post.id, self.at] == 1, "it went further, and nobody was told"
                self.further(was, post)

    def _ends_soon(self, post: Post, to: str) -> tuple[Any, ...]:
        self.open_and_theirs(post, to)
        assert post.created < post.expires - 7 * DAY <= self.at < post.expires - DAY
        return "soon", post.id, post.expires

    def _ends_tomorrow(self, post: Post, to: str) -> tuple[Any, ...]:
        self.open_and_theirs(post, to)
        assert post.created < post.expires - DAY <= self.at < post.expires
        return "tomorrow", post.id, post.expires

    def _day_past(self, post: Post, to: str) -> tuple[Any, ...]:
        self.open_and_theirs(post, to)
        assert post.when is not None
        assert post.when.over(HERE) <= self.at < post.expires <= self.at + 3 * DAY
        assert not self.running(post)
        return "past", post.id, post.when

    def _idle(self, _: None, to: str) -> tuple[Any, ...]:
        """Whoever reads it comes back."""
        assert idle.away(self.tx, to, self.at - 183 * DAY)
        idle.seen(self.tx, to, self.at)
        return "idle", to, self.at

    def _not_chosen(self, post: Post, to: str) -> tuple[Any, ...]:
        self.open_and_theirs(post, to)
        oldest = kept_responses.pending(self.tx, post.id)[0]
        assert oldest.created + 2 * DAY <= self.at
        return "chosen", post.id, oldest.created

    def _released(self, post: Post, to: str) -> tuple[Any, ...]:
        self.open_and_theirs(post, to)
        return "released", post.id, self.at

    def _worked_out(self, post: Post, to: str) -> tuple[Any, ...]:
        assert to == post.author
        newest = max(match.created for match in self.running(post))
        return "worked", post.id, newest, self.which(newest)

    def _helped(self, post: Post, to: str) -> tuple[Any, ...]:
        theirs = [m for m in self.running(post) if kept_responses.get(self.tx, m.response_id).resident == to]
        assert theirs
        return "helped", theirs[0].id, self.which(max(match.created for match in self.running(post)))

    def which(self, agreed: datetime) -> int:
        """The first or the second time that both are asked."""
        assert agreed + DAY <= self.at
        return 2 if agreed + 7 * DAY <= self.at else 1

    def _board(self, _: None, to: str) -> tuple[Any, ...]:
        return self.once_a_day("board", to, lambda post, since: since + 4 * HOUR)

    def _choose(self, _: None, to: str) -> tuple[Any, ...]:
        return self.once_a_day("choose", to, lambda post, since: since + 10 * DAY)

    def once_a_day(self, what: str, to: str, waits: Any) -> tuple[Any, ...]:
        assert to == self.cast.broker.id
        assert self.told.get(what, NOON - 9 * DAY) <= self.at - DAY
        self.told[what] = self.at
        alone = [p for p in self.own() if self.is_alone(p)]
        assert any(waits(post, pace.stand(self.tx, post).since) <= self.at for post in alone)
        return what, self.at

    def further(self, was: Post, now: Post) -> None:
        """One ring further: with consent, while nobody answered, by day, and once a day."""
        local = self.at.astimezone(HERE)
        assert was.widen
        assert was.kind is Kind.REQUEST
        assert was.state in (State.OPEN, State.RELEASED)
        assert not kept_responses.pending(self.tx, was.id)
        assert RINGS.index(now.audience) == RINGS.index(was.audience) + 1
        assert now.audience is not Audience.PUBLIC
        assert 8 <= local.hour < 20
        assert was.released is None or was.released.astimezone(HERE).date() < local.date()
        shortest = {"urgent": DAY, "week": 3 * DAY, "whenever": 7 * DAY}[was.urgency]
        assert (was.released or was.created) + shortest <= self.at

    def open_and_theirs(self, post: Post, to: str) -> None:
        assert post.state in ANSWERABLE
        assert to == post.author

    # What is always so

    def nothing_is_forgotten(self) -> None:
        """Every post that lives has the timers of the rule; an open one always has one that is still to
        come, and who waits too long for anybody is on the board by the brokers' letter."""
        for post in self.own():
            there = self.rows(post)
            stand = pace.stand(self.tx, post)
            wanted = due(post, stand, self.tx.home.pace, self.tx.home.zone)
            assert set(there) == set(wanted), (post.state, there, wanted)
            for what in set(there) - PUT_OFF:
                assert there[what] in (None, wanted[what])
            if post.state in ANSWERABLE:
                assert there[What.END] == post.expires
            if self.is_alone(post) and What.NOBODY in there:
                told = there[What.NOBODY] is None
                assert (
                    told or self.at < stand.since + 12 * DAY or not self.ticked_since(stand.since + 11 * DAY)
                )
            if post.state is State.AGREED:
                assert {What.AFTERCARE, What.AFTERCARE_LAST} == set(there)

    def ticked_since(self, moment: datetime) -> bool:
        last = self.told.get("choose")
        return last is not None and last > moment

    def is_alone(self, post: Post) -> bool:
        waits = post.state in ANSWERABLE and post.kind is Kind.REQUEST
        return waits and not self.running(post) and not kept_responses.pending(self.tx, post.id)

    def running(self, post: Post) -> list[Any]:
        return [m for m in kept_matches.of_post(self.tx, post.id) if m.state is MatchState.AGREED]

    def own(self) -> list[Post]:
        ids = set(self.tx.run(select(tables.posts.c.id).where(tables.posts.c.title != "")).scalars())
        return sorted(kept.known(self.tx, ids).values(), key=lambda post: post.party)

    def rows(self, post: Post) -> dict[What, datetime | None]:
        mine = select(tables.timers).where(tables.timers.c.subject == post.id)
        return {What(row["what"]): row["due"] for row in self.tx.run(mine).mappings()}


def start(tx: Transaction, cast: town.Cast, choose: Choose) -> Wait:
    here = Transaction(tx.connection, replace(tx.home, zone=HERE))
    town.neighbour(here)
    hub = {"kind": NodeKind.HUB, "we_claim": False, "membership": Membership.MEMBER}
    town.neighbour(here, "stad", **hub)
    return Wait(here, cast, choose)


@pytest.fixture(scope="module")
def memory() -> Iterator[Connection]:
    """A database in memory: quick enough for hundreds of lives."""
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        tables.metadata.create_all(connection)
        connection.commit()
        yield connection
    engine.dispose()


@given(st.data(), st.integers(5, 30))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_wait_comes_to_an_end(memory: Connection, data: st.DataObject, steps: int) -> None:
    with memory.begin() as whole:
        tx = Transaction(memory, town.home())
        life = start(tx, town.people(tx), lambda options: data.draw(st.sampled_from(options)))
        for _ in range(steps):
            life.go_on()
        sound(tx)
        whole.rollback()


@story
def test_in_long_lives_every_letter_is_written(tx: Transaction, cast: town.Cast) -> None:
    """On both databases; as many lives as that takes, and at most twelve."""
    wanted = {
        "day past",
        "idle",
        "ends soon",
        "ends tomorrow",
        "not chosen",
        "released",
        "worked out",
        "helped",
        "board",
        "choose",
    }
    kinds: set[str] = set()
    for seed in range(12):
        savepoint = tx.connection.begin_nested()
        life = start(tx, cast, Random(seed).choice)
        for _ in range(80):
            life.go_on()
        kinds |= life.kinds
        savepoint.rollback()
        if kinds == wanted:
            break
    assert kinds == wanted
