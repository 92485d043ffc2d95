"""Exactly one agreement for a place, whoever picks and however many do so at once: a hundred times."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from node.acts import matches, posts, residents, responses
from node.neighbourhood.draft import PostChange
from node.neighbourhood.match import Match
from node.neighbourhood.node import Node
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict, Refusal
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.roles import Role
from node.storage import matches as kept
from node.storage import outbox
from node.storage import posts as kept_posts
from node.storage import residents as kept_residents
from node.storage import responses as kept_responses
from node.storage.database import Database, Transaction
from tests import town
from tests.acts.witness import sound

NOON = town.NOON
TRIALS = 100


@dataclass(frozen=True)
class Trial:
    """A post with two answers from here and two from next door."""

    post: Post
    here: list[Response]
    offers: list[tuple[Node, str]]


def prepare(tx: Transaction, /, cast: town.Cast, trials: int, answered: bool, **change: Any) -> list[Trial]:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    made = []
    for number in range(trials):
        post = posts.post(tx, cast.poster, town.asks(**change), NOON)
        helpers = (cast.helper, cast.other) if answered else ()
        here = [responses.answer(tx, who, post.id, "Ik kom.", NOON) for who in helpers]
        made.append(Trial(post, here, [(node, f"{node.origin}/ap/a/{number}") for node in (noord, zuid)]))
    return made


async def at_once(*acts: Coroutine[Any, Any, object]) -> list[object]:
    """What each gave or raised."""
    return await asyncio.wait_for(asyncio.gather(*acts, return_exceptions=True), 60)


def live(tx: Transaction, trial: Trial) -> list[Match]:
    return kept.of_post(tx, trial.post.id)


def offer(database: Database, trial: Trial, number: int) -> Coroutine[Any, Any, None]:
    """Somebody next door says yes."""
    node, uri = trial.offers[number]
    party = f"{node.origin}/ap/p/{uri.rsplit('/')[-1]}"
    return database.writing(responses.offered, node, uri, trial.post.uri, party, "Kees", "Ik kom.", NOON)


async def test_poster_and_broker_pick_at_once(database: Database, cast: town.Cast) -> None:
    for trial in await database.writing(prepare, cast, TRIALS, True):
        first, second = trial.here
        answers = await at_once(
            database.writing(matches.agree, cast.poster, trial.post.id, first.id, NOON),
            database.writing(matches.agree, cast.broker, trial.post.id, second.id, NOON),
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Match"]
        [refusal] = [answer for answer in answers if isinstance(answer, Conflict)]
        assert "Somebody already helps" in refusal.reason
        [match] = await database.reading(live, trial)
        assert match in answers
    await database.reading(sound)


async def test_both_pick_the_same_helper(database: Database, cast: town.Cast) -> None:
    for trial in await database.writing(prepare, cast, 20, True, places=2):
        both = (
            database.writing(matches.agree, by, trial.post.id, trial.here[0].id, NOON)
            for by in (cast.poster, cast.broker)
        )
        answers = await at_once(*both)
        assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Match"]
        assert len(await database.reading(live, trial)) == 1
    await database.reading(sound)


async def test_the_first_yes_of_two_nodes_has_it(database: Database, cast: town.Cast) -> None:
    def answers_to(tx: Transaction, trial: Trial) -> list[str]:
        found = [outbox.answer_to(tx, uri) for _, uri in trial.offers]
        return [
            f"{answer.type} {(answer.facts or {}).get('reason')}" for answer in found if answer is not None
        ]

    for trial in await database.writing(prepare, cast, TRIALS, False, decide="first"):
        said = await at_once(offer(database, trial, 0), offer(database, trial, 1))
        assert said == [None, None]
        assert sorted(await database.reading(answers_to, trial)) == ["Accept None", "Reject taken"]
        assert len(await database.reading(live, trial)) == 1
        assert (await database.reading(kept_posts.get, trial.post.id)).state is State.AGREED
    await database.reading(sound)


async def test_the_first_yes_from_here_and_from_there(database: Database, cast: town.Cast) -> None:
    for trial in await database.writing(prepare, cast, 20, False, decide="first"):
        await at_once(
            offer(database, trial, 0),
            database.writing(responses.answer, cast.helper, trial.post.id, "Ik kom.", NOON),
            database.writing(responses.answer, cast.other, trial.post.id, "Ik ook.", NOON),
        )
        assert len(await database.reading(live, trial)) == 1
    await database.reading(sound)


async def test_a_group_job_fills_to_the_last_place_and_no_further(
    database: Database, cast: town.Cast
) -> None:
    def waiting(tx: Transaction, trial: Trial) -> list[str]:
        return [answer.id for answer in kept_responses.pending(tx, trial.post.id)]

    for trial in await database.writing(prepare, cast, 20, True, places=3):
        await at_once(offer(database, trial, 0), offer(database, trial, 1))
        four = await database.reading(waiting, trial)
        picks = (database.writing(matches.agree, cast.poster, trial.post.id, answer, NOON) for answer in four)
        answers = await at_once(*picks)
        assert sum(isinstance(answer, Match) for answer in answers) == 3
        assert sum(isinstance(answer, Conflict) for answer in answers) == 1
        assert [match.place for match in await database.reading(live, trial)] == [1, 2, 3]
    await database.reading(sound)


async def test_a_pick_and_a_withdrawal_cross(database: Database, cast: town.Cast) -> None:
    for trial in await database.writing(prepare, cast, 30, True):
        answer = trial.here[0]
        await at_once(
            database.writing(matches.agree, cast.poster, trial.post.id, answer.id, NOON),
            database.writing(responses.withdraw, cast.helper, answer.id, NOON),
        )
        assert await database.reading(live, trial) == []
        assert (await database.reading(kept_responses.get, answer.id)).state is ResponseState.WITHDRAWN
    await database.reading(sound)


async def test_calling_off_and_being_done_cross(database: Database, cast: town.Cast) -> None:
    for trial in await database.writing(prepare, cast, 30, True):
        match = await database.writing(matches.agree, cast.poster, trial.post.id, trial.here[0].id, NOON)
        answers = await at_once(
            database.writing(matches.complete, cast.poster, match.id, NOON),
            database.writing(matches.cancel, cast.helper, match.id, NOON),
        )
        assert sum(isinstance(answer, Conflict) for answer in answers) == 1
        assert sum(isinstance(answer, Match) for answer in answers) == 1
    await database.reading(sound)


async def test_everything_at_once_is_still_sound(database: Database, cast: town.Cast) -> None:
    trials = await database.writing(prepare, cast, 10, True, places=2)
    acts: list[Coroutine[Any, Any, object]] = []
    for trial in trials:
        acts += [
            database.writing(matches.agree, cast.poster, trial.post.id, answer.id, NOON)
            for answer in trial.here
        ]
        acts += [offer(database, trial, 0), offer(database, trial, 1)]
        acts += [database.writing(responses.withdraw, cast.other, trial.here[1].id, NOON)]
        acts += [database.writing(posts.edit, cast.poster, trial.post.id, PostChange(places=1), NOON)]
        acts += [database.writing(posts.withdraw, cast.poster, trial.post.id, NOON)]
    for answer in await at_once(*acts):
        assert not isinstance(answer, Exception) or isinstance(answer, Refusal), answer
    await database.reading(sound)


async def test_of_two_operators_who_end_each_other_one_stays(database: Database, cast: town.Cast) -> None:
    both = {cast.operator.id: cast.operator, cast.booster.id: cast.booster}
    by = {who: replace(person, roles=frozenset({Role.OPERATOR})) for who, person in both.items()}
    for _ in range(10):
        for who in both:
            await database.writing(kept_residents.grant, who, Role.OPERATOR, None, NOON)
        one, two = both
        answers = await at_once(
            database.writing(residents.end_role, by[one], two, Role.OPERATOR, NOON),
            database.writing(residents.end_role, by[two], one, Role.OPERATOR, NOON),
        )
        assert sum(isinstance(answer, Conflict) for answer in answers) == 1
        assert len(await database.reading(kept_residents.holding, Role.OPERATOR, NOON)) == 1
