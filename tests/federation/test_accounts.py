"""Accounts of other software: they follow a neighbourhood, read what is public, and answer it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import accounts as acts
from node.acts import blocks, comments, matches, posts, replies, responses, threads
from node.clock import now
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import Followers, Policy
from node.neighbourhood.post import Audience, Post, PostDraft
from node.neighbourhood.reply import Reply, ReplyState, Why
from node.neighbourhood.response import Response, ResponseState
from node.storage import accounts, applause, lookups, policies, spread
from node.storage import replies as kept_replies
from node.storage import responses as kept_responses
from node.storage import threads as kept_threads
from tests import town
from tests.federation import by_hand, town_of_nodes
from tests.federation.by_hand import Raw
from tests.federation.liar import AS, stamp
from tests.federation.stranger import PUBLIC, Stranger
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import Wire, until, until_true

Met = tuple[Place, Stranger]


@pytest.fixture
async def met(tmp_path: Path, two_neighbours: Model) -> AsyncIterator[Met]:
    """Centrum, and somebody with an account elsewhere."""
    async with town_of_nodes.opened(tmp_path, two_neighbours) as nodes:
        yield nodes.places[0], Stranger(nodes.wire)


async def follow_of(place: Place, stranger: Stranger) -> Follow:
    found = await place.database.reading(accounts.by_actor, stranger.person)
    return found.their_follow if found else Follow.NONE


async def answer_to(place: Place, post: Post) -> Response:
    """The one answer to a post, as soon as it is here."""

    async def look() -> Response | None:
        found = await place.database.reading(kept_responses.of_post, post.id)
        return found[0] if found else None

    return await until(look)


async def waiting(place: Place) -> list[Reply]:
    return await place.database.reading(kept_replies.oldest, 100)


async def put_up(place: Place, draft: PostDraft) -> Post:
    return await place.database.writing(posts.post, place.cast.poster, draft, now())


async def public(place: Place, **change: Any) -> Post:
    return await place.asks(audience=Audience.PUBLIC, **change)


async def test_a_follow_is_accepted_at_once_and_told_whole(met: Met) -> None:
    place, mo = met
    follow = await mo.follows(place)
    accept = mo.heard("Accept")[0]
    assert accept["object"] == {
        "id": follow["id"],
        "type": "Follow",
        "actor": mo.person,
        "object": place.home.actor,
    }
    assert accept["to"] == [mo.person]
    assert accept["id"].startswith(f"{place.origin}/ap/a/")
    assert await follow_of(place, mo) is Follow.ACCEPTED


async def test_who_follows_gets_what_is_public_and_nothing_else(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    await place.asks("Voor de buren")
    post = await public(place, title="Voor iedereen")
    create = await mo.hears("Create")
    assert create["object"]["id"] == post.uri
    await place.edits(post, title="Voor iedereen, nu anders")
    assert (await mo.hears("Update"))["object"]["name"] == "Voor iedereen, nu anders"
    await place.withdraws(post)
    assert (await mo.hears("Delete"))["object"]["id"] == post.uri
    await until(place.idle)
    assert len(mo.heard("Create")) == 1
    servers = await place.database.reading(spread.of_post, post.id)
    assert [(server.origin, server.state) for server in servers] == [(mo.origin, "deletion_asked")]


async def test_two_followers_of_one_server_get_it_once(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    lia = Stranger(Wire(), mo.name, user="lia")
    mo.served |= lia.served  # both live on one server
    await lia.tells(place, lia.does("Follow", place.home.actor))
    await mo.hears("Accept", 2)
    await public(place)
    await mo.hears("Create")
    await until(place.idle)
    assert len(mo.heard("Create")) == 1


async def test_who_undoes_a_follow_hears_no_more_but_the_delete(met: Met) -> None:
    place, mo = met
    follow = await mo.follows(place)
    post = await public(place)
    await mo.hears("Create")
    await mo.tells(place, mo.does("Undo", follow))
    assert await follow_of(place, mo) is Follow.NONE
    await public(place, title="Nog een")
    await place.withdraws(post)
    await mo.hears("Delete")
    await until(place.idle)
    assert len(mo.heard("Create")) == 1


async def test_everybody_may_see_how_many_follow(met: Met) -> None:
    place, mo = met

    async def count() -> int:
        raw = Raw("GET", f"{place.home.actor}/followers", {"accept": by_hand.TYPE})
        return int((await by_hand.knock(place, raw)).json()["totalItems"])

    assert await count() == 1  # next door
    follow = await mo.follows(place)
    assert await count() == 2
    await mo.tells(place, mo.does("Undo", follow))
    assert await count() == 1


async def test_when_the_operator_wants_to_look_a_follow_waits(met: Met) -> None:
    place, mo = met
    await place.database.writing(policies.save, Policy(followers=Followers.ASK))
    follow = mo.does("Follow", place.home.actor)
    assert (await mo.tells(place, follow)).status_code == 202
    assert await follow_of(place, mo) is Follow.PENDING
    account = await place.database.reading(accounts.by_actor, mo.person)
    assert account is not None
    assert mo.heard("Accept") == []
    await place.database.writing(acts.admit, place.cast.operator, account.id, now())
    await mo.hears("Accept")
    await place.database.writing(acts.refuse, place.cast.operator, account.id, now())
    assert (await mo.hears("Reject"))["object"]["id"] == follow["id"]
    assert await follow_of(place, mo) is Follow.REJECTED


async def test_nobody_may_follow_a_closed_neighbourhood(met: Met) -> None:
    place, mo = met
    await place.database.writing(policies.save, Policy(followers=Followers.CLOSED))
    await mo.tells(place, mo.does("Follow", place.home.actor))
    await mo.hears("Reject")
    assert await follow_of(place, mo) is Follow.REJECTED


async def test_a_private_reply_of_a_follower_is_an_answer_and_agreeing_is_told(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    await mo.hears("Create")
    reply = mo.answers(post.uri, place.home.actor, "Ik kan <b>dinsdag</b>!")
    assert (await mo.tells(place, reply)).status_code == 202
    answer = await answer_to(place, post)
    assert (answer.text, answer.name, answer.state) == ("Ik kan dinsdag!", "Mo", ResponseState.PENDING)
    await place.database.writing(matches.agree, place.cast.poster, post.id, answer.id, now())
    told = (await mo.hears("Create", 2))["object"]
    assert told["to"] == [mo.person]
    assert told["inReplyTo"] == reply["object"]["id"]
    assert told["tag"] == [{"type": "Mention", "href": mo.person, "name": "@mo@social.example"}]
    assert told["published"] == mo.heard("Create")[-1]["published"]
    assert "Afgesproken" in told["content"]
    assert PUBLIC not in str(told)


@pytest.mark.parametrize(("language", "thanks"), [("nl", "Het is gelukt"), ("en", "It worked out")])
async def test_that_it_is_done_is_told_once_in_the_language_of_the_post(
    met: Met, language: str, thanks: str
) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place, language=language)
    reply = mo.answers(post.uri, place.home.actor, "Ik kan dinsdag!")
    await mo.tells(place, reply)
    answer = await answer_to(place, post)
    match = await place.database.writing(matches.agree, place.cast.poster, post.id, answer.id, now())
    await mo.hears("Create", 2)
    for _ in range(2):
        await place.database.writing(matches.complete, place.cast.poster, match.id, now())
    told = (await mo.hears("Create", 3))["object"]
    assert told["to"] == [mo.person]
    assert told["inReplyTo"] == reply["object"]["id"]
    assert thanks in told["content"]
    assert list(told["contentMap"]) == [language]
    assert PUBLIC not in str(told)
    await until(place.idle)
    assert len(mo.heard("Create")) == 3


async def test_the_two_write_to_each_other(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    answer = await answer_to(place, post)
    await place.database.writing(threads.write, place.cast.poster, answer.id, "Hoe laat?", now())
    question = (await mo.hears("Create", 2))["object"]
    assert "Hoe laat?" in question["content"]
    assert question["inReplyTo"] == answer.uri
    await mo.tells(place, mo.answers(question["id"], place.home.actor, "Om tien uur."))

    async def said() -> list[str]:
        found = await place.database.reading(kept_threads.page, answer.id, None, 10)
        return [message.text for message in found]

    assert await said() == ["Om tien uur.", "Hoe laat?"]


async def test_a_message_that_is_changed_elsewhere_is_changed_here_and_says_so(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    answer = await answer_to(place, post)
    said = mo.answers(answer.uri, place.home.actor, "Om tien uur.")
    await mo.tells(place, said)
    note = {**said["object"], "content": "<p>Om <b>elf</b> uur.</p>", "updated": stamp()}

    async def read() -> list[tuple[str, bool]]:
        found = await place.database.reading(kept_threads.page, answer.id, None, 10)
        return [(message.text, message.changed is not None) for message in found]

    assert await read() == [("Om tien uur.", False)]
    lia = Stranger(Wire(), mo.name, user="lia")
    mo.served |= lia.served  # a neighbour of Mo's on his server
    liar = Stranger(mo.wire, "kwaad", user="kees")
    for who in (lia, liar):
        await who.tells(place, who.does("Update", note))
        await who.tells(place, who.does("Update", {**note, "attributedTo": who.person}))
    assert await read() == [("Om tien uur.", False)]
    for _ in range(2):
        await mo.tells(place, mo.does("Update", note))
    assert await read() == [("Om elf uur.", True)]
    await mo.tells(place, mo.does("Delete", {"id": note["id"], "type": "Tombstone"}))
    await mo.tells(place, mo.does("Update", {**note, "content": "<p>Toch om tien.</p>"}))
    assert await read() == [("", True)]


async def test_who_deletes_a_reply_takes_the_answer_back(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    reply = mo.answers(post.uri, place.home.actor, "Ik kan dinsdag.")
    await mo.tells(place, reply)
    await answer_to(place, post)
    await mo.tells(place, mo.does("Delete", {"id": reply["object"]["id"], "type": "Tombstone"}))
    answer = await answer_to(place, post)
    assert (answer.state, answer.text) == (ResponseState.WITHDRAWN, "")


async def test_a_reply_of_somebody_whom_nobody_knows_waits_for_a_supervisor(met: Met) -> None:
    place, mo = met
    post = await public(place)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    (reply,) = await waiting(place)
    assert (reply.text, reply.public) == ("Ik kan dinsdag.", False)
    assert await place.database.reading(kept_responses.of_post, post.id) == []
    await place.database.writing(replies.let_in, place.cast.supervisor, reply.id, now())
    answer = await answer_to(place, post)
    assert answer.text == "Ik kan dinsdag."
    await mo.tells(place, mo.writes("Nog iets", to=[place.home.actor], inReplyTo=answer.uri))
    assert await waiting(place) == []


async def test_what_is_turned_away_is_read_by_nobody(met: Met) -> None:
    place, mo = met
    post = await public(place)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Koop nu!"))
    (reply,) = await waiting(place)
    away = await place.database.writing(replies.turn_away, place.cast.supervisor, reply.id, now())
    assert (away.state, away.text) == (ReplyState.TURNED_AWAY, "")
    assert await place.database.reading(kept_responses.of_post, post.id) == []


async def test_a_public_reply_to_a_notice_waits_and_then_stands_under_it(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await put_up(place, town.tells(audience=Audience.PUBLIC))
    reply = mo.answers(post.uri, place.home.actor, "Gezien in het park!", public=True)
    await mo.tells(place, reply)
    assert await place.database.reading(kept_responses.of_post, post.id) == []
    (held,) = await waiting(place)
    await place.database.writing(replies.let_in, place.cast.supervisor, held.id, now())
    answer = await answer_to(place, post)
    assert (answer.text, answer.state) == ("Gezien in het park!", ResponseState.ACCEPTED)
    assert await place.database.reading(kept_replies.shown, post.id) == [reply["object"]["id"]]
    changed = {**reply["object"], "content": "<p>Iets heel anders</p>"}
    await mo.tells(place, mo.does("Update", changed))
    assert (await answer_to(place, post)).state is ResponseState.DECLINED
    (again,) = await waiting(place)
    await place.database.writing(replies.let_in, place.cast.supervisor, again.id, now())
    assert (await answer_to(place, post)).text == "Iets heel anders"
    hidden = await place.database.writing(comments.hide, place.cast.supervisor, answer.id, now())
    assert hidden.state is ResponseState.DECLINED


async def test_what_is_written_to_us_alone_about_a_notice_is_never_shown_under_it(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await put_up(place, town.tells(audience=Audience.PUBLIC))
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Mijn nummer is 0199-00 12 34."))
    (held,) = await waiting(place)
    assert held.why(post.kind, held=False) is Why.PRIVATE
    let_in = await place.database.writing(replies.let_in, place.cast.supervisor, held.id, now())
    assert (let_in.state, let_in.response_id) == (ReplyState.LET_IN, None)
    assert await place.database.reading(kept_responses.of_post, post.id) == []
    assert await place.database.reading(kept_replies.shown, post.id) == []


@pytest.mark.parametrize("audience", [Audience.NEIGHBOURHOOD, Audience.ADJACENT])
async def test_nobody_answers_what_they_cannot_know_of(met: Met, audience: Audience) -> None:
    place, mo = met
    await mo.follows(place)
    post = await place.asks(audience=audience)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik weet het!"))
    assert await waiting(place) == []
    assert await place.database.reading(kept_responses.of_post, post.id) == []


async def test_what_everybody_says_to_everybody_is_not_for_us(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    await mo.tells(place, mo.writes("Mooi weer", to=[PUBLIC]))
    await mo.tells(place, mo.writes("Mooi weer, zeg", to=[PUBLIC], cc=[place.home.actor]))
    assert await waiting(place) == []
    assert await place.count("replies") == 0


async def test_a_message_to_the_neighbourhood_about_nothing_waits(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    await mo.tells(place, mo.writes("Wie kan ik bellen?", to=[place.home.actor]))
    (reply,) = await waiting(place)
    assert (reply.post_id, reply.text) == (None, "Wie kan ik bellen?")


async def test_likes_and_announces_are_counted_once_and_can_be_undone(met: Met) -> None:
    place, mo = met
    post = await public(place)
    like, announce = mo.does("Like", post.uri), mo.does("Announce", post.uri, to=[PUBLIC])
    for activity in (like, announce, mo.does("Like", post.uri)):
        await mo.tells(place, activity)
    assert await place.database.reading(applause.of_post, post.id) == (1, 1)
    await mo.tells(place, mo.does("Undo", like))
    bare = {name: announce[name] for name in ("type", "actor", "object")}
    await mo.tells(place, mo.does("Undo", bare))
    assert await place.database.reading(applause.of_post, post.id) == (0, 0)
    assert await place.count("accounts") == 0


async def test_who_blocks_us_follows_us_no_more(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    await mo.tells(place, mo.does("Block", place.home.actor))
    assert await follow_of(place, mo) is Follow.NONE


async def test_an_account_that_is_deleted_leaves_no_words_here(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    await answer_to(place, post)
    await mo.tells(place, mo.does("Delete", mo.person))
    answer = await answer_to(place, post)
    assert (answer.state, answer.text) == (ResponseState.WITHDRAWN, "")
    account = await place.database.reading(accounts.by_actor, mo.person)
    assert account is not None
    assert (account.name, account.their_follow) == ("", Follow.NONE)


async def test_somebody_elsewhere_comes_to_an_event_and_hears_it(met: Met) -> None:
    place, mo = met
    post = await put_up(place, town.plans(at=now(), audience=Audience.PUBLIC))
    join = mo.does("Join", post.uri)
    await mo.tells(place, join)
    assert (await mo.hears("Accept"))["object"] == join["id"]
    assert (await answer_to(place, post)).state is ResponseState.ACCEPTED
    await mo.tells(place, mo.does("Undo", join))
    assert (await answer_to(place, post)).state is ResponseState.WITHDRAWN


async def test_who_answered_first_is_told_when_it_is_no_longer_needed(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    await mo.hears("Create")
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    answer = await answer_to(place, post)
    await place.database.writing(responses.decline, place.cast.poster, answer.id, now())
    assert "Deze keer niet" in (await mo.hears("Create", 2))["object"]["content"]


async def test_the_whole_document_of_a_follow_needs_no_context_of_ours(met: Met) -> None:
    place, mo = met
    follow = {
        **mo.does("Follow", place.home.actor),
        "@context": [AS, {"toot": "http://joinmastodon.org/ns#"}],
    }
    await mo.tells(place, follow)
    await mo.hears("Accept")


async def test_a12_an_announce_of_what_is_not_public_is_neither_counted_nor_fetched(met: Met) -> None:
    place, mo = met
    post = await place.asks("Voor de buren")
    sent = len(place.wire.log)
    for uri in (post.uri, f"{mo.origin}/notes/1", "https://noord.example/ap/o/1"):
        assert (await mo.tells(place, mo.does("Announce", uri, to=[PUBLIC]))).status_code == 202
    assert await place.database.reading(applause.of_post, post.id) == (0, 0)
    assert await place.count("posts") == 1
    assert [each.url for each in place.wire.log[sent:] if each.method == "GET"] == [mo.person]


async def answered(place: Place, mo: Stranger) -> Response:
    await mo.follows(place)
    post = await public(place)
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Ik kan dinsdag."))
    return await answer_to(place, post)


async def moved_to(place: Place, answer: Response, there: Stranger) -> bool:
    """Whether an answer is another account's now."""
    now_whose = await place.database.reading(kept_responses.get, answer.id)
    new = await place.database.reading(accounts.by_actor, there.person)
    return new is not None and now_whose.account_id == new.id


