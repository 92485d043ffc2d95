"""The place of a post in a list by time, as it stands in the address of what comes after it."""

import re
from datetime import UTC, datetime, timedelta

from node.neighbourhood.post import Post

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def mark(post: Post, soonest: bool = False) -> str:
    """The place of this post among the newest first, or of an event among the soonest first."""
    return at_mark(((post.starts if soonest else None) or post.created, post.id))


def at_mark(place: tuple[datetime, str]) -> str:
    """This place in a list, as it is written."""
    moment, post_id = place
    return f"{(moment - _BEGINNING) // timedelta(milliseconds=1)}-{post_id}"


def after(mark: str) -> tuple[datetime, str] | None:
    """Where a list goes on; None for the beginning, and for what is no mark."""
    found = re.fullmatch(r"(\d{1,14})-([0-9a-f]{1,40})", mark)
    return (_BEGINNING + timedelta(milliseconds=int(found[1])), found[2]) if found else None
