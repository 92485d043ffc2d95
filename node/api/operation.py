"""What can be asked at this door: one row says it all, for the program and for the document alike."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from node.api import problems
from node.neighbourhood.contact import Fetch
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.settings import Settings
from node.storage.database import Transaction

PREFIX = "/api/v1"

S = TypeVar("S", bound=Struct)
Moment = Annotated[datetime, Meta(tz=True)]  # goes out in UTC, as RFC 3339


class Nothing(Struct, forbid_unknown_fields=True):
    """No words are needed: an empty body, or an empty object."""


@dataclass(frozen=True)
class Call(Generic[S]):
    """Somebody asks: who (None without a token), when, about which thing (`key`), and with what words."""

    settings: Settings
    at: datetime
    who: Resident | None
    key: str
    asked: S

    @property
    def by(self) -> Resident:
        """Who asks, where somebody has to be known. Refused without a token."""
        if self.who is None:
            raise problems.unsigned()
        return self.who


@dataclass(frozen=True)
class Operation:
    """One row of the table.

    `deed` is the row of `roles.MAY` that says who may; None is for everybody, who then sees what is public.
    `takes` is what is said with it: the query of a GET, else the body. `refuses` are the refusals of its act;
    those that follow from the row itself (401, 422, …) are added by the document.
    """

    method: str
    path: str
    name: str
    says: str
    does: Callable[[Transaction, Call[Any]], Any]
    answers: type | None
    deed: Deed | None = None
    takes: type[Struct] = Nothing
    status: int = 200
    refuses: tuple[int, ...] = ()
    also: str = ""
    then: Callable[[Fetch, Any], Awaitable[Any]] | None = None  # looks at another node, after the COMMIT
    file: str = ""  # under which name a browser keeps the answer

    @property
    def changes(self) -> bool:
        """Whether it changes something, and so is done by the one writer."""
        return self.method != "GET"

    @property
    def needs_body(self) -> bool:
        """Whether something has to be said with it. What changes or replaces a thing is never left out."""
        takes = msgspec.structs.fields(self.takes)
        return any(field.required for field in takes) or (bool(takes) and self.method in ("PATCH", "PUT"))
