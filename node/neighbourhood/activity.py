"""The activity log: what happened to a post, when, through whom and why. People can read it, and it can be
erased.

(ActivityPub's activities, the messages between nodes, are in `federation`.)
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """One word for each change, as it stands in the log. `docs/activities.md` explains them."""

    POSTED = "posted"
    EDITED = "edited"
    EXTENDED = "extended"
    WIDENED = "widened"
    NARROWED = "narrowed"
    PAUSED = "paused"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ANSWERED = "answered"
    ANSWER_WITHDRAWN = "answer withdrawn"
    ANSWER_DECLINED = "answer declined"
    ANSWER_TAKEN = "answer taken"
    AGREED = "agreed"
    CANCELLED = "cancelled"
    DONE = "done"
    RECEIVED = "received"
    CHANGED_ELSEWHERE = "changed elsewhere"
    DELETED_ELSEWHERE = "deleted elsewhere"
    ADMITTED = "admitted"
    JOINED = "joined"
    ROLE_GRANTED = "role granted"
    ROLE_ENDED = "role ended"
    INVITED = "invited"
    NODE_ASKED = "node asked"
    NODE_ASKS = "node asks"
    NODE_ACTIVE = "node active"
    NODE_REFUSED = "node refused"
    NODE_ENDED = "node ended"
    NODE_BLOCKED = "node blocked"


@dataclass(frozen=True)
class Entry:
    """One line of the log. `who` is a resident's id, a node's id, or None for the node itself."""

    at: datetime
    what: Happening
    who: str | None
    subject: str
    why: str | None = None
