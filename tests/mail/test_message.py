"""What is in a letter, and what is in none."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path

import pytest

from node.acts import (
    accounts,
    board,
    contacts,
    invites,
    letter_codes,
    mailed,
    matches,
    moderation,
    moving,
    nodes,
    passkeys,
    posts,
    replies,
    reports,
    residents,
    responses,
    returning,
    thanks,
    threads,
    trust,
)
from node.mail.message import TIDINGS
from node.neighbourhood.account import Account
from node.neighbourhood.policy import Followers, Policy
from node.neighbourhood.refusal import NotFound
from node.storage import letters, policies
from node.storage.database import Transaction
from node.storage.tables import residents as people
from tests import town
from tests.mail.conftest import Mailbox, Write, body, settings_for
from tests.mail.passing import time_passes
from tests.mail.test_texts import kinds

NOON, HOUR = town.NOON, town.HOUR
CANARY = "Kanarie"


def secret_of(text: str) -> str:
    [line] = [line for line in text.splitlines() if "/signin/" in line]
    return line.removeprefix("https://centrum.example/signin/")


async def test_somebody_signs_in_by_the_link_once(mailbox: Mailbox) -> None:
    await mailbox.database.writing(residents.ask_signin, "Bea@example.org", "192.0.2.1", NOON)
    [letter] = await mailbox.send()
    assert letter["Subject"] == "Inloggen bij Centrum"
    assert letter["To"] == "bea@example.org"
    assert "15 minuten" in body(letter)
    secret = secret_of(body(letter))
    soon = NOON + timedelta(minutes=14)
    _, person = await mailbox.database.writing(residents.sign_in, secret, None, soon)
    assert person == mailbox.cast.poster
    with pytest.raises(NotFound):
        await mailbox.database.writing(residents.sign_in, secret, None, soon)
    assert await mailbox.rows() == []


async def test_the_link_counts_from_the_sending_and_ends_those_before(mailbox: Mailbox) -> None:
    secrets = []
    for hours in (0, 1):
        await mailbox.database.writing(residents.ask_signin, "bea@example.org", "192.0.2.1", NOON)
        [letter] = await mailbox.send(NOON + hours * HOUR)
        secrets.append(secret_of(body(letter)))
    at = NOON + HOUR + timedelta(minutes=14)
    with pytest.raises(NotFound):
        await mailbox.database.writing(residents.sign_in, secrets[0], None, at)
    await mailbox.database.writing(residents.sign_in, secrets[1], None, at)


async def test_no_secret_ever_stands_in_the_database(mailbox: Mailbox, tmp_path: Path) -> None:
    await mailbox.database.writing(residents.ask_signin, "bea@example.org", "192.0.2.1", NOON)
    [letter] = await mailbox.send()
    await mailbox.database.stop()
    files = [path.read_bytes() for path in sorted(tmp_path.glob("centrum.db*"))]  # noqa: ASYNC240  (nothing else runs)
    assert files
    assert not any(secret_of(body(letter)).encode() in content for content in files)


async def test_nobody_is_written_to_at_an_unknown_address(mailbox: Mailbox) -> None:
    await mailbox.database.writing(residents.ask_signin, "nobody@example.org", "192.0.2.1", NOON)
    assert len(await mailbox.rows()) == 1  # as for a known one: U01
    assert await mailbox.send() == []
    assert await mailbox.rows() == []


async def test_whoever_has_no_mail_address_is_not_written_to(mailbox: Mailbox, write: Write) -> None:
    vera = mailbox.cast.operator
    person = await mailbox.database.writing(residents.add, vera, "Truus", None, "nl", NOON)
    await write("admitted", resident_id=person.id)
    assert await mailbox.send() == []
    assert await mailbox.rows() == []


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("nl", "Er is een bericht voor je", "Goed nieuws"),
        ("en", "There is a message for you", "Good news"),
        ("uk", "Для вас є повідомлення", "домовлено"),
        ("de", "Er is een bericht voor je", "Goed nieuws"),  # that of the neighbourhood
    ],
)
async def test_everybody_reads_their_own_language(
    mailbox: Mailbox, write: Write, language: str, subject: str, words: str
) -> None:
    await mailbox.database.writing(residents.set_language, mailbox.cast.poster, language)
    await write("agreed", resident_id=mailbox.cast.poster.id)
    [letter] = await mailbox.send()
    assert letter["Subject"] == subject
    assert words in body(letter)
    assert letter["Content-Language"] == ("nl" if language == "de" else language)


async def test_the_headers_are_in_order(mailbox: Mailbox, write: Write) -> None:
    for _ in range(2):
        await write("agreed", resident_id=mailbox.cast.helper.id)
    first, second = await mailbox.send()
    assert first["From"] == "Centrum <noreply@centrum.example>"
    assert first["To"] == "merel@example.org"
    assert parsedate_to_datetime(first["Date"]) == NOON
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Message-ID"].endswith("@centrum.example>")
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"
    assert first.get_content_charset() == "utf-8"
    assert first.get("Bcc") is None


async def test_U19_no_value_ends_a_header(mailbox: Mailbox, write: Write, tmp_path: Path) -> None:
    """U19: what stands in the settings, or got into the database somehow, makes no second header."""
    name = "Centrum\r\nBcc: all@example.org"
    mailbox.settings = settings_for(tmp_path, name=name, slug="centrum", mail_from="Buurt <post@example.org>")
    evil = people.update().where(people.c.id == mailbox.cast.helper.id)
    await mailbox.database.writing(lambda tx: tx.run(evil.values(email="merel@example.org\r\nBcc: x@y.nl")))
    await write("agreed", resident_id=mailbox.cast.helper.id)
    await write("signin", address="bea@example.org")
    [letter] = await mailbox.send()
    assert letter.get("Bcc") is None
    assert letter["From"] == '"Centrum Bcc: all@example.org" <post@example.org>'
    assert letter["To"] == "bea@example.org"
    [stuck] = await mailbox.rows()
    assert (stuck["resident_id"], stuck["due"]) == (mailbox.cast.helper.id, None)
    assert stuck["error"].startswith("cannot be written")


async def test_a_letter_says_how_to_ring_if_one_can(mailbox: Mailbox, write: Write, tmp_path: Path) -> None:
    await write("agreed", resident_id=mailbox.cast.poster.id)
    [without] = await mailbox.send()
    assert "bellen" not in body(without)
    hours = "Maandag tot en met vrijdag, 9 tot 12 uur."
    mailbox.settings = settings_for(tmp_path, phone="0199-00 12 34", phone_hours=hours)
    await write("agreed", resident_id=mailbox.cast.poster.id)
    [letter] = await mailbox.send()
    assert f"bellen? Dat kan ook: 0199-00 12 34\n{hours}\n" in body(letter)
    assert body(letter).endswith("\n\nHartelijke groet,\nCentrum\n")


async def test_a_letter_leads_to_what_its_reader_may_see(mailbox: Mailbox, write: Write) -> None:
    database, bea, merel = mailbox.database, mailbox.cast.poster, mailbox.cast.helper
    post = await database.writing(posts.post, bea, town.asks(), NOON)
    await write("called off", resident_id=merel.id, post=post.id)
    [letter] = await mailbox.send()
    assert f"https://centrum.example/o/{post.id}\n" in body(letter)
    await database.writing(posts.withdraw, bea, post.id, NOON)
    await write("called off", resident_id=merel.id, post=post.id)
    [letter] = await mailbox.send()
    assert "https://centrum.example/\n" in body(letter)


async def test_who_was_written_to_is_led_to_the_conversation(mailbox: Mailbox, write: Write) -> None:
    await write("wrote", resident_id=mailbox.cast.helper.id, talk="1" * 32)
    [letter] = await mailbox.send()
    assert f"https://centrum.example/talks/{'1' * 32}\n" in body(letter)


async def test_who_is_asked_to_help_is_led_to_the_question(mailbox: Mailbox, write: Write) -> None:
    await write("invited", resident_id=mailbox.cast.helper.id, invite="1" * 32)
    [letter] = await mailbox.send()
    assert f"https://centrum.example/invites/{'1' * 32}\n" in body(letter)


async def test_an_operator_is_led_to_the_neighbours(mailbox: Mailbox, write: Write) -> None:
    await write("node asks", resident_id=mailbox.cast.operator.id, node="node-noord")
    [letter] = await mailbox.send()
    assert "https://centrum.example/operator/neighbours\n" in body(letter)


@pytest.mark.parametrize(("what", "page"), [("reported", "/queue"), ("report decided", "/reports")])
async def test_about_a_report_one_is_led_to_the_list(
    mailbox: Mailbox, write: Write, what: str, page: str
) -> None:
    await write(what, resident_id=mailbox.cast.helper.id, post="1" * 32)
    [letter] = await mailbox.send()
    assert f"https://centrum.example{page}\n" in body(letter)


async def test_V16_V17_no_letter_holds_a_word_of_a_post_or_a_name(mailbox: Mailbox) -> None:
    """V16, V17: every kind of letter, asked for by the acts themselves, about posts full of canaries;
    but for what somebody asked to be told of posts, which `test_tidings` reads."""
    await mailbox.database.writing(_everything_happens, mailbox.cast)
    assert {row["what"] for row in await mailbox.rows()} == kinds() - set(TIDINGS)
    letters = await mailbox.send(town.NOON + 41 * town.DAY)
    names = [person.name for person in mailbox.cast.all().values()]
    for letter, word in product(letters, [CANARY, *names]):
        assert word not in body(letter)
        assert word not in str(letter["Subject"])
    assert await mailbox.rows() == []


def _a_broker_asks(tx: Transaction, cast: town.Cast) -> None:
    """Somebody to help; and closes that question with an explanation before they answered."""
    words = {"title": f"{CANARY} titel", "text": f"{CANARY} tekst", "category": "tuin"}
    post = posts.post(tx, cast.poster, town.asks(**words), NOON)
    offer = posts.post(tx, cast.helper, town.offers(**words), NOON)
    invites.ask(tx, cast.broker, post.id, offer.id, NOON)
    board.close_for(tx, cast.broker, post.id, f"{CANARY} uitleg", NOON)
    again = posts.reopen(tx, cast.poster, post.id, NOON)
    board.refer(tx, cast.broker, again.id, f"{CANARY} uitleg", NOON)


def _something_is_wrong(tx: Transaction, cast: town.Cast) -> None:
    words = {"title": f"{CANARY} titel", "text": f"{CANARY} tekst"}
    post = posts.post(tx, cast.poster, town.asks(**words), NOON)
    reports.report(tx, cast.helper, post.id, "privacy", f"{CANARY} melding", NOON)
    said = f"{CANARY} reden", f"{CANARY} uitkomst"
    moderation.uphold(tx, cast.supervisor, post.id, "ask", *said, NOON)


def _everything_happens(tx: Transaction, cast: town.Cast) -> None:
    bea, merel, tariq = cast.poster, cast.helper, cast.other
    time_passes(tx, cast, CANARY)
    residents.ask_signin(tx, "bea@example.org", "192.0.2.1", NOON)
    residents.admit(tx, cast.operator, cast.outsider.id, NOON)
    words = {"title": f"{CANARY} titel", "text": f"{CANARY} tekst"}
    posts.post(tx, bea, town.asks(**words, category="oppas"), NOON)  # looked at first
    posts.post(tx, cast.supervisor, town.asks(**words, category="oppas"), NOON)  # and by nobody
    post = posts.post(tx, bea, town.asks(**words), NOON)
    first = responses.answer(tx, merel, post.id, f"{CANARY} antwoord", NOON)
    second = responses.answer(tx, tariq, post.id, f"{CANARY} antwoord", NOON)
    responses.withdraw(tx, tariq, second.id, NOON, f"{CANARY} reden")
    responses.answer(tx, tariq, post.id, f"{CANARY} antwoord", NOON)
    match = matches.agree(tx, bea, post.id, first.id, NOON)
    matches.cancel(tx, merel, match.id, NOON, f"{CANARY} reden")
    again = responses.answer(tx, merel, post.id, f"{CANARY} antwoord", NOON)
    match = matches.agree(tx, bea, post.id, again.id, NOON)
    _a_broker_asks(tx, cast)
    _something_is_wrong(tx, cast)
    threads.write(tx, merel, again.id, f"{CANARY} bericht", NOON)
    contacts.keep(tx, bea, "0199-00 12 34", f"{CANARY}laan 7")
    contacts.release(tx, bea, again.id, frozenset({"phone", "address"}), NOON)
    matches.cancel(tx, bea, match.id, NOON, f"{CANARY} reden")
    third = responses.answer(tx, merel, post.id, f"{CANARY} antwoord", NOON)
    matches.complete(tx, bea, matches.agree(tx, bea, post.id, third.id, NOON).id, NOON)
    thanks.say(tx, bea, third.id, f"{CANARY} dank", True, NOON)
    nodes.claimed(tx, town.neighbour(tx, we_claim=False, they_claim=False).id, True, NOON)
    moving.leaves(tx, town.neighbour(tx, "zuid").id, "https://elders.example/ap/buurt/zuid", NOON)
    _somebody_elsewhere_writes(tx)
    _ways_in_change(tx, cast)
    mailed.arrived(tx, mailed.make_way(tx, tariq, second.id, NOON), "1", f"{CANARY} antwoord", NOON)  # closed
    letters.add(tx, "member asks", NOON, resident_id=cast.operator.id)  # what a hub writes
    for what in ("idle", "idle last"):  # half a year later
        letters.add(tx, what, NOON, resident_id=merel.id)
    letters.add(tx, "full", NOON, resident_id=merel.id, post=post.id)  # what another node answered


def _ways_in_change(tx: Transaction, cast: town.Cast) -> None:
    """A passkey is made, a neighbour vouches, somebody wants to come back, a letter is guessed at."""
    passkeys.add(tx, cast.poster, "credential", b"key", 0, True, f"{CANARY} telefoon", NOON)
    trust.vouch(tx, cast.broker, cast.poster.id, NOON)
    returning.begin_for(tx, cast.connector, cast.poster.id, "", NOON)
    (printed,) = letter_codes.make(tx, cast.connector, [cast.other.id], "", NOON)
    for number in range(letter_codes.WRONG_MOST):
        letter_codes.note_wrong(tx, printed.signs[:4], f"192.0.2.{number}", NOON)


def _somebody_elsewhere_writes(tx: Transaction) -> None:
    """An account of other software asks to follow, and writes before anybody knows it."""
    actor, name = "https://social.example/users/x", f"{CANARY} naam"
    account = Account(
        "x", actor, "https://social.example", "Person", f"{CANARY}@x", name, f"{actor}/inbox", NOON
    )
    accounts.met(tx, account, {}, NOON)
    policies.save(tx, Policy(followers=Followers.ASK))
    accounts.followed(tx, account, f"{actor}/follow", NOON)
    replies.arrived(tx, account, replies.Told(f"{actor}/1", (), False, f"{CANARY} woorden"), NOON)
