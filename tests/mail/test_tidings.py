"""What a letter that tells of posts says, to whom, and that it can be stopped by whoever has it."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from node.acts import digests, held, posts, searches, tidings
from node.mail import worker
from node.mail.tidings import unlinked
from node.neighbourhood.letter import Queue
from node.neighbourhood.refusal import NotFound
from node.storage import digests as wishes
from node.storage import letters
from node.storage import posts as stored
from node.storage.database import Transaction
from tests import town
from tests.mail.conftest import Mailbox, Write, body, settings_for

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
MORNING = NOON + 21 * HOUR


def a_digest(tx: Transaction, cast: town.Cast) -> None:
    """For Merel, with something of each kind, here and next door."""
    north = town.neighbour(tx)
    digests.choose(tx, cast.helper, "daily", "9", NOON)
    posts.post(tx, cast.poster, town.asks("Wie haalt medicijnen?", text="Geheim verhaal"), NOON)
    posts.post(tx, cast.poster, town.plans(starts=NOON + 2 * DAY, ends=NOON + 2 * DAY + HOUR), NOON)
    copy = town.a_copy(north, title="Wie helpt Kees?", text="Ander verhaal", expires=NOON + 9 * DAY)
    held.take_in(tx, north, copy, None, NOON)
    digests.write_due(tx, MORNING)


async def digest(mailbox: Mailbox) -> EmailMessage:
    await mailbox.database.writing(a_digest, mailbox.cast)
    [letter] = [one for one in await mailbox.send(MORNING) if one["List-Unsubscribe"]]
    return letter


def secret_of(letter: EmailMessage) -> str:
    [secret] = re.findall(r"https://centrum\.example/stop/(\S+)", body(letter))
    return str(secret)


async def test_V16_a_digest_holds_titles_by_neighbourhood_and_nothing_else_of_a_post(
    mailbox: Mailbox,
) -> None:
    letter = await digest(mailbox)
    text = body(letter)
    assert letter["To"] == "merel@example.org"
    assert letter["Subject"] == "Er is een bericht voor je"  # V17
    assert "Gevraagd: Wie haalt medicijnen?\nhttps://centrum.example/o/" in text
    assert "Op 5-11-2026 om 13:00: Koffie in het buurthuis\nhttps://centrum.example/o/" in text
    assert text.index("Centrum\n\n") < text.index("medicijnen") < text.index("Noord, hiernaast\n\n")
    assert text.index("Noord, hiernaast\n\n") < text.index("Gevraagd: Wie helpt Kees?\n")
    assert "verhaal" not in text
    assert not any(person.name in text for person in mailbox.cast.all().values())
    assert letter.get_content_type() == "text/plain"


async def test_V16_what_may_no_longer_be_seen_at_the_sending_is_not_in_it(mailbox: Mailbox) -> None:
    """Taken back, hidden here, or over between the making and the sending: the whole night, if need be."""

    def change(tx: Transaction) -> None:
        a_digest(tx, mailbox.cast)
        own, event, copy = (
            next(
                p
                for p in stored.listing(tx, mailbox.cast.helper, stored.Filter(), MORNING)
                if p.title == title
            )
            for title in ("Wie haalt medicijnen?", "Koffie in het buurthuis", "Wie helpt Kees?")
        )
        posts.withdraw(tx, mailbox.cast.poster, own.id, MORNING)
        posts.close(tx, mailbox.cast.poster, event.id, MORNING)
        stored.save(tx, replace(copy, hidden=True))

    await mailbox.database.writing(change)
    assert [one for one in await mailbox.send(MORNING) if one["List-Unsubscribe"]] == []
    assert [row for row in await mailbox.rows() if row["what"] == "digest"] == []


async def test_who_wants_it_no_more_meanwhile_gets_none(mailbox: Mailbox) -> None:
    await mailbox.database.writing(a_digest, mailbox.cast)
    await mailbox.database.writing(digests.choose, mailbox.cast.helper, "never", "9", MORNING)
    assert [one for one in await mailbox.send(MORNING) if one["List-Unsubscribe"]] == []


async def test_the_letter_itself_is_the_way_to_stop_it_and_to_nothing_else(mailbox: Mailbox) -> None:
    letter = await digest(mailbox)
    secret = secret_of(letter)
    assert letter["List-Unsubscribe"] == f"<https://centrum.example/stop/{secret}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # RFC 8058
    assert len(secret) >= 32
    assert await mailbox.database.reading(tidings.ends, secret, MORNING) == "digest"
    for _ in range(2):
        assert await mailbox.database.writing(tidings.stop, secret, MORNING) == "digest"
        wish = await mailbox.database.reading(wishes.of, mailbox.cast.helper.id)
        assert (wish.often, wish.due) == ("never", None)
    for wrong, at in ((secret + "x", MORNING), ("", MORNING), (secret, MORNING + 121 * DAY)):
        with pytest.raises(NotFound):
            await mailbox.database.writing(tidings.stop, wrong, at)


async def test_no_secret_of_a_letter_stands_in_the_database(mailbox: Mailbox, tmp_path: Path) -> None:
    letter = await digest(mailbox)
    await mailbox.database.stop()
    files = [path.read_bytes() for path in sorted(tmp_path.glob("centrum.db*"))]  # noqa: ASYNC240  (nothing else runs)
    assert files
    assert not any(secret_of(letter).encode() in content for content in files)


async def test_other_letters_say_nothing_of_stopping(mailbox: Mailbox, write: Write) -> None:
    await write("agreed", resident_id=mailbox.cast.poster.id)
    [letter] = await mailbox.send()
    assert letter["List-Unsubscribe"] is None
    assert "/stop/" not in body(letter)


async def test_what_somebody_waits_for_comes_and_ends_by_its_own_secret(mailbox: Mailbox) -> None:
    def find(tx: Transaction) -> None:
        searches.keep(tx, mailbox.cast.helper, "heg", "", "", "", NOON)
        digests.choose(tx, mailbox.cast.helper, "weekly", "9", NOON)
        posts.post(tx, mailbox.cast.poster, town.offers(), NOON)
        searches.write_found(tx, NOON + HOUR)

    await mailbox.database.writing(find)
    [letter] = [one for one in await mailbox.send(NOON + HOUR) if one["List-Unsubscribe"]]
    assert "Aangeboden: Ik snoei graag een heg\nhttps://centrum.example/o/" in body(letter)
    assert "https://centrum.example/me/mail\n" in body(letter)
    await mailbox.database.writing(tidings.stop, secret_of(letter), NOON + HOUR)
    wanted = [
        await mailbox.database.reading(tidings.wanted, mailbox.cast.helper.id, what)
        for what in ("found", "digest")
    ]
    assert wanted == [False, True]


async def test_a_long_list_is_cut_and_says_so(mailbox: Mailbox) -> None:
    def fill(tx: Transaction) -> None:
        digests.choose(tx, mailbox.cast.helper, "daily", "9", NOON)
        for number in range(14):
            posts.post(tx, mailbox.cast.poster, town.asks(f"Vraag {number}"), NOON)
        digests.write_due(tx, MORNING)

    await mailbox.database.writing(fill)
    [letter] = [one for one in await mailbox.send(MORNING) if one["List-Unsubscribe"]]
    assert body(letter).count("Gevraagd: ") == 10
    assert "En nog 4 meer." in body(letter)


@pytest.mark.parametrize(
    ("title", "safe"),
    [
        ("Je sessie verloopt: https://evil.example/in", "Je sessie verloopt: …"),
        ("Kijk op www.evil.example nu", "Kijk op … nu"),
        ("Ga naar evil.example/in!", "Ga naar …"),
        ("Mail kees@evil.example", "Mail …"),
        ("Wie haalt om 10.30 brood?", "Wie haalt om 10.30 brood?"),
        ("Koffie, thee e.d. in De Spil.", "Koffie, thee e.d. in De Spil."),
        ("{stop} {link}", "{stop} {link}"),
    ],
)
def test_no_title_makes_a_link_in_a_letter_of_ours(title: str, safe: str) -> None:
    assert unlinked(title) == safe


async def test_a_title_with_braces_stands_as_it_was_written(mailbox: Mailbox) -> None:
    def fill(tx: Transaction) -> None:
        digests.choose(tx, mailbox.cast.helper, "daily", "9", NOON)
        posts.post(tx, mailbox.cast.poster, town.asks("{stop} {0} {link.x}"), NOON)
        digests.write_due(tx, MORNING)

    await mailbox.database.writing(fill)
    [letter] = [one for one in await mailbox.send(MORNING) if one["List-Unsubscribe"]]
    assert "Gevraagd: {stop} {0} {link.x}\n" in body(letter)


# Which letters go before which


async def to(mailbox: Mailbox, *whats: str) -> None:
    for what in whats:
        await mailbox.database.writing(letters.add, what, NOON, resident_id=mailbox.cast.poster.id)


async def order(mailbox: Mailbox) -> list[str]:
    """What waits, in the order in which it goes."""

    def look(tx: Transaction) -> list[str]:
        return [one.what for one in letters.claim(tx, NOON, NOON + HOUR, 100)]

    return await mailbox.database.writing(look)


async def test_R09_notices_and_digests_go_after_all_that_people_did(mailbox: Mailbox) -> None:
    await to(mailbox, *["digest"] * 3, *["board"] * 3, "agreed", "signin", "wrote", "digest", "signin")
    assert await order(mailbox) == [
        *("signin", "signin", "agreed", "wrote"),
        *("board", "board", "board", "digest", "digest", "digest", "digest"),
    ]


async def test_R09_a_slow_digest_keeps_nobody_waiting_who_wants_to_get_in(mailbox: Mailbox) -> None:
    """They have no connection in common: while one hangs, the other goes."""
    carried: list[str] = []

    async def van(message: EmailMessage) -> None:
        carried.append(str(message["Subject"]))

    await to(mailbox, "board", "signin", "agreed")
    took = await mailbox.database.writing(worker._take, worker.PATIENTLY, mailbox.settings, NOON)
    assert [one.letter.what for one in took] == ["board"]  # in hand, and not sent yet
    while await worker.send_of(worker.PROMPTLY, mailbox.database, mailbox.settings, van, NOON):
        pass
    assert sorted(carried) == ["Er is een bericht voor je", "Inloggen bij Centrum"]


async def test_R09_so_many_letters_that_can_wait_go_in_an_hour_and_others_are_not_counted(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    mailbox.settings = settings_for(tmp_path, mail_per_hour=7)
    await to(mailbox, *["board"] * 12, *["agreed"] * 12)
    sent = [len(await mailbox.send(NOON + timedelta(minutes=minutes))) for minutes in (0, 30, 61, 62)]
    assert sent == [19, 0, 5, 0]


@pytest.mark.parametrize("hours", [7, 9, 12, 18])  # 20, 22, 1 and 7 o'clock in Amsterdam
async def test_at_night_only_who_asked_for_it_hears_from_us(mailbox: Mailbox, hours: int) -> None:
    await to(mailbox, "board", "agreed", "wrote")
    await mailbox.database.writing(letters.add, "signin", NOON, address="bea@example.org")
    at = NOON + hours * HOUR
    assert [one["Subject"] for one in await mailbox.send(at)] == ["Inloggen bij Centrum"]
    assert len(await mailbox.rows()) == 3
    assert len(await mailbox.send(NOON + 19 * HOUR)) == 3  # 8 o'clock
    assert await mailbox.rows() == []


async def test_a_demo_has_no_night(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.settings = settings_for(tmp_path, origin="http://127.0.0.1:8401", town=True)
    await to(mailbox, "agreed")
    assert len(await mailbox.send(NOON + 12 * HOUR)) == 1


def test_the_queues_are_in_order() -> None:
    assert sorted(Queue) == [Queue.DOOR, Queue.PEOPLE, Queue.NOTICES, Queue.DIGESTS]
