"""The activity log: what happened to a post, when, through whom and why. People can read it, and it can be
erased.

(ActivityPub's activities, the messages between nodes, are in `federation`.)
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.neighbourhood.post import unshowable
from node.neighbourhood.refusal import Invalid, phrase

WHY_LENGTH = 200


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
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ANSWERED = "answered"
    ANSWER_WITHDRAWN = "answer withdrawn"
    ANSWER_DECLINED = "answer declined"
    ANSWER_TAKEN = "answer taken"
    ANSWER_HIDDEN = "answer hidden"
    AGREED = "agreed"
    CANCELLED = "cancelled"
    DONE = "done"
    THANKED = "thanked"
    THANKS_SHOWN = "thanks shown"
    THANKS_HIDDEN = "thanks hidden"
    REMINDED = "reminded"
    RELEASED = "released"
    INVITED_HELPER = "helper invited"
    INVITE_DECLINED = "invite declined"
    INVITE_OVER = "invite over"
    WROTE = "wrote"
    CONTACT_RELEASED = "contact released"
    CONTACT_TAKEN_BACK = "contact taken back"
    CONTACT_SEEN = "contact seen"
    REPORTED = "reported"
    REPORT_DECIDED = "report decided"
    HELD = "held"
    HIDDEN = "hidden"
    SHOWN = "shown"
    RECEIVED = "received"
    CHANGED_ELSEWHERE = "changed elsewhere"
    MOVED_ELSEWHERE = "moved elsewhere"
    DELETED_ELSEWHERE = "deleted elsewhere"
    ADMITTED = "admitted"
    TURNED_AWAY = "turned away"
    JOINED = "joined"
    ERASED = "erased"
    MOVED_IN = "moved in"
    ROLE_GRANTED = "role granted"
    ROLE_ENDED = "role ended"
    INVITED = "invited"
    PASSKEY_MADE = "passkey made"
    PASSKEY_ENDED = "passkey ended"
    LETTER_MADE = "letter made"
    LETTER_USED = "letter used"
    LETTER_ENDED = "letter ended"
    PROVED = "proved"
    VOUCHED = "vouched"
    VOUCH_ENDED = "vouch ended"
    RETURN_ASKED = "return asked"
    RETURN_BACKED = "return backed"
    RETURN_STOPPED = "return stopped"
    RETURNED = "returned"
    NODE_ASKED = "node asked"
    NODE_ASKS = "node asks"
    NODE_ACTIVE = "node active"
    NODE_REFUSED = "node refused"
    NODE_ENDED = "node ended"
    NODE_BLOCKED = "node blocked"
    HUB_ASKED = "hub asked"
    HUB_JOINED = "hub joined"
    HUB_REFUSED = "hub refused"
    HUB_LEFT = "hub left"
    MEMBER_ASKS = "member asks"
    MEMBER_ADMITTED = "member admitted"
    MEMBER_LEFT = "member left"
    MEMBER_EXPELLED = "member expelled"
    KEY_CONFIRMED = "key confirmed"
    KEY_ROTATED = "key rotated"
    MAP_READ = "map read"
    FOLLOW_ASKED = "follow asked"
    FOLLOWER_ADMITTED = "follower admitted"
    FOLLOWER_REFUSED = "follower refused"
    REPLY_LET_IN = "reply let in"
    REPLY_TURNED_AWAY = "reply turned away"
    WEBSITE_ADDED = "website added"
    WEBSITE_REMOVED = "website removed"
    BLOCK_PUT = "block put"
    BLOCK_LIFTED = "block lifted"
    BLOCKS_READ = "block list read"
    POLICY_CHANGED = "policy changed"
    NODE_PAUSED = "node paused"
    NODE_RESUMED = "node resumed"
    ADVISED = "advised"
    ADVICE_WITHDRAWN = "advice withdrawn"
    ADVICE_TAKEN = "advice taken"
    ADVICE_IGNORED = "advice ignored"
    MOVED_AWAY = "moved away"
    NODE_MOVED = "node moved"


@dataclass(frozen=True)
class Entry:
    """One line of the log. `who` is a resident's id, a node's id, or None for the node itself."""

    at: datetime
    what: Happening
    who: str | None
    subject: str
    why: str | None = None


def checked_why(words: str) -> str:
    """Why an operator says no to another node, or puts it out: on one line, and its operator reads it."""
    words = " ".join(words.split())
    if len(words) > WHY_LENGTH:
        raise Invalid({"reason": phrase("At most %(most)d letters.", most=WHY_LENGTH)})
    if unshowable(words):
        raise Invalid({"reason": phrase("There is a sign in it that cannot be shown. Type it again.")})
    return words
