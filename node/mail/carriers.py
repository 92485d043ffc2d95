"""How a letter leaves: by SMTP to a mail server, or as a file into a folder (a demo's mailbox)."""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from uuid import uuid4

import aiosmtplib

from node import clock
from node.settings import Settings

Carrier = Callable[[EmailMessage], Awaitable[None]]
"""Takes a letter, and returns once it is accepted. Raises Refused, or anything else if it may work later."""

_numbers = count(1)  # letters of one moment stay in order
SECONDS = 30  # for one step of the talk with a mail server
SECONDS_IN_ALL = 90


class Refused(Exception):
    """This address takes no mail: trying again is of no use."""


def carrier(settings: Settings) -> Carrier | None:
    """The way out that the settings name; None when they name none."""
    if settings.mail_folder:
        return _folder(settings.dir / settings.mail_folder)
    return _server(settings) if settings.mail_host else None


def _folder(folder: Path) -> Carrier:
    async def drop(message: EmailMessage) -> None:
        await asyncio.to_thread(_write, folder, message.as_bytes())

    return drop


def _write(folder: Path, content: bytes) -> None:
    """One file a letter, whole or not at all, for the owner's eyes; in the order of sending when sorted."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{next(_numbers):06}-{uuid4().hex[:8]}"
    part = folder / f".{name}.part"
    part.touch(mode=0o600, exist_ok=False)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(folder / f"{name}.eml")


def _server(settings: Settings) -> Carrier:
    async def send(message: EmailMessage) -> None:
        try:
            async with asyncio.timeout(SECONDS_IN_ALL):
                await aiosmtplib.send(
                    message,
                    hostname=settings.mail_host,
                    port=settings.mail_port,
                    username=settings.mail_user or None,
                    password=settings.mail_password.reveal() or None,
                    use_tls=settings.mail_tls == "tls",
                    start_tls=settings.mail_tls == "starttls",
                    tls_context=None if settings.mail_tls == "none" else ssl.create_default_context(),
                    timeout=SECONDS,
                )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            if all(500 <= one.code <= 599 for one in refusal.recipients):
                raise Refused(refusal.recipients[0].message) from None
            raise

    return send
