"""Replies: what an account elsewhere writes about a post of ours, as a Note; and who reads it first.

Written to us alone it is for who posted, and becomes an answer. Written in public it waits for a supervisor,
and so does what somebody writes whom nobody here has met, and what nobody here but a supervisor may read.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.neighbourhood.post import Kind

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


class Why(StrEnum):
    """Why a reply waits for a supervisor."""

    HELD = "held"  # an operator wants all of this account, or of its server, looked at first
    NO_POST = "no post"  # written to the neighbourhood
    EVENT = "event"  # nobody is answered there: one comes, or does not
    PRIVATE = "private"  # what stands under a notice is read by all, and this was written to us alone
    CHANGED = "changed"  # let in before, and then its words changed
    PUBLIC = "public"
    UNKNOWN = "unknown"  # nobody here knows who wrote it


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

    def alone(self, kind: Kind | None) -> bool:
        """Whether nobody but a supervisor reads it. `kind` of the post it is about."""
        return self.post_id is None or kind is Kind.EVENT or self._too_private(kind)

    def why(self, kind: Kind | None, held: bool) -> Why:
        """Why it waits. `kind` of the post it is about; `held`: a block says that all of this account, or of
        its server, is looked at first."""
        if held:
            return Why.HELD
        if self.post_id is None:
            return Why.NO_POST
        if kind is Kind.EVENT:
            return Why.EVENT
        if self._too_private(kind):
            return Why.PRIVATE
        if self.response_id is not None:
            return Why.CHANGED
        return Why.PUBLIC if self.public else Why.UNKNOWN

    def _too_private(self, kind: Kind | None) -> bool:
        """Whether it was written to us alone, about something under which everybody reads the answers."""
        return kind is Kind.NOTICE and not self.public
