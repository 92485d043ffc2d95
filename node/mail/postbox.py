"""The box in which answers by mail come in: looked into once a minute, by IMAP.

It is for this alone: what was looked at is removed from it, whatever it was. imaplib waits while it talks, so
it does that in a thread; and it is loaded only where there is a box.
"""

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING

from node import clock
from node.acts import mailed
from node.mail import answers
from node.mail.answers import Answer
from node.settings import Settings
from node.storage.database import Database
from node.trail import trail

if TYPE_CHECKING:
    import imaplib

LOOK_SECONDS = 60.0
SECONDS = 30  # for one step of the talk with the server
AT_ONCE = 20  # mails
MOST_BYTES = 512 * 1024  # of one; what is larger is thrown away unread

_log = logging.getLogger("node.mail")


async def run(database: Database, settings: Settings) -> None:
    """Look until cancelled."""
    while True:
        try:
            if await look(database, settings) == AT_ONCE:
                continue
        except Exception as error:  # the outermost loop: answers by mail may wait, the node may not
            _log.error("answers by mail cannot be read now: %s", trail(error))
        await asyncio.sleep(LOOK_SECONDS)


async def look(database: Database, settings: Settings) -> int:
    """Take what is in the box, and remove it once it is done with; says how many mails there were.

    Of two workers that look at the same time each mail counts once (`mailed.arrived`).
    """
    box = await asyncio.to_thread(_opened, settings)
    try:
        found = await asyncio.to_thread(_taken_out, box)
        own = frozenset({settings.sender.lower(), settings.imap_address.lower()})
        for number, raw in found.items():
            answer = await asyncio.to_thread(_read, raw, settings.imap_address, own)
            if answer is not None:
                await database.writing(mailed.arrived, answer.secret, answer.key, answer.text, clock.now())
            await asyncio.to_thread(_removed, box, number)
        return len(found)
    finally:
        await asyncio.to_thread(_closed, box)


def _read(raw: bytes, address: str, own: frozenset[str]) -> Answer | None:
    try:
        return answers.read(raw, address, own) if raw else None
    except Exception as error:  # outermost: what comes in is anybody's, and one mail's failure is its own
        _log.warning("a mail in the box cannot be read: %s", type(error).__name__)
        return None


def _opened(settings: Settings) -> "imaplib.IMAP4":
    import imaplib

    where = (settings.imap_host, settings.imap_port)
    if settings.imap_tls == "tls":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            *where, ssl_context=ssl.create_default_context(), timeout=SECONDS
        )
    else:
        box = imaplib.IMAP4(*where, timeout=SECONDS)
    try:
        box.login(settings.imap_user, settings.imap_password.reveal())
        box.select("INBOX")
    except BaseException:  # whatever it was, the line does not stay open
        box.shutdown()
        raise
    return box


def _taken_out(box: "imaplib.IMAP4") -> dict[str, bytes]:
    """The oldest mails, by their number; empty for one that is too large."""
    _, found = box.uid("SEARCH", "UNDELETED")
    numbers = (found[0] or b"").decode().split()[:AT_ONCE]
    return {number: _whole(box, number) for number in numbers}


def _whole(box: "imaplib.IMAP4", number: str) -> bytes:
    """One mail, cut where it gets too large: a server says a size of its own, and need not keep to it."""
    _, found = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
    raw = next((one[1] for one in found if isinstance(one, tuple)), b"")
    return raw if len(raw) <= MOST_BYTES else b""


def _removed(box: "imaplib.IMAP4", number: str) -> None:
    box.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen \Deleted)")
    box.expunge()


def _closed(box: "imaplib.IMAP4") -> None:
    try:
        box.logout()
    except (OSError, box.error):  # it hung up first
        box.shutdown()
