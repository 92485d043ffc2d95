"""Two requests of one account at the same moment, and a supervisor in between: once is enough, and nothing
breaks."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any
from uuid import uuid4

from node.acts import accounts, blocks, posts, replies
from node.acts.replies import Told
from node.neighbourhood.account import Account
from node.neighbourhood.node import Follow
from node.neighbourhood.post import Audience, Post
from node.storage import accounts as kept
from node.storage import posts as kept_posts
from node.storage import replies as kept_replies
from node.storage import responses as kept_responses
from node.storage.database import Database, Transaction
from tests import town
from tests.acts.test_once import at_once
from tests.acts.witness import sound

NOON = town.NOON
TRIALS = 20


def somebody(number: int) -> Account:
    """As their document says each time that it is read."""
    actor = f"https://social.example/users/{number}"
    handle = f"{number}@social.example"
    return Account(uuid4().hex, actor, "https://social.example", "Person", handle, "Mo", f"{actor}/in", NOON)


def follows(tx: Transaction, number: int) -> None:
    account = accounts.met(tx, somebody(number), {}, NOON)
    assert account is not None
    accounts.followed(tx, account, f"{account.actor}/follows/{uuid4().hex}", NOON)


def writes(tx: Transaction, number: int, uri: str, about: str, text: str = "Ik kan.") -> None:
    account = accounts.met(tx, somebody(number), {}, NOON)
    assert account is not None
    replies.arrived(tx, account, Told(uri, [about], False, text), NOON)


def asked(tx: Transaction, /, cast: town.Cast, **change: Any) -> Post:
    return posts.post(tx, cast.poster, town.asks(audience=Audience.PUBLIC, **change), NOON)


def broken(results: list[object]) -> list[object]:
    return [one for one in results if isinstance(one, BaseException)]


async def test_who_follows_twice_at_once_follows_once(database: Database, cast: town.Cast) -> None:
    for number in range(TRIALS):
        assert broken(await at_once(*(database.writing(follows, number) for _ in range(3)))) == []
    assert await database.reading(kept.followers) == TRIALS


async def test_two_notes_of_somebody_new_at_once_are_both_heard(database: Database, cast: town.Cast) -> None:
    post = await database.writing(asked, cast)
    for number in range(TRIALS):
        acts = (
            database.writing(writes, number, f"https://social.example/{number}/{one}", post.uri)
            for one in range(2)
        )
        assert broken(await at_once(*acts)) == []
    assert await database.reading(kept_replies.count) == 2 * TRIALS
    await database.reading(sound)


async def test_one_note_that_comes_twice_at_once_is_one(database: Database, cast: town.Cast) -> None:
    post = await database.writing(asked, cast, places=5)
    for number in range(TRIALS):
        await database.writing(known, number)
        page = f"{database.home.origin}/o/{post.id}"
        uri = f"https://social.example/{number}"
        acts = (database.writing(writes, number, uri, about) for about in (post.uri, page, page))
        assert broken(await at_once(*acts)) == []
    answers = await database.reading(kept_responses.of_post, post.id)
    assert len(answers) == len({one.party for one in answers}) == TRIALS
    await database.reading(sound)


def known(tx: Transaction, number: int) -> None:
    account = accounts.met(tx, somebody(number), {}, NOON)
    assert account is not None
    kept.save(tx, replace(account, known=True))


async def test_two_supervisors_let_one_in_while_it_is_taken_back(database: Database, cast: town.Cast) -> None:
    for number in range(TRIALS):
        post = await database.writing(asked, cast)
        uri = f"https://social.example/{number}/1"
        await database.writing(writes, number, uri, post.uri)
        (reply,) = await database.reading(kept_replies.oldest, 10)
        acts: list[Coroutine[Any, Any, object]] = [
            database.writing(replies.let_in, cast.supervisor, reply.id, NOON),
            database.writing(replies.let_in, cast.supervisor, reply.id, NOON),
            database.writing(takes_back, number, uri),
        ]
        assert broken(await at_once(*acts)) == []
        answers = await database.reading(kept_responses.of_post, post.id)
        assert [one.text for one in answers] in ([], [""])
        found = await database.reading(kept_replies.by_uri, uri)
        assert found is not None
        assert found.text == ""
    await database.reading(sound)


def takes_back(tx: Transaction, number: int, uri: str) -> None:
    account = accounts.met(tx, somebody(number), {}, NOON)
    assert account is not None
    replies.taken_back(tx, account, uri, NOON)


async def test_an_answer_by_the_page_while_the_post_is_taken_back_does_not_revive_it(
    database: Database, cast: town.Cast
) -> None:
    for number in range(TRIALS):
        post = await database.writing(asked, cast)
        await database.writing(known, number)
        page, uri = f"{database.home.origin}/o/{post.id}", f"https://social.example/{number}/1"
        acts = (
            database.writing(writes, number, uri, page),
            database.writing(posts.withdraw, cast.poster, post.id, NOON),
        )
        assert broken(await at_once(*acts)) == []
        assert (await database.reading(kept_posts.get, post.id)).state == "withdrawn"
    await database.reading(sound)


async def test_a_block_and_what_is_said_meanwhile(database: Database, cast: town.Cast) -> None:
    for number in range(TRIALS):
        post = await database.writing(asked, cast)
        await database.writing(known, number)
        account = await database.reading(kept.by_actor, somebody(number).actor)
        assert account is not None
        await database.writing(writes, number, f"{account.actor}/0", post.uri)
        acts: list[Coroutine[Any, Any, object]] = [
            database.writing(writes, number, f"{account.actor}/1", post.uri, "Nog iets."),
            database.writing(blocks.put, cast.operator, account.actor, "block", "", NOON),
            database.writing(writes, number, f"{account.actor}/2", post.uri, "En nog iets."),
        ]
        assert broken(await at_once(*acts)) == []
        blocked = await database.reading(kept.get, account.id)
        assert (blocked.blocked, blocked.their_follow) == (True, Follow.NONE)
        answers = await database.reading(kept_responses.of_post, post.id)
        assert {one.state for one in answers} == {"withdrawn"}
    await database.reading(sound)
