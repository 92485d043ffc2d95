"""Writing a letter: what is said, to whom, and the headers around it."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import uuid4

from node.acts import entering, mailed
from node.acts import residents as acts
from node.acts import tidings as acts_of_tidings
from node.mail import answers, texts, tidings
from node.neighbourhood.letter import DIGEST, FOUND
from node.neighbourhood.refusal import NotFound
from node.neighbourhood.resident import Resident
from node.settings import Settings
from node.storage import posts, residents
from node.storage.database import Transaction
from node.storage.letters import Letter

LONGEST_LINE = 400  # of 998 (RFC 5322)
ANSWERED = ("wrote", "contact released")  # letters about a conversation, which can be answered by mail
TIDINGS = (DIGEST, FOUND)  # the only letters that hold titles of posts


def written(tx: Transaction, settings: Settings, letter: Letter, at: datetime) -> EmailMessage | None:
    """The letter, ready to go; None when there is nobody to write to.

    The secret of a sign-in link is made here and now, so that it never stood in a queue.
    """
    found = _addressee(tx, letter, at)
    if found is None:
        return None
    person, address = found
    language = texts.language_for(person.language, settings.language)
    link = _link(tx, settings, letter, person, at)
    values = {"link": link, "code": _code(link), **_facts(settings)}
    if letter.what in ANSWERED and settings.imap_host and "talk" in letter.facts:
        values["answer"] = "yes"
        message = _message(settings, address, language, _words(language, letter.what, values), at)
        way = mailed.make_way(tx, person, letter.facts["talk"], at)
        message["Reply-To"] = Address(addr_spec=answers.with_secret(settings.imap_address, way))
        return message
    if letter.what not in TIDINGS:
        return _message(settings, address, language, _words(language, letter.what, values), at)
    posts_told = tidings.lines(tx, settings, letter, person, language, at)
    if posts_told is None:
        return None
    values |= {"posts": posts_told, "stop": _stop(tx, settings, letter, person, at)}
    message = _message(settings, address, language, _words(language, letter.what, values), at)
    return _stoppable(message, values["stop"])


def _addressee(tx: Transaction, letter: Letter, at: datetime) -> tuple[Resident, str] | None:
    if letter.resident_id is None:
        person = residents.by_email(tx, letter.address or "", at)
        return (person, letter.address) if person and letter.address else None
    address = residents.email_of(tx, letter.resident_id)
    return (residents.get(tx, letter.resident_id, at), address) if address else None


_ELSEWHERE = {  # letters about no post of one's own
    DIGEST: "/",
    FOUND: "/me/mail",
    "board": "/board",
    "choose": "/board",
    "reported": "/queue",
    "held": "/queue",
    "nobody looks": "/operator/people",
    "report decided": "/reports",
    "member asks": "/operator/hub",
    "node moved": "/operator/neighbours",
    "reply waits": "/queue/replies",
    "follow asked": "/operator/followers",
    "way in made": "/me/passkeys",
    "letter locked": "/desk/letters",
    "return asked": "/me",
    "vouch asked": "/vouch",
    "idle": "/signin",
    "idle last": "/signin",
}


def _link(tx: Transaction, settings: Settings, letter: Letter, person: Resident, at: datetime) -> str:
    """Where the letter leads: the front page when there is nothing (any more) for this person to see."""
    if letter.what == "signin":
        secret = acts.make_link(tx, person.id, at, browser=letter.facts.get("browser"))
        return f"{settings.origin}/signin/{secret}"
    if letter.what in _ELSEWHERE:
        return settings.origin + _ELSEWHERE[letter.what]
    if "invite" in letter.facts:
        return f"{settings.origin}/invites/{letter.facts['invite']}"
    if "node" in letter.facts:
        return f"{settings.origin}/operator/neighbours"
    if "talk" in letter.facts:
        return f"{settings.origin}/talks/{letter.facts['talk']}"
    try:
        found = posts.see(tx, person, letter.facts.get("post", ""), at)
        page = f"/{letter.facts['page']}" if "page" in letter.facts else ""
        return f"{settings.origin}/o/{found.id}{page}"
    except NotFound:
        return f"{settings.origin}/"


def _code(link: str) -> str:
    """The digits that belong to a sign-in link, three and three."""
    code = entering.code_of(link.rpartition("/")[2])
    return f"{code[:3]} {code[3:]}"


def _stop(tx: Transaction, settings: Settings, letter: Letter, person: Resident, at: datetime) -> str:
    """Where these letters are ended without signing in; its secret is made here and now."""
    return f"{settings.origin}/stop/{acts_of_tidings.make_stop(tx, person, letter.what, at)}"


def _stoppable(message: EmailMessage, address: str) -> EmailMessage:
    """With the button of the mail program that ends letters like it (RFC 2369, RFC 8058)."""
    message.policy = SMTP.clone(max_line_length=LONGEST_LINE)  # the address stays on the line of its header
    message["List-Unsubscribe"] = f"<{address}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _facts(settings: Settings) -> dict[str, str]:
    minutes = int(acts.LINK_LASTS.total_seconds() // 60)
    return {
        "neighbourhood": settings.name,
        "phone": settings.phone,
        "hours": settings.phone_hours,
        "minutes": str(minutes),
    }


def _words(language: str, what: str, values: dict[str, str]) -> tuple[str, str]:
    """Subject and body."""
    subject, _, body = texts.text(language, what).partition("\n")
    parts = [body, *([texts.text(language, texts.PHONE)] if values["phone"] else [])]
    if "answer" in values:
        parts.insert(1, texts.text(language, texts.ANSWER))
    parts.append(texts.text(language, texts.CLOSING))
    return subject.format_map(values), "\n\n".join(part.strip().format_map(values) for part in parts) + "\n"


def _message(
    settings: Settings, address: str, language: str, words: tuple[str, str], at: datetime
) -> EmailMessage:
    """Headers are built from parts, so that no value can end one and begin another (U19)."""
    host = urlsplit(settings.origin).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message.set_content(words[1], charset="utf-8", cte="quoted-printable")
    message["From"] = Address(" ".join(settings.name.split()), addr_spec=settings.sender)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = " ".join(words[0].split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{uuid4().hex}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language
    return message
