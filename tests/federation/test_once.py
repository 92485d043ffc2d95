"""Exactly one agreement over the wire: a hundred times each, also when everything arrives twice, late, or
unheard."""

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from node.acts import matches, responses
from node.clock import now
from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.response import Response, ResponseState
from node.storage import deliveries
from node.storage import responses as kept
from node.storage.database import Transaction
from tests.acts.witness import sound
from tests.federation import by_hand
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, Held, Wire, those, until

TRIALS = 100
BATCH = 25
ANSWERS = ("Accept", "Reject")
Answered = dict[str, list[bytes]]


@dataclass(frozen=True)
class Trial:
    """A post in Centrum, and a yes to it from Noord and from Zuid: by the node that said it."""

    post: Post
    answers: dict[Place, Response]


async def prepare(nodes: Nodes, **change: Any) -> list[Trial]:
    """Post a few times, and have somebody on both other nodes say yes; nobody has sent a yes yet."""
    home, *others = nodes
    posts = await asyncio.gather(*(home.asks(f"Vraag {number}", **change) for number in range(BATCH)))
    await calm(nodes)
    for place in others:
        await place.stop()
    said = [await asyncio.gather(*(_yes(place, post) for post in posts)) for place in others]
    return [
        Trial(post, dict(zip(others, both, strict=True))) for post, *both in zip(posts, *said, strict=True)
    ]


async def _yes(place: Place, post: Post) -> Response:
    held = await place.post(post)
    assert held is not None, f"{post.title} did not reach {place.name}"
    return await place.database.writing(responses.answer, place.cast.helper, held.id, "Ik kom.", now())