async def test_a19_a_move_is_believed_when_both_say_so_and_not_twice_in_a_month(met: Met) -> None:
    place, mo = met
    answer, there = await answered(place, mo), Stranger(mo.wire, "elders")
    there.serve(there.person, there.document(alsoKnownAs=[mo.person]))
    mo.serve(mo.person, mo.document(movedTo=there.person))
    await mo.tells(place, mo.does("Move", mo.person, target=there.person))

    async def came() -> bool:
        return await moved_to(place, answer, there)

    await until(came)
    assert await follow_of(place, mo) is Follow.NONE
    third = Stranger(mo.wire, "weg")
    third.serve(third.person, third.document(alsoKnownAs=[there.person]))
    there.serve(there.person, there.document(alsoKnownAs=[mo.person], movedTo=third.person))
    await there.tells(place, there.does("Move", there.person, target=third.person))
    await until(place.idle)
    assert not await moved_to(place, answer, third)


@pytest.mark.parametrize("named", [[], ["https://social.example/users/iemand"], "https://social.example"])
async def test_a19_a_move_to_somebody_who_does_not_say_so_is_ignored(met: Met, named: Any) -> None:
    place, mo = met
    answer, there = await answered(place, mo), Stranger(mo.wire, "elders")
    there.serve(there.person, there.document(alsoKnownAs=named))
    for target in (there.person, mo.person, place.home.actor):
        await mo.tells(place, mo.does("Move", mo.person, target=target))
    await mo.tells(place, mo.does("Move", there.person, target=there.person))
    await mo.tells(place, mo.does("Move", mo.person))
    await until_true(lambda: mo.wire.asked(place.origin, there.origin))
    assert not await moved_to(place, answer, there)
    assert await follow_of(place, mo) is Follow.ACCEPTED


