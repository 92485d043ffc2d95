"""Replies: what an account elsewhere writes about a post of ours, as a Note; and who reads it first.

Written to us alone it is for who posted, and becomes an answer. Written in public it waits for a supervisor,
and so does what somebody writes whom nobody here has met.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

WAITING_OF_ACCOUNT = 5
WAITING_OF_ORIGIN = 50
WAITING_IN_ALL = 500
A_DAY_OF_ACCOUNT = 30


class ReplyState(StrEnum):
    """How far a reply has come."""

    WAITING = "waiting"
    LET_IN = "let in"
    TURNED_AWAY = "turned away"
    GONE = "gone"  # whoever wrote it took it back


@dataclass(frozen=True)
class Reply:
    """A Note from elsewhere. `post_id` is None for what is written to the neighbourhood, about no post.

    `public`: everybody can read it at its home. `response_id`: the answer that it became.
    """

    id: str
    uri: str
    account_id: str
    post_id: str | None
    public: bool
    text: str
    state: ReplyState
    created: datetime
    response_id: str | None = None
    decided: datetime | None = None
