"""What somebody sends back on a letter is a message in that conversation; nothing else that comes in is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from node import clock
from node.acts import mailed, matches, posts, responses, threads
from node.mail import answers, postbox, worker
from node.settings import Settings, Wrong
from node.storage import matches as stored_matches
from node.storage import threads as kept
from node.storage.database import Transaction
from tests import town
from tests.mail import imap
from tests.mail.conftest import Mailbox, body, parsed, settings_for
from tests.mail.test_carriers import opened as mail_server
from tests.mail.test_carriers import way_to

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
ADDRESS = "antwoord@buurt.example"
SECRET = "0123456789abcdef" * 2
OWN = frozenset({"noreply@centrum.example", ADDRESS})


def a_mail(text: str = "Dat is goed.", to: str = "", **heads: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Merel <merel@example.org>", to or answers.with_secret(ADDRESS, SECRET)
    mail["Message-ID"] = "<1@example.org>"
    for name, value in heads.items():
        name = name.replace("_", "-")
        del mail[name]
        mail[name] = value
    mail.set_content(text)
    return mail


def text_of(mail: EmailMessage | bytes) -> str | None:
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    found = answers.read(raw, ADDRESS, OWN)
    return found.text if found is not None else None


QUOTED = """Dat is goed.
Tot dan!

Op di 3 nov 2026 om 12:00 schreef Centrum <antwoord+x@buurt.example>:
> Hallo,
>
> Iemand heeft je een bericht geschreven.
"""
SPLIT = """Dat is goed.
Tot dan!

Op di 3 nov 2026 om 12:00 schreef Centrum
<antwoord+0123@buurt.example>:

> Hallo,
"""
BELOW = """On Tue, 3 Nov 2026 Centrum wrote:
> Hello,
> somebody wrote to you

