"""Keeping a post of ours, with what is to happen to it when nobody does anything.

Every act that changes how a post stands ends here, so that no post is ever without its timers.
"""

from datetime import datetime

from node.neighbourhood import timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Post
from node.neighbourhood.response import ResponseState
from node.neighbourhood.timers import Stand
from node.storage import log, matches, posts, responses
from node.storage import timers as kept
from node.storage.database import Transaction

LEFT = (ResponseState.DECLINED, ResponseState.TAKEN, ResponseState.WITHDRAWN)
OPENED_AGAIN = (Happening.REOPENED, Happening.SHOWN)


def save(tx: Transaction, post: Post, at: datetime) -> None:
    """Keep a changed post of ours, and set its timers."""
    posts.save(tx, post)
    set_for(tx, post, at)


def set_new(tx: Transaction, post: Post) -> None:
    """Set the timers of a post that nobody answered yet."""
    wanted = timers.due(post, Stand(post.created), tx.home.pace, tx.home.zone)
    kept.put(tx, post.id, wanted, post.created)


def set_for(tx: Transaction, post: Post, at: datetime) -> bool:
    """Set the timers of a post anew: those for the same moment stay, also when they went off already.

    Says whether anything is to happen to it.
    """
    wanted = timers.due(post, stand(tx, post), tx.home.pace, tx.home.zone) if post.own else {}
    kept.put(tx, post.id, wanted, at)
    return bool(wanted)


def stand(tx: Transaction, post: Post) -> Stand:
    """How a post stands with people now."""
    answers, zone = responses.of_post(tx, post.id), tx.home.zone
    waiting = [answer.created for answer in answers if answer.state is ResponseState.PENDING]
    running = [m.to_be(zone) for m in matches.of_post(tx, post.id) if m.state is MatchState.AGREED]
    left = [answer.decided for answer in answers if answer.state in LEFT and answer.decided is not None]
    opened, widened = _story(tx, post)
    return Stand(
        since=max([opened, *left]),
        widened=widened,
        pending=min(waiting, default=None),
        agreed=max(running, default=None),
    )


def _story(tx: Transaction, post: Post) -> tuple[datetime, datetime | None]:
    """From when it is open, and when it last went to more people."""
    opened, widened, over = post.created, post.released, False
    for entry in log.of(tx, post.id):
        if entry.what in OPENED_AGAIN or (over and entry.what is Happening.EXTENDED):
            opened, over = entry.at, False
        elif entry.what is Happening.EXPIRED:
            over = True
        elif entry.what is Happening.WIDENED:
            widened = entry.at if widened is None else max(widened, entry.at)
    return opened, widened
