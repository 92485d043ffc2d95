"""The letters that time writes: where each leads, and that it says nothing of what it is about."""

import pytest

from node.acts import matches, posts, responses
from node.storage.database import Transaction
from node.storage.tables import letters
from tests import town
from tests.mail.conftest import Mailbox, Write, body
from tests.mail.passing import BY_TIME, time_passes

NOON, DAY = town.NOON, town.DAY
CANARY = "Kanarie"


async def test_each_of_them_is_written_in_time_and_says_nothing_private(mailbox: Mailbox) -> None:
    await mailbox.database.writing(time_passes, mailbox.cast, CANARY)
    assert {row["what"] for row in await mailbox.rows()} >= BY_TIME
    names = [person.name for person in mailbox.cast.all().values()]
    written = await mailbox.send(NOON + 40 * DAY)
    assert len(written) > len(BY_TIME)
    for letter in written:
        text = body(letter)
        assert not any(word in text for word in (CANARY, *names))
        assert text.count("https://centrum.example/") == 1


@pytest.mark.parametrize(
    ("what", "facts", "path"),
    [
        ("ends soon", {"page": "extend"}, "/extend"),
        ("ends tomorrow", {"page": "extend"}, "/extend"),
        ("worked out", {"page": "outcome"}, "/outcome"),
        ("helped", {}, ""),
        ("released", {}, ""),
        ("not chosen", {}, ""),
        ("tomorrow", {}, ""),
    ],
)
async def test_a_letter_leads_to_its_button(
    mailbox: Mailbox, write: Write, what: str, facts: dict[str, str], path: str
) -> None:
    bea = mailbox.cast.poster
    post = await mailbox.database.writing(posts.post, bea, town.asks(), NOON)
    await write(what, resident_id=bea.id, post=post.id, **facts)
    [letter] = await mailbox.send()
    assert f"https://centrum.example/o/{post.id}{path}\n" in body(letter)


@pytest.mark.parametrize("what", ["board", "choose"])
async def test_brokers_are_led_to_the_board(mailbox: Mailbox, write: Write, what: str) -> None:
    await write(what, resident_id=mailbox.cast.broker.id)
    [letter] = await mailbox.send()
    assert "https://centrum.example/board\n" in body(letter)


async def test_of_what_is_gone_a_letter_leads_to_the_front(mailbox: Mailbox, write: Write) -> None:
    bea = mailbox.cast.poster
    post = await mailbox.database.writing(_agreed, mailbox.cast)
    await write("helped", resident_id=mailbox.cast.helper.id, post=post)
    await write("worked out", resident_id=bea.id, post="0" * 32, page="outcome")
    await mailbox.database.writing(posts.withdraw, bea, post, NOON)
    written = [body(letter) for letter in await mailbox.send()]
    assert all("https://centrum.example/\n" in letter for letter in written[:2])


def _agreed(tx: Transaction, cast: town.Cast) -> str:
    post = posts.post(tx, cast.poster, town.asks(), NOON)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, post.id, answer.id, NOON)
    tx.run(letters.delete())
    return post.id