Dat is goed.
Tot dan!
"""
SIGNED = "Dat is goed.\nTot dan!\n-- \nMerel\n0199-44 55 66\nKastanjelaan 99\n"
OUTLOOK = (
    "Dat is goed.\nTot dan!\n\n________________________________\nVan: Centrum <noreply@c.example>\nHallo,\n"
)
HEADED = "Dat is goed.\nTot dan!\n\nFrom: Centrum <noreply@c.example>\nSent: Tuesday\nHallo,\n"
ORIGINAL = "Dat is goed.\nTot dan!\n\n-----Oorspronkelijk bericht-----\nHallo,\n"


@pytest.mark.parametrize("text", [QUOTED, SPLIT, BELOW, SIGNED, OUTLOOK, HEADED, ORIGINAL])
def test_only_what_somebody_wrote_themselves_is_read(text: str) -> None:
    assert text_of(a_mail(text)) == "Dat is goed.\nTot dan!"


@pytest.mark.parametrize(
    "text", ["Ik kom om 10:00:\nmet de fiets", "Van wie is dit?", "a -- b", "5 > 3 is waar"]
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert text_of(a_mail(text)) == text


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "LIST"},
        {"Return_Path": "<>"},
        {"List_Id": "<x.example.org>"},
        {"List_Unsubscribe": "<https://x.example>"},
        {"From": "Centrum <noreply@centrum.example>"},
        {"From": ADDRESS},
        {"From": "MAILER-DAEMON@example.org"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_a_machine_sent_goes_no_further(heads: dict[str, str]) -> None:
    """Else two machines could go on answering each other (RFC 3834)."""
    assert text_of(a_mail(**heads)) is None


def test_a_bounce_goes_no_further() -> None:
    raw = a_mail().as_bytes().replace(b"text/plain", b"multipart/report; boundary=x")
    assert text_of(raw) is None


@pytest.mark.parametrize(
    "to",
    [
        ADDRESS,
        "antwoord+wrong@buurt.example",
        f"antwoord+{SECRET}@elders.example",
        f"ander+{SECRET}@buurt.example",
        f"antwoord+{SECRET}0@buurt.example",
    ],
)
def test_another_address_is_none_of_ours(to: str) -> None:
    assert text_of(a_mail(to=to)) is None


def test_the_secret_is_found_in_whatever_letters_and_head() -> None:
    upper = f"ANTWOORD+{SECRET.upper()}@Buurt.Example"
    assert text_of(a_mail(to=upper)) == "Dat is goed."
    assert text_of(a_mail(to="x@example.org", Delivered_To=upper)) == "Dat is goed."


def test_only_plain_text_is_read_and_nothing_attached() -> None:
    mail = a_mail()
    mail.add_alternative("<p>Anders <img src='https://evil.example'></p>", subtype="html")
    mail.add_attachment(b"GIF89a", maintype="image", subtype="gif", filename="x.gif")
    mail.add_attachment("In een bijlage", filename="x.txt")
    assert text_of(mail) == "Dat is goed."
    only = a_mail()
    only.set_content("<p>Dat is goed.</p>", subtype="html")
    assert text_of(only) == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 500,
        b"From: \r\nTo: antwoord+"
        + SECRET.encode()
        + b"@buurt.example\r\nContent-Type: text/plain; charset=x-no\r\n\r\n\xff",
        b"To: antwoord+" + SECRET.encode() + b"@buurt.example\r\nFrom: @@@<<>\r\nMessage-ID: <<<\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 4000,
    ],
)
def test_a_mail_that_is_none_breaks_nothing(raw: bytes) -> None:
    assert postbox._read(raw, ADDRESS, OWN) is None or text_of(raw) in ("", "x", "\ufffd")


# The whole way


@dataclass
class Talk:
    """Bea and Merel write to each other, and answers come in at a box."""

    mailbox: Mailbox
    box: imap.Box
    settings: Settings
    answer: str

    async def letter(self, at: object = NOON) -> EmailMessage:
        """Bea writes; the letter that Merel gets of it."""
        await self.mailbox.database.writing(
            threads.write, self.mailbox.cast.poster, self.answer, "Wanneer?", NOON
        )
        [letter] = [one for one in await self.mailbox.send(NOON) if one["Reply-To"]]
        return letter

    async def look(self) -> int:
        return await postbox.look(self.mailbox.database, self.settings)

    async def lines(self) -> list[str]:
        def read(tx: Transaction) -> list[str]:
            return [one.text for one in reversed(kept.page(tx, self.answer, None, 50))]

        return await self.mailbox.database.reading(read)


@pytest.fixture
async def talk(mailbox: Mailbox, tmp_path: Path) -> AsyncIterator[Talk]:
    def begin(tx: Transaction) -> str:
        post = posts.post(tx, mailbox.cast.poster, town.asks(), NOON)
        answer = responses.answer(tx, mailbox.cast.helper, post.id, "Ik kan.", NOON)
        matches.agree(tx, mailbox.cast.poster, post.id, answer.id, NOON)
        return answer.id

    answer = await mailbox.database.writing(begin)
    async with imap.opened() as box:
        reads = {"imap_host": "127.0.0.1", "imap_port": box.port, "imap_tls": "none", "imap_address": ADDRESS}
        login = {"imap_user": imap.NAME, "imap_password": imap.PASSWORD}
        no_night = {"pace": {"day": "0:00-24:00"}}
        mailbox.settings = settings_for(tmp_path, **reads, **login, **no_night)
        await mailbox.send()
        yield Talk(mailbox, box, mailbox.settings, answer)


def reply(letter: EmailMessage, text: str = "Om tien uur.", **heads: str) -> bytes:
    quoted = "".join(f"> {line}\n" for line in body(letter).splitlines())
    whole = f"{text}\n\nOp di 3 nov 2026 schreef Centrum:\n{quoted}"
    return a_mail(whole, to=str(letter["Reply-To"]), **heads).as_bytes()


async def test_an_answer_by_mail_is_a_message_in_the_conversation(talk: Talk, tmp_path: Path) -> None:
    """Out by a real mail server, and in by a real box."""
    async with mail_server() as server:
        talk.mailbox.carrier = way_to(server, tmp_path)
        await talk.mailbox.database.writing(
            threads.write, talk.mailbox.cast.poster, talk.answer, "Wanneer?", NOON
        )
        await talk.mailbox.send()
    [envelope] = server.envelopes
    assert isinstance(envelope.content, bytes)
    letter = parsed(envelope.content)
    assert "antwoorden op deze mail" in " ".join(body(letter).split())
    talk.box.put(reply(letter))
    assert await talk.look() == 1
    assert await talk.lines() == ["Wanneer?", "Om tien uur."]
    assert talk.box.mails == {}
    assert {row["what"] for row in await talk.mailbox.rows()} == {"wrote"}  # Bea hears of it


async def test_a_mail_that_is_handed_in_twice_is_one_message(talk: Talk) -> None:
    letter = await talk.letter()
    talk.box.put(reply(letter))
    talk.box.put(reply(letter, X_Original_To=str(letter["Reply-To"])))
    assert await talk.look() == 2
    assert await talk.lines() == ["Wanneer?", "Om tien uur."]


async def test_who_a_mail_says_it_is_from_counts_for_nothing(talk: Talk) -> None:
    """Without the secret nothing happens and nobody is answered: the sender may be anybody."""
    letter = await talk.letter()
    other = answers.with_secret(ADDRESS, "f" * 32)
    for to in (other, ADDRESS, "merel@example.org"):
        talk.box.put(a_mail("Ik ben Merel.", to=to).as_bytes())
    before = await talk.mailbox.rows()
    assert await talk.look() == 3
    assert await talk.lines() == ["Wanneer?"]
    assert await talk.mailbox.rows() == before
    talk.box.put(reply(letter, From="iemand@anders.example"))  # their other address
    await talk.look()
    assert await talk.lines() == ["Wanneer?", "Om tien uur."]


async def test_the_secret_is_of_one_person_in_one_conversation_and_ends_with_it(talk: Talk) -> None:
    letter = await talk.letter()
    assert "Bea" not in str(letter)

    def over(tx: Transaction) -> None:
        match = stored_matches.newest_of_response(tx, talk.answer)
        assert match is not None
        matches.complete(tx, talk.mailbox.cast.poster, match.id, NOON)

    await talk.mailbox.database.writing(over)
    secret = str(letter["Reply-To"]).partition("+")[2].partition("@")[0]
    late = NOON + 40 * DAY
    await talk.mailbox.database.writing(mailed.arrived, secret, "2", "Te laat.", late)
    assert await talk.lines() == ["Wanneer?"]
    [told] = [row for row in await talk.mailbox.rows() if row["what"] == "reply refused"]
    assert told["resident_id"] == talk.mailbox.cast.helper.id
    await talk.mailbox.database.writing(
        mailed.arrived, secret, "3", "Nog een keer.", late + timedelta(minutes=5)
    )
    assert len([row for row in await talk.mailbox.rows() if row["what"] == "reply refused"]) == 1
    await talk.mailbox.database.writing(mailed.arrived, secret, "4", "Veel later.", NOON + 200 * DAY)
    assert len([row for row in await talk.mailbox.rows() if row["what"] == "reply refused"]) == 1


async def test_a_mail_without_words_is_told_of_and_that_letter_is_answered_to_nobody(talk: Talk) -> None:
    letter = await talk.letter()
    talk.box.put(reply(letter, ""))
    await talk.look()
    [told] = [one for one in await talk.mailbox.send(clock.now()) if "niet aangekomen" in body(one)]
    assert told["Reply-To"] is None
    assert told["Auto-Submitted"] == "auto-generated"
    assert f"https://centrum.example/talks/{talk.answer}\n" in body(told)


async def test_what_is_too_large_is_thrown_away(talk: Talk) -> None:
    letter = await talk.letter()
    talk.box.put(reply(letter) + b"x" * postbox.MOST_BYTES)
    talk.box.put(reply(letter, "Klein genoeg."))
    assert await talk.look() == 2
    assert await talk.lines() == ["Wanneer?", "Klein genoeg."]
    assert talk.box.mails == {}


async def test_no_secret_of_an_address_stands_in_the_database(talk: Talk, tmp_path: Path) -> None:
    letter = await talk.letter()
    secret = str(letter["Reply-To"]).partition("+")[2].partition("@")[0]
    await talk.mailbox.database.stop()
    files = [path.read_bytes() for path in sorted(tmp_path.glob("centrum.db*"))]  # noqa: ASYNC240  (nothing else runs)
    assert files
    assert not any(secret.encode() in content for content in files)


async def test_without_a_box_no_letter_says_it_can_be_answered(talk: Talk, tmp_path: Path) -> None:
    talk.mailbox.settings = settings_for(tmp_path)
    await talk.mailbox.database.writing(
        threads.write, talk.mailbox.cast.poster, talk.answer, "Wanneer?", NOON
    )
    [letter] = [one for one in await talk.mailbox.send() if "bericht geschreven" in body(one)]
    assert letter["Reply-To"] is None
    assert "antwoorden op deze mail" not in body(letter)


async def test_a_box_that_says_no_stops_nothing_else(talk: Talk, tmp_path: Path) -> None:
    """A wrong password, or nobody there: letters still go, and it is tried again later."""
    wrong = settings_for(
        tmp_path,
        imap_host="127.0.0.1",
        imap_port=talk.box.port,
        imap_tls="none",
        imap_address=ADDRESS,
        imap_user=imap.NAME,
        imap_password="wrong",
        pace={"day": "0:00-24:00"},
    )
    task = asyncio.create_task(worker.run(talk.mailbox.database, wrong))
    try:
        await talk.mailbox.database.writing(
            threads.write, talk.mailbox.cast.poster, talk.answer, "Nu?", clock.now()
        )
        async with asyncio.timeout(10):
            while True:
                change = talk.mailbox.database.change()
                if await talk.mailbox.rows() == [] and talk.box.visits:
                    break
                try:
                    await asyncio.wait_for(change.wait(), 0.2)
                except TimeoutError:
                    pass
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    "change", [{"imap_address": ""}, {"imap_address": "x y@z"}, {"imap_tls": "starttls"}]
)
def test_a_box_without_a_proper_address_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(Wrong, match="imap_"):
        settings_for(tmp_path, imap_host="mail.example", **{"imap_address": ADDRESS, **change})
