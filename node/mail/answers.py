"""Reading a mail that somebody sent back: to which secret, and what they wrote themselves.

Of the mail only its plain text counts: no HTML, nothing attached, no pictures. What they answer to and their
signature go: a signature often holds a number, which is shown to nobody by accident.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parseaddr
from hashlib import sha256

MOST_TEXT = 20_000  # letters that are looked at
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_LIST = ("List-Id", "List-Unsubscribe", "List-Post", "X-Loop", "X-Autoreply", "X-Autorespond")
_BULK = {"bulk", "list", "junk", "auto_reply"}
_SIGNATURE = re.compile(r"-- ?|_{10,}|-{3,} ?\w[\w ]{2,40} ?-{3,}")  # also a line above what is forwarded
_SAID = re.compile(r"\s*(?:Op|On|Am|Le|W dniu|Dnia)\s.*\d")
_HEAD = re.compile(r"\*?(?:Van|From|Von|De|Kimden|Od|Від|من)\s?:\*?\s[^@]*@")
_SECRET = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Answer:
    """What came: the secret of its address, what tells it from other mails, and its words (or nothing)."""

    secret: str
    key: str
    text: str


def read(raw: bytes, address: str, own: frozenset[str]) -> Answer | None:
    """An answer to a letter of ours; None for all else, and for what no person sent: to answer that, or to
    hand it on, could go round for ever (RFC 3834). `address`: where answers come in; `own`: whom we send as.

    Raises whatever the library does for a mail that is no mail.
    """
    message = message_from_bytes(raw, policy=default)
    if _by_a_machine(message, own):
        return None
    secret = _secret(message, address)
    if secret is None:
        return None
    text = _written(_plain(message)[:MOST_TEXT])
    name = _head(message, "Message-ID") or sha256(text.encode(errors="replace")).hexdigest()
    return Answer(secret, name, text)


def with_secret(address: str, secret: str) -> str:
    """Where one answers a letter: `box+SECRET@mail.example`."""
    box, _, host = address.rpartition("@")
    return f"{box}+{secret}@{host}"


def _by_a_machine(message: EmailMessage, own: frozenset[str]) -> bool:
    sender = parseaddr(_head(message, "From"))[1].lower()
    return (
        _head(message, "Auto-Submitted").lower() not in ("", "no")
        or _head(message, "Precedence").lower() in _BULK
        or _head(message, "Return-Path") == "<>"
        or any(name in message for name in _LIST)
        or message.get_content_type() in ("multipart/report", "message/delivery-status")
        or sender in own
        or sender.partition("@")[0] in ("mailer-daemon", "postmaster")
    )


def _head(message: EmailMessage, name: str) -> str:
    """A header as text; nothing for one that is not there, or cannot be read."""
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, IndexError, AttributeError):  # what the library makes of some broken ones
        return ""


def _secret(message: EmailMessage, address: str) -> str | None:
    box, _, host = address.lower().rpartition("@")
    for _, to in getaddresses([_head(message, name) for name in _TO]):
        name, _, there = to.lower().rpartition("@")
        ours, _, secret = name.partition("+")
        if (ours, there) == (box, host) and _SECRET.fullmatch(secret):
            return secret
    return None


def _plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AttributeError):  # an alphabet nobody knows, or bytes that are none
        return ""


def _written(text: str) -> str:
    """What somebody wrote themselves: without what they answer to, and without what stands under it."""
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line.strip()) or _HEAD.match(line.strip()):
            lines = lines[:number]
            break
    kept: list[str] = []
    for line in lines:
        if line.lstrip().startswith(">"):
            _drop_who_said(kept)
        else:
            kept.append(line)
    return "\n".join(kept).strip()


def _drop_who_said(kept: list[str]) -> None:
    """Above what is quoted stands who said it: a line that ends with a colon, or such a line in two."""
    while kept and not kept[-1].strip():
        kept.pop()
    if not kept or not kept[-1].rstrip().endswith(":"):
        return
    last = kept.pop()
    if kept and kept[-1].strip() and not _SAID.match(last) and _SAID.match(kept[-1]):
        kept.pop()