async def test_what_is_turned_away_can_be_reported_to_its_server_without_a_name(met: Met) -> None:
    place, mo = met
    post = await public(place)
    note = mo.answers(post.uri, place.home.actor, "Koop nu!")
    await mo.tells(place, note)
    (reply,) = await waiting(place)
    for _ in range(2):
        away = await place.database.writing(replies.report, place.cast.supervisor, reply.id, now())
        assert (away.state, away.text) == (ReplyState.TURNED_AWAY, "")
    flag = await mo.hears("Flag")
    assert flag["actor"] == place.home.application
    assert flag["object"] == [mo.person, note["object"]["id"]]
    assert place.cast.supervisor.name not in str(flag)
    await until(place.idle)
    assert len(mo.heard("Flag")) == 1


async def test_what_came_in_a_public_activity_is_public_whatever_the_note_says(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    said = mo.answers(post.uri, place.home.actor, "Ik kan dinsdag.")
    await mo.tells(place, {**said, "to": [PUBLIC]})
    (reply,) = await waiting(place)
    assert reply.public


@pytest.mark.parametrize("named", [None, "https://weg.example/users/mo"])
async def test_a19_a_move_of_which_the_old_address_says_nothing_is_ignored(met: Met, named: Any) -> None:
    place, mo = met
    answer, there = await answered(place, mo), Stranger(mo.wire, "elders")
    there.serve(there.person, there.document(alsoKnownAs=[mo.person]))
    mo.serve(mo.person, mo.document(movedTo=named))
    await mo.tells(place, mo.does("Move", mo.person, target=there.person))
    await until_true(lambda: there.asked)

    async def tried() -> bool:
        found = await place.database.reading(lookups.open_for, "move")
        return all(one.attempts for one in found)

    await until(tried)
    assert not await moved_to(place, answer, there)
    assert await follow_of(place, mo) is Follow.ACCEPTED


@pytest.mark.parametrize("subject", ["social.example", "https://social.example/users/mo"])
async def test_s26_who_is_blocked_is_refused_from_that_moment_on(met: Met, subject: str) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place)
    assert (await mo.tells(place, mo.does("Like", post.uri))).status_code == 202
    operator = place.cast.operator
    await place.database.writing(blocks.put, operator, subject, "block", "Reclame", now())
    for kind in ("Follow", "Announce"):
        thing = place.home.actor if kind == "Follow" else post.uri
        assert (await mo.tells(place, mo.does(kind, thing))).status_code == 403
    assert await place.database.reading(applause.of_post, post.id) == (1, 0)
    assert await follow_of(place, mo) is Follow.NONE


async def test_a_note_is_no_deal_by_itself_also_where_the_first_yes_is(met: Met) -> None:
    place, mo = met
    await mo.follows(place)
    post = await public(place, decide="first")
    await mo.tells(place, mo.answers(post.uri, place.home.actor, "Hoe zwaar is die kast?"))
    assert (await answer_to(place, post)).state is ResponseState.PENDING
