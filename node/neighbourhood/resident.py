"""Residents: people known to this node, under a name of their own choice."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from node.neighbourhood.refusal import Invalid, Words, phrase
from node.neighbourhood.roles import Role

NAME_LENGTH = 40
EMAIL_LENGTH = 254
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}")


@dataclass(frozen=True)
class Resident:
    """A person as this node knows them. `admitted` is empty for an account that nobody has let in yet."""

    id: str
    name: str
    language: str
    created: datetime
    admitted: datetime | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)

    def has(self, role: Role) -> bool:
        """Whether this person holds the role now."""
        return role in self.roles


def checked_name(name: str) -> str:
    """A first name or pseudonym, as neighbours will see it; refused when empty, long, or holding an
    address."""
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": phrase("Choose a name. A first name is enough.")})
    if len(name) > NAME_LENGTH:
        raise Invalid({"name": phrase("At most %(most)d letters.", most=NAME_LENGTH)})
    if "@" in name or "://" in name or any(not c.isprintable() for c in name) or re.search(r"\d{4}", name):
        raise Invalid({"name": phrase("Only a name: no mail address, link or number.")})
    return name


def checked_email(email: str) -> str:
    """One spelling per mail address, lower case; refused when mail could not arrive or could smuggle in a
    header."""
    email = email.strip()
    if not _MAIL.fullmatch(email) or ".." in email or len(email) > EMAIL_LENGTH:
        raise Invalid({"email": _mail_words(email)})
    return email.lower()


def _mail_words(email: str) -> Words:
    if not email:
        return phrase("Write your mail address.")
    if "@" not in email:
        return phrase("There is an @ missing. Look at it once more.")
    return phrase("This is not a mail address we can write to. Look at it once more.")


def console(at: datetime) -> Resident:
    """Whoever sits at the machine itself: may do what an operator may, and stands in the log as *console*."""
    return Resident("console", "console", "en", at, admitted=at, roles=frozenset({Role.OPERATOR}))
