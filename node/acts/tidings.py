"""What is told by mail of posts, to whom, and how they stop it: by the secret in a letter."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from node.neighbourhood.audience import may_see
from node.neighbourhood.digest import Often
from node.neighbourhood.following import Wish
from node.neighbourhood.letter import DIGEST, FOUND
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.storage import digests, follows, posts, searches, stops
from node.storage.database import Transaction


def worth_telling(tx: Transaction, person: Resident, found: Sequence[Post], at: datetime) -> list[Post]:
    """Those of these posts that may and should be told to somebody now: they may see it (V16), somebody can
    still say yes or come, and it is not theirs, nor reported by them, nor from a district they muted."""
    if person.admitted is None:
        return []
    reported = posts.reported_by(tx, person.id)
    muted = {node for node, wish in follows.wishes_of(tx, person).items() if wish is Wish.MUTE}
    return [
        post
        for post in found
        if may_see(person, post, at)
        and _still_to_come(post, at)
        and not (post.own and post.author == person.id)
        and post.id not in reported
        and post.node_id not in muted
    ]


def to_tell(
    tx: Transaction, person: Resident, what: str, post_ids: Sequence[str], at: datetime
) -> list[Post]:
    """What is still to be said in a letter now that it is written; nothing when they no longer want it."""
    if not wanted(tx, person.id, what):
        return []
    known = posts.known(tx, set(post_ids))
    return worth_telling(tx, person, [known[one] for one in post_ids if one in known], at)


def wanted(tx: Transaction, resident_id: str, what: str) -> bool:
    """Whether somebody wants such letters."""
    if what == DIGEST:
        return digests.of(tx, resident_id).often is not Often.NEVER
    return what == FOUND and any(not search.paused for search in searches.of(tx, resident_id))


def make_stop(tx: Transaction, person: Resident, what: str, at: datetime) -> str:
    """The secret for one letter that ends letters like it. Only for the letter itself."""
    secret = secrets.token_urlsafe(24)
    stops.add(tx, secret, person.id, what, at)
    return secret


def ends(tx: Transaction, secret: str, at: datetime) -> str:
    """Which letters end by this secret. Looking changes nothing. Raises NotFound."""
    return _whose(tx, secret, at)[1]


def stop(tx: Transaction, secret: str, at: datetime) -> str:
    """End these letters: whoever has the letter may, and can do nothing else with it. Says which they are; a
    second time it is as it was."""
    resident_id, what = _whose(tx, secret, at)
    if what == DIGEST:
        digests.keep(tx, resident_id, replace(digests.of(tx, resident_id), often=Often.NEVER, due=None))
    else:
        searches.pause(tx, resident_id, None, paused=True)
    return what


def _whose(tx: Transaction, secret: str, at: datetime) -> tuple[str, str]:
    found = stops.whose(tx, secret, at)
    if found is None:
        raise NotFound(phrase("This link does not work any more. Sign in to choose which mail you get."))
    return found


def _still_to_come(post: Post, at: datetime) -> bool:
    """Open, and not begun: what is going on already is no news."""
    return post.answerable(at) and (post.starts is None or post.starts > at)