@pytest.mark.slow
async def test_poster_and_broker_pick_at_once(trio: Nodes) -> None:
    home, *others = trio
    chance, by_whom = random.Random(1), Counter[int]()
    for _ in range(TRIALS // BATCH):
        trials = await prepare(trio)
        for place in others:
            place.start()
        await calm(trio)
        said = await asyncio.gather(*(_picked_twice(home, trial, chance) for trial in trials))
        by_whom.update(_the_one(answers) for answers in said)
        await calm(trio)
        await decided_once(trio, trials)
    assert all(by_whom[part] > TRIALS / 5 for part in (0, 1)), f"no race: {by_whom}"
    await _all_sound(trio)


async def _picked_twice(home: Place, trial: Trial, chance: random.Random) -> list[object]:
    """The poster picks one answer and the broker the other, in the same moment: what each gave or raised."""
    there = [await home.heard(answer) for answer in trial.answers.values()]
    picks = [
        home.database.writing(matches.agree, by, trial.post.id, answer.id, now())
        for by, answer in zip((home.cast.poster, home.cast.broker), there, strict=True)
    ]
    order = chance.sample((0, 1), 2)
    done = await asyncio.gather(*(picks[number] for number in order), return_exceptions=True)
    return [done[order.index(number)] for number in (0, 1)]


def _the_one(answers: list[object]) -> int:
    """Which of the two has it; the other heard that somebody helps already."""
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Match"], answers
    [refusal] = [answer for answer in answers if isinstance(answer, Conflict)]
    assert "Somebody already helps" in refusal.reason
    return next(number for number, answer in enumerate(answers) if isinstance(answer, Match))


@pytest.mark.slow
async def test_the_first_yes_has_it_whatever_the_wire_does(trio: Nodes) -> None:
    others, wire = trio.places[1:], trio.wire
    chance, by_whom = random.Random(2), Counter[str]()
    for _ in range(TRIALS // BATCH):
        trials = await prepare(trio, decide="first")
        with _bad_weather(wire, chance) as held:
            for place in others:
                place.start()
            await calm(trio, held, chance)
        by_whom.update(await decided_once(trio, trials))
        await _replays_change_nothing(trio, trials)
    lost = sum(exchange.error is not None for exchange in wire.log if exchange.kind == "Offer")
    assert lost > TRIALS / 20, f"the wire lost only {lost}"
    assert all(by_whom[place.name] > TRIALS / 5 for place in others), f"no race: {by_whom}"
    await _all_sound(trio)


@contextmanager
def _bad_weather(wire: Wire, chance: random.Random) -> Iterator[Held]:
    """Offers wait for each other, then they and the answers come twice or unheard, now and then."""

    def unheard(exchange: Exchange) -> bool:
        return exchange.kind in ("Offer", *ANSWERS) and chance.random() < 0.1

    def twice(exchange: Exchange) -> bool:
        return exchange.kind in ("Offer", *ANSWERS) and chance.random() < 0.5

    with wire.losing_replies(unheard), wire.doubling(twice), wire.holding(those("Offer")) as held:
        yield held


async def _replays_change_nothing(nodes: Nodes, trials: list[Trial]) -> None:
    """Each Offer comes once more, byte for byte: the home sends its answer once more, byte for byte."""
    home, before = nodes.places[0], answered(nodes)
    offers = {e.said["id"]: e.body for e in nodes.wire.log if e.kind == "Offer"}
    sent = [(place, answer.uri) for trial in trials for place, answer in trial.answers.items()]
    for place, uri in sent:
        assert (await by_hand.posted(home, offers[uri], place.door.keys.group)).status_code == 202
    await calm(nodes)
    after = answered(nodes)
    for _, uri in sent:
        assert len(after[uri]) > len(before[uri])
        assert set(after[uri]) == set(before[uri])
    await decided_once(nodes, trials)


async def decided_once(nodes: Nodes, trials: list[Trial]) -> list[str]:
    """Look whether all of these were; the names of those who have it."""
    said = answered(nodes)
    return [await _decided_once(nodes, trial, said) for trial in trials]


def answered(nodes: Nodes) -> Answered:
    """By each Offer: every Accept or Reject of it that went over the wire, byte for byte; no receipts."""
    found: Answered = defaultdict(list)
    for exchange in nodes.wire.log:
        if exchange.kind in ANSWERS and isinstance(offer := exchange.said["object"], str):
            found[offer].append(exchange.body)
    return found


async def _decided_once(nodes: Nodes, trial: Trial, said: Answered) -> str:
    """One helper has it and the other heard that it is taken, on the wire and everywhere. Who has it?"""
    home, *others = nodes
    [match] = await home.agreements(trial.post)
    by_state = {(await place.heard(answer)).state: place for place, answer in trial.answers.items()}
    assert by_state.keys() == {ResponseState.ACCEPTED, ResponseState.TAKEN}
    helper, late = by_state[ResponseState.ACCEPTED], by_state[ResponseState.TAKEN]
    assert (await home.heard(trial.answers[helper])).state is ResponseState.ACCEPTED
    too_late = await home.database.reading(kept.by_uri, trial.answers[late].uri)
    assert too_late is None or too_late.state is ResponseState.TAKEN
    assert await late.agreements(trial.post) == []
    [known] = await helper.agreements(trial.post)
    assert (known.uri, known.state) == (match.uri, match.state) == (match.uri, MatchState.AGREED)
    assert _words(said[trial.answers[helper].uri]) == ("Accept", None)
    assert _words(said[trial.answers[late].uri]) == ("Reject", "taken")
    for place in (home, *others):
        post = await place.post(trial.post)
        assert post is not None
        assert (post.state, post.places_left) == (State.AGREED, 0)
    return helper.name


def _words(said: list[bytes]) -> tuple[str, str | None]:
    """What was said to an Offer: always in the same bytes, so by one activity."""
    [body] = set(said)
    activity = json.loads(body)
    return activity["type"], activity.get("reason")


async def calm(nodes: Nodes, held: Held | None = None, chance: random.Random | None = None) -> None:
    """Wait until nothing is left to be sent, also not later; who waits for a host is woken at once."""
    wire = nodes.wire
    size, still = len(wire.log), 0  # for how many looks the wire is still

    async def over() -> bool:
        nonlocal size, still
        size, still = len(wire.log), still + 1 if size == len(wire.log) else 0
        if held is not None and chance is not None and (len(held) > 1 or still > 10):
            while held.waiting:
                held.let_go(chance.randrange(len(held)))
        return still % 10 == 9 and await _nothing_waits(nodes)

    await until(over, 60)


async def _nothing_waits(nodes: Nodes) -> bool:
    """Whether nothing is left to be sent anywhere; what waits for a host that did not answer is due now."""
    left = {place: await place.database.reading(_left) for place in nodes}
    for place, (_, failing) in left.items():
        if failing:
            await place.change("destinations", due=now())
    return not any(waiting for waiting, _ in left.values()) and not nodes.wire.under_way


def _left(tx: Transaction) -> tuple[int, int]:
    return deliveries.waiting(tx), len(deliveries.failing(tx))


async def _all_sound(nodes: Nodes) -> None:
    for place in nodes:
        await place.database.reading(sound)
    counted = [await place.count("matches") for place in nodes]
    assert counted[0] == TRIALS
    assert sum(counted[1:]) == TRIALS
