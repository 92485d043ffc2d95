"""What neighbours see of accounts on other software: where an answer comes from, and what cannot be done
there."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from node.acts import accounts as acts
from node.acts import attendance, contacts, matches, replies
from node.acts.replies import Told
from node.clock import now
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.response import Response, ResponseState
from node.storage import accounts, applause, tables
from node.storage import matches as kept_matches
from node.storage import replies as kept_replies
from node.storage import responses as kept
from node.storage.database import Transaction
from tests import elsewhere, town
from tests.elsewhere import HANDLE
from tests.ui.doings import answer_of, posted, said, state
from tests.ui.visits import Here, words

PUBLIC = Audience.PUBLIC


async def answered(here: Here, **change: Any) -> tuple[Post, Response]:
    """Bea asks everybody, and Mo answers from elsewhere."""
    post = await posted(here, town.asks(audience=PUBLIC, **change))
    return post, await here.database.writing(elsewhere.answered, post, now())


async def told(here: Here) -> list[str]:
    """What Mo was told in words of ours, in order."""

    def look(tx: Transaction) -> list[str]:
        sent, on_its_way = tables.activities, tables.deliveries
        statement = select(sent.c.facts).join(on_its_way, on_its_way.c.activity_id == sent.c.id)
        facts = tx.run(statement.order_by(on_its_way.c.id)).scalars()
        return [fact.get("word") or fact.get("text", "") for fact in facts if fact and "direct" in fact]

    return await here.database.reading(look)


@pytest.mark.parametrize("part", ["poster", "broker"])
async def test_who_decides_reads_that_the_answer_comes_from_an_account_elsewhere(
    here: Here, part: str
) -> None:
    post, _ = await answered(here)
    page = await said(here, part, f"/o/{post.id}")
    assert f"Mo met een account elders: {HANDLE}" in page
    assert "Mo uit Centrum" not in page


async def test_nobody_else_reads_who_answered(here: Here) -> None:
    post, answer = await answered(here)
    for part in (None, "outsider", "helper", "supervisor", "operator"):
        assert HANDLE not in await said(here, part, f"/o/{post.id}")
        await here.get(part, f"/o/{post.id}/answers/{answer.id}/choose", 404)
        if part is not None:
            await here.get(part, f"/talks/{answer.id}", 404)


async def test_an_answer_from_elsewhere_is_chosen_and_done(here: Here) -> None:
    post, answer = await answered(here)
    path = f"/o/{post.id}/answers/{answer.id}"
    assert "Kies je Mo?" in await said(here, "poster", f"{path}/choose")
    await here.post("poster", f"{path}/choose")
    page = await said(here, "poster", f"/o/{post.id}?said=choose")
    assert HANDLE in page
    assert HANDLE in await said(here, "poster", "/mine")
    assert HANDLE in await said(here, "poster", f"/o/{post.id}/outcome")
    await here.get("broker", "/board")
    assert "Is het gelukt met Mo?" in await said(here, "poster", f"{path}/done")
    await here.post("poster", f"{path}/done")
    assert await state(here, post) is State.DONE
    assert HANDLE in await said(here, "poster", f"/o/{post.id}?said=done")
    assert await told(here) == ["agreed", "done"]


async def test_it_is_called_off_and_mo_hears_so(here: Here) -> None:
    post, answer = await answered(here)
    path = f"/o/{post.id}/answers/{answer.id}"
    await here.post("poster", f"{path}/choose")
    await here.get("poster", f"{path}/off")
    await here.post("poster", f"{path}/off")
    assert await here.database.reading(kept_matches.of_post, post.id) == []
    assert await told(here) == ["agreed", "called off"]
    assert HANDLE in await said(here, "poster", f"/o/{post.id}?said=off")
    assert HANDLE in await said(here, "poster", f"/talks/{answer.id}")


async def test_a_kind_no_goes_out(here: Here) -> None:
    post, answer = await answered(here)
    await here.get("poster", f"/o/{post.id}/answers/{answer.id}/decline")
    await here.post("poster", f"/o/{post.id}/answers/{answer.id}/decline")
    assert await answer_of(here, answer) is ResponseState.DECLINED
    assert await told(here) == ["declined"]


async def test_mo_takes_it_back_after_it_was_agreed(here: Here) -> None:
    post, answer = await answered(here)
    await here.post("poster", f"/o/{post.id}/answers/{answer.id}/choose")

    def gone(tx: Transaction) -> None:
        mo = accounts.by_actor(tx, "https://social.example/users/mo")
        assert mo is not None
        replies.taken_back(tx, mo, answer.uri, now())

    await here.database.writing(gone)
    page = await said(here, "poster", f"/o/{post.id}")
    assert HANDLE in page
    assert await state(here, post) is State.OPEN
    for path in ("/mine", "/talks", f"/talks/{answer.id}"):
        await here.get("poster", path)
    for deed in ("choose", "decline", "done", "off"):
        await here.get("poster", f"/o/{post.id}/answers/{answer.id}/{deed}", 303)
    assert await here.database.reading(kept_matches.of_post, post.id) == []


async def test_the_post_is_taken_back_and_mo_hears_so(here: Here) -> None:
    post, answer = await answered(here)
    await here.post("poster", f"/o/{post.id}/withdraw")
    assert await told(here) == ["closed"]
    assert HANDLE in await said(here, "poster", f"/talks/{answer.id}")


async def test_where_the_first_yes_counts_somebody_still_chooses_an_account_elsewhere(here: Here) -> None:
    post, answer = await answered(here, decide="first")
    assert await state(here, post) is State.RESPONDED
    await here.post("poster", f"/o/{post.id}/answers/{answer.id}/choose")
    assert await state(here, post) is State.AGREED
    page = await said(here, "poster", f"/o/{post.id}")
    assert "Afgesproken" in page
    assert HANDLE in page


# Writing to each other


async def test_the_page_of_a_talk_says_where_it_stands_and_offers_no_details(here: Here) -> None:
    post, answer = await answered(here)
    await here.database.writing(contacts.keep, here.cast.poster, "0199-77 66 55", "")
    await here.database.writing(matches.agree, here.cast.poster, post.id, answer.id, now())
    raw = (await here.get("poster", f"/talks/{answer.id}")).text
    page = words(raw)
    assert HANDLE in page
    assert "staat ook op social.example" in page
    assert "Alleen jullie twee lezen dit" not in page
    assert f"/talks/{answer.id}/contact" not in raw
    assert "0199-77 66 55" not in page
    assert 'href="https://social.example/@mo" rel="nofollow noopener noreferrer"' in raw


async def test_details_cannot_be_shown_to_an_account_by_hand_either(here: Here) -> None:
    post, answer = await answered(here)
    await here.database.writing(contacts.keep, here.cast.poster, "0199-77 66 55", "")
    await here.database.writing(matches.agree, here.cast.poster, post.id, answer.id, now())
    page = await here.post("poster", f"/talks/{answer.id}/contact", 409, phone="yes")
    assert "account elders" in words(page.text)
    shown = await here.post("poster", f"/talks/{answer.id}/contact/show", 200)
    assert "0199" not in words(shown.text).replace("0199-00 12 34", "")
    await here.post("poster", f"/talks/{answer.id}/contact/end")


async def test_the_poster_writes_and_takes_it_back(here: Here) -> None:
    _, answer = await answered(here)
    await here.post("poster", f"/talks/{answer.id}", text="Hoe laat?")
    assert await told(here) == ["Hoe laat?"]
    assert HANDLE in await said(here, "poster", "/talks")
    raw = (await here.get("poster", f"/talks/{answer.id}")).text
    (taking,) = re.findall(r'action="(/talks/\w+/messages/\w+/end)"', raw)
    await here.post("poster", taking)
    assert "Hoe laat?" not in await said(here, "poster", f"/talks/{answer.id}")


async def test_a_message_that_was_changed_says_so_and_one_taken_back_does_not(here: Here) -> None:
    _, answer = await answered(here)
    uri = "https://social.example/users/mo/2"

    def write(tx: Transaction) -> None:
        told = Told(uri, [answer.uri], False, "Om tien uur.")
        replies.arrived(tx, elsewhere.known(tx), told, now())
        replies.changed(tx, elsewhere.known(tx), replace(told, text="Om elf uur."), now())

    await here.database.writing(write)
    page = await said(here, "poster", f"/talks/{answer.id}")
    assert re.search(r"· gewijzigd: \w+dag \d+ \w+, \d+\.\d\d", page)
    assert "Om elf uur." in page
    assert "Om tien uur." not in page
    await here.database.writing(lambda tx: replies.taken_back(tx, elsewhere.known(tx), uri, now()))
    assert "gewijzigd:" not in await said(here, "poster", f"/talks/{answer.id}")


async def test_a_blocked_account_is_said_in_words(here: Here) -> None:
    _, answer = await answered(here)

    def block(tx: Transaction) -> None:
        mo = accounts.by_actor(tx, "https://social.example/users/mo")
        assert mo is not None
        accounts.save(tx, replace(mo, blocked=True))

    await here.database.writing(block)
    page = await here.post("poster", f"/talks/{answer.id}", 409, text="Hoe laat?")
    assert "geen contact meer met dat account" in words(page.text)


async def test_an_account_that_is_gone_keeps_its_handle_on_what_is_left(here: Here) -> None:
    post, answer = await answered(here)

    def leave(tx: Transaction) -> None:
        mo = accounts.by_actor(tx, "https://social.example/users/mo")
        assert mo is not None
        acts.gone(tx, mo, now())

    await here.database.writing(leave)
    assert HANDLE in await said(here, "poster", f"/o/{post.id}")
    assert HANDLE in await said(here, "poster", f"/talks/{answer.id}")


# What was said under a notice, and who comes


async def test_under_a_notice_everybody_reads_from_where_it_comes(here: Here) -> None:
    post = await posted(here, town.tells(audience=PUBLIC))

    def comment(tx: Transaction) -> None:
        mo = elsewhere.account(tx, now())
        elsewhere.wrote(tx, mo, post, "Gezien in het park!", now(), public=True)
        (waiting,) = kept_replies.oldest(tx, 10)
        replies.let_in(tx, here.cast.supervisor, waiting.id, now())

    await here.database.writing(comment)
    for part in (None, "helper", "poster"):
        assert f"Mo met een account elders: {HANDLE} Gezien in het park!" in await said(
            here, part, f"/o/{post.id}"
        )
    (answer,) = await here.database.reading(kept.of_post, post.id)
    await here.get("poster", f"/o/{post.id}/answers/{answer.id}/hide")
    await here.post("poster", f"/o/{post.id}/answers/{answer.id}/hide")
    assert "Gezien" not in await said(here, None, f"/o/{post.id}")


async def test_who_comes_from_elsewhere_stands_there_and_can_be_sent_away(here: Here) -> None:
    post = await posted(here, town.plans(at=now(), audience=PUBLIC))

    def come(tx: Transaction) -> None:
        mo = elsewhere.account(tx, now())
        attendance.visited(tx, mo, f"{mo.actor}/joins/1", post.uri, now())

    await here.database.writing(come)
    assert HANDLE in await said(here, "poster", f"/o/{post.id}")
    assert HANDLE not in await said(here, "helper", f"/o/{post.id}")
    (answer,) = await here.database.reading(kept.of_post, post.id)
    await here.get("poster", f"/o/{post.id}/answers/{answer.id}/away")
    await here.post("poster", f"/o/{post.id}/answers/{answer.id}/away")
    assert await answer_of(here, answer) is ResponseState.DECLINED


async def test_the_story_of_a_post_does_not_take_an_account_for_a_broker(here: Here) -> None:
    post, _ = await answered(here)
    page = await said(here, "poster", f"/o/{post.id}")
    assert "Er reageerde iemand." in page
    assert "De makelaar deed dit" not in page


# Where it is, and how it was liked


async def test_who_looks_after_a_post_reads_which_servers_got_it(here: Here) -> None:
    await here.database.writing(lambda tx: elsewhere.follower(tx, now()))
    post = await posted(here, town.tells(audience=PUBLIC))
    page = await said(here, "poster", f"/o/{post.id}")
    assert "social.example Onderweg." in page
    assert "Of ze dat doen, laten ze ons niet weten." in page
    assert "Alleen hier." not in page
    for part in ("broker", "supervisor"):
        assert "social.example" in await said(here, part, f"/o/{post.id}")
    for other in (None, "helper", "operator"):
        assert "social.example" not in await said(here, other, f"/o/{post.id}")
    await here.post("poster", f"/o/{post.id}/withdraw")
    assert "social.example Wij vroegen om de kopie weg te halen." in await said(
        here, "poster", f"/o/{post.id}"
    )


async def test_many_servers_are_counted(here: Here) -> None:
    def many(tx: Transaction) -> None:
        for number in range(33):
            origin = f"https://s{number:02}.example"
            change = {"origin": origin, "actor": f"{origin}/u", "shared_inbox": f"{origin}/inbox"}
            elsewhere.follower(tx, now(), f"fa{number}", **change)

    await here.database.writing(many)
    post = await posted(here, town.tells(audience=PUBLIC))
    page = await said(here, "poster", f"/o/{post.id}")
    assert "s29.example" in page
    assert "s30.example" not in page
    assert "En nog 3 servers." in page


async def test_applause_is_counted_for_who_looks_after_a_post_and_nobody_is_named(here: Here) -> None:
    post = await posted(here, town.tells(audience=PUBLIC))
    assert "leuk gevonden" not in await said(here, "poster", f"/o/{post.id}")

    def clap(tx: Transaction) -> None:
        for number in range(3):
            actor = f"https://social.example/users/{number}"
            applause.add(tx, post.id, actor, applause.LIKE, f"{actor}/like")
        applause.add(tx, post.id, "https://social.example/users/mo", applause.ANNOUNCE, "https://x.example/1")

    await here.database.writing(clap)
    for part in ("poster", "broker", "supervisor"):
        page = await said(here, part, f"/o/{post.id}")
        assert "Elders 3 keer leuk gevonden. Elders 1 keer doorgegeven." in page
        assert "social.example" not in page
    for other in (None, "helper", "operator"):
        assert "leuk gevonden" not in await said(here, other, f"/o/{post.id}")
