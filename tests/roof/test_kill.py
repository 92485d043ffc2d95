"""Nodes that are killed (SIGKILL) in the middle of their work, and started again: nothing is lost, nothing
happens twice."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from time import monotonic
from typing import Any

import httpx
import pytest

from node.demo.place import Place
from tests.roof import neighbours
from tests.roof.conftest import Run
from tests.roof.neighbours import Person, kill, own_uris, post_here, restart, rows, until, uris_from

POSTS, SENDERS = 200, 6
TRIALS = int(os.environ.get("KILL_TRIALS", "6"))  # the whole: KILL_TRIALS=200, see CONTRIBUTING.md
CATCH_UP_SECONDS = 40.0
Answers = dict[str, httpx.Response | None]


@pytest.fixture(scope="module")
async def places(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Place]]:
    """Three neighbourhoods that border on each other, each a process."""
    async with neighbours.running(tmp_path_factory.mktemp("town"), 3) as places:
        yield places


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        yield client


def nothing_is_double(places: list[Place]) -> None:
    """No message was queued twice for one node, no post was told of twice, no answer given twice."""
    twice = "GROUP BY {0} HAVING count(*) > 1"
    for place in places:
        for statement in (
            "SELECT activity_id FROM deliveries " + twice.format("activity_id, origin"),
            "SELECT post_uri FROM activities WHERE type = 'Create' " + twice.format("post_uri"),
            "SELECT object FROM activities WHERE type IN ('Accept', 'Reject') AND object LIKE '%/ap/a/%' "
            "AND post_uri IS NULL AND json_extract(facts, '$.receipts') IS NULL " + twice.format("object"),
            "SELECT uri FROM posts " + twice.format("uri"),
        ):
            assert rows(place, statement) == []


# A burst of posts


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1], ids=["home", "neighbour"])
async def test_a_burst_with_a_kill_in_it(places: list[Place], client: httpx.AsyncClient, number: int) -> None:
    home, *others = places
    poster, chance = Person(home, "resident", client), random.Random(number)
    killed = places[number]
    titles = [f"Vraag {n} van reeks {number}" for n in range(POSTS)]
    said: Answers = {}
    burst = asyncio.create_task(_burst(poster, titles, said))
    when = chance.randrange(POSTS // 4, POSTS * 3 // 4)
    await until(lambda: _true(len(said) >= when), 60)
    kill(killed)
    await restart(killed)
    await burst
    unanswered = [title for title in titles if said[title] is None]
    assert bool(unanswered) == (killed is home)
    await _burst(poster, [f"{title}, nog eens" for title in unanswered], said)
    uris = _acknowledged(said)
    assert len(uris) == POSTS
    await until(lambda: _true(all(_holds_all(other, home) for other in others)), CATCH_UP_SECONDS)
    _all_there_once(home, others, said)
    await until(lambda: _true(_nothing_waits(places)), CATCH_UP_SECONDS)
    nothing_is_double(places)


async def _true(found: object) -> object:
    return found


async def _burst(poster: Person, titles: list[str], said: Answers) -> None:
    """Post all of these over a few connections at once, and note what was answered."""
    left = iter(titles)

    async def sender() -> None:
        for title in left:
            said[title] = await poster.asks(title)

    await asyncio.gather(*(sender() for _ in range(SENDERS)))


def _acknowledged(said: Answers) -> dict[str, str]:
    """The ids of the posts that were answered 201, by title; nothing else was ever answered."""
    answered = {title: answer for title, answer in said.items() if answer is not None}
    assert {answer.status_code for answer in answered.values()} == {201}
    return {title: answer.json()["uri"] for title, answer in answered.items()}


def _holds_all(other: Place, home: Place) -> bool:
    return set(uris_from(other, home)) == set(own_uris(home))


def _all_there_once(home: Place, others: list[Place], said: Answers) -> None:
    """What was answered is there once, at home and at each neighbour; so is what nobody heard of any more."""
    for place in (home, *others):
        found = {row["uri"]: row["title"] for row in rows(place, "SELECT uri, title FROM posts")}
        times = Counter(found.values())
        for title, uri in _acknowledged(said).items():
            assert (found.get(uri), times[title]) == (title, 1)
        assert all(times[title] <= 1 for title in said)


def _nothing_waits(places: list[Place]) -> bool:
    return not any(rows(place, "SELECT id FROM deliveries WHERE state = 'pending'") for place in places)


# Exactly one agreement


@pytest.mark.slow
async def test_one_agreement_though_the_home_is_killed(
    places: list[Place], client: httpx.AsyncClient, run: Run
) -> None:
    chance = random.Random(3)
    for number in range(TRIALS):
        trial = _first_yes if number % 2 else _two_picks
        uri = await trial(places, client, chance, f"Proef {number}")
        await _decided_once(places, uri)
    nothing_is_double(places)
    for place in places:
        done = await asyncio.to_thread(run, "audit", "verify", "--dir", place.folder)
        assert done.returncode == 0, done.stderr


async def _shared(places: list[Place], client: httpx.AsyncClient, title: str, **more: Any) -> str:
    """Somebody at the home asks for help, and both neighbours hear of it."""
    home, *others = places
    answer = await Person(home, "resident", client).asks(title, **more)
    assert answer is not None
    assert answer.status_code == 201, answer.text
    uri = str(answer.json()["uri"])
    await until(lambda: _true(all(post_here(other, uri) for other in others)), CATCH_UP_SECONDS)
    return uri


async def _first_yes(
    places: list[Place], client: httpx.AsyncClient, chance: random.Random, title: str
) -> str:
    """Two helpers next door say yes at once to a post that takes the first, and its home dies over it."""
    home, *others = places
    uri = await _shared(places, client, title, decide="first")
    helpers = [Person(other, "resident", client) for other in others]
    said = await _with_a_kill(home, chance, *(helper.says_yes(uri) for helper in helpers))
    assert [answer is not None and answer.status_code for answer in said] == [201, 201]
    return uri


async def _two_picks(
    places: list[Place], client: httpx.AsyncClient, chance: random.Random, title: str
) -> str:
    """The poster picks one of two answers and the broker the other, and the node dies over it."""
    home, *others = places
    uri = await _shared(places, client, title)
    for other in others:
        answer = await Person(other, "resident", client).says_yes(uri)
        assert answer is not None
        assert answer.status_code == 201, answer.text
    post = post_here(home, uri)["id"]
    await until(lambda: _true(len(_answers_at(home, uri)) == 2), CATCH_UP_SECONDS)
    bodies = [{"request": post, "response": answer["id"]} for answer in _answers_at(home, uri)]
    people = [Person(home, part, client) for part in ("resident", "broker")]
    picks = [person.post("/matches", body) for person, body in zip(people, bodies, strict=True)]
    said = [answer.status_code for answer in await _with_a_kill(home, chance, *picks) if answer is not None]
    assert sorted(said) in ([], [201], [409], [201, 409])
    again = [await person.post("/matches", body) for person, body in zip(people, bodies, strict=True)]
    said += [answer.status_code for answer in again if answer is not None]
    assert said.count(201) <= 1, "two people heard that they have it"
    return uri


async def _with_a_kill(
    home: Place, chance: random.Random, *acts: Awaitable[httpx.Response | None]
) -> list[httpx.Response | None]:
    """Do these at once, kill the node in the middle of them, and start it again."""
    moment = monotonic() + chance.uniform(0.0, 0.15)
    doing = asyncio.gather(*acts)
    await until(lambda: _true(monotonic() >= moment), 5)
    kill(home)
    await restart(home)
    return list(await doing)


def _answers_at(place: Place, uri: str) -> list[dict[str, Any]]:
    statement = "SELECT r.* FROM responses r JOIN posts p ON r.post_id = p.id WHERE p.uri = ? ORDER BY r.uri"
    return rows(place, statement, uri)


def _agreements_at(place: Place, uri: str) -> list[str]:
    statement = "SELECT m.uri FROM matches m JOIN posts p ON m.post_id = p.id WHERE p.uri = ?"
    return [row["uri"] for row in rows(place, statement, uri)]


async def _decided_once(places: list[Place], uri: str) -> None:
    """One has it, the other heard that it is taken, and every copy says so."""
    home, *others = places

    def as_it_should() -> bool:
        at_home, *next_door = ([one["state"] for one in _answers_at(place, uri)] for place in places)
        agreed = {post_here(place, uri)["state"] for place in places} == {"agreed"}
        both = sorted(state for one in next_door for state in one) == ["accepted", "taken"]
        return both and agreed and sorted(at_home) in (["accepted"], ["accepted", "taken"])

    await until(lambda: _true(as_it_should()), CATCH_UP_SECONDS)
    [match] = _agreements_at(home, uri)
    assert [one for other in others for one in _agreements_at(other, uri)] == [match]
