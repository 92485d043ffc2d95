"""Contact details: released by each of two people who agreed, looked at while released, never copied
(`wire.md` 7)."""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from node.neighbourhood.refusal import Invalid, NotReachable, Words, phrase
from node.neighbourhood.thread import Side

FIELDS = ("phone", "email", "address")
ADDRESS_LENGTH = 200
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,24}")


@dataclass(frozen=True)
class Contact:
    """What somebody let the other see, at this moment. `None`: that was not released, or is not known."""

    name: str
    phone: str | None = None
    email: str | None = None
    address: str | None = None

    def only(self, fields: Collection[str]) -> "Contact":
        """The name, and of the rest what stands in `fields`."""
        phone, email, address = (getattr(self, name) if name in fields else None for name in FIELDS)
        return Contact(self.name, phone, email, address)

    @property
    def known(self) -> tuple[str, ...]:
        """Which details there are."""
        return tuple(field for field in FIELDS if getattr(self, field) is not None)


@dataclass(frozen=True)
class Elsewhere:
    """Whose details are wanted lives at another node: there they are asked for, under this id."""

    node_id: str
    uri: str


Fetch = Callable[[Elsewhere], Awaitable[Contact | None]]
"""Look at another node, now: what was released there, or None. Raises NotReachable. The roof gives it to the
doors, for no door may import another, and nothing may be stored."""


async def out_of_reach(there: Elsewhere) -> Contact | None:
    """For a door that was given no way out."""
    raise NotReachable(phrase("The other neighbourhood cannot be reached now. Write a message instead."))


@dataclass(frozen=True)
class Release:
    """One person's yes to the other seeing `fields`, until taken back (`ended`)."""

    response_id: str
    side: Side
    fields: tuple[str, ...]
    released: datetime
    ended: datetime | None = None


def checked_phone(phone: str) -> str | None:
    """A telephone number as people write it; None when left empty."""
    phone = " ".join(phone.split())
    if not phone:
        return None
    if not _PHONE.fullmatch(phone):
        raise Invalid({"phone": phrase("Write only the number, such as 0199-00 12 34.")})
    return phone


def checked_address(address: str) -> str | None:
    """Street, number and town; None when left empty."""
    address = "\n".join(" ".join(line.split()) for line in address.splitlines() if line.strip())
    if not address:
        return None
    if len(address) > ADDRESS_LENGTH:
        raise Invalid({"address": phrase("At most %(most)d letters.", most=ADDRESS_LENGTH)})
    if any(not sign.isprintable() and sign != "\n" for sign in address):
        raise Invalid({"address": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return address


def checked_details(phone: str, address: str) -> tuple[str | None, str | None]:
    """A number and an address as somebody typed them; what is wrong is said per field, all at once."""
    errors: dict[str, Words] = {}
    kept: dict[str, str | None] = {}
    for field, check, typed in (("phone", checked_phone, phone), ("address", checked_address, address)):
        try:
            kept[field] = check(typed)
        except Invalid as wrong:
            errors |= wrong.errors
    if errors:
        raise Invalid(errors)
    return kept["phone"], kept["address"]


def checked_fields(fields: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Which details the other may see: at least one, and only what is `known` here."""
    chosen = tuple(field for field in FIELDS if field in fields)
    if not chosen:
        raise Invalid({"fields": phrase("Choose what the other may see.")})
    if not set(chosen) <= set(known):
        raise Invalid({"fields": phrase("We do not have that of you yet. Write it down at My details.")})
    return chosen
