"""Lists: newest first, a page at a time. The cursor says of which list, and where a page ended; only this
node reads it."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from node.neighbourhood.refusal import Invalid, phrase

S = TypeVar("S", bound=Struct)
T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=100, description="At most so many on a page.")]
Cursor = Annotated[
    str, Meta(max_length=4000, description="`next` of the page before; without it, the first.")
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class PageAsked(Struct, forbid_unknown_fields=True):
    """Which page of a list is wanted."""

    limit: Limit = 20
    cursor: Cursor | UnsetType = UNSET


def of_list(name: str, asked: S) -> S:
    """What is asked, with the cursor as this list made it. Refused for that of another list: 422."""
    if not isinstance(asked, PageAsked) or asked.cursor is UNSET:
        return asked
    whose, _, place = asked.cursor.partition(".")
    if whose != name:
        raise _not_ours()
    return msgspec.structs.replace(asked, cursor=place)


def named(name: str, answer: Any) -> Any:
    """An answer whose `next`, if it is a page of a list, says of which."""
    following = getattr(answer, "next", None)
    return msgspec.structs.replace(answer, next=f"{name}.{following}") if following else answer


def ended(asked: PageAsked) -> tuple[str, str] | None:
    """Where the page before ended; None for the first page. Refused: 422."""
    if asked.cursor is UNSET:
        return None
    try:
        raw = base64.b64decode(asked.cursor.encode("ascii"), altchars=b"-_", validate=True)
        first, last = msgspec.json.decode(raw, type=tuple[str, str])
    except ValueError:  # not ours: other letters, other bytes, other words
        raise _not_ours() from None
    if "\x00" in first + last:
        raise _not_ours()
    return first, last


def before(asked: PageAsked) -> tuple[datetime, str] | None:
    """Where the page before ended in a list by time, as (when, id). Refused: 422."""
    end = ended(asked)
    if end is None:
        return None
    try:
        return _EPOCH + int(end[0]) * _MILLISECOND, end[1]
    except (ValueError, OverflowError):
        raise _not_ours() from None


def by_time(at: datetime, key: str) -> tuple[str, str]:
    """The place of a thing in a list by time, for its cursor."""
    return str((at - _EPOCH) // _MILLISECOND), key


def page(found: list[T], limit: int, place: Callable[[T], tuple[str, str]]) -> tuple[list[T], str | None]:
    """A page, and its `next`, from what was found: one more than fits tells that there is a next."""
    if len(found) <= limit:
        return found, None
    shown = found[:limit]
    return shown, written(place(shown[-1]))


def written(place: tuple[str, str]) -> str:
    """A place in a list as the cursor that goes on there."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _not_ours() -> Invalid:
    return Invalid({"cursor": phrase("Take `next` of the page before, as it is.")})
