"""The lines of a letter that tells of posts: what it is and its title, by neighbourhood, the nearest first.

A title is all that it says of a post, and only to who may see it (V16). Each line is made when the letter is
sent, so that what was taken back meanwhile is not in it.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from node.acts import tidings
from node.mail import texts
from node.neighbourhood.following import Ring
from node.neighbourhood.post import Post
from node.neighbourhood.resident import Resident
from node.neighbourhood.wish import ring_of
from node.settings import Settings
from node.storage import nodes
from node.storage.database import Transaction
from node.storage.letters import Letter

OF_ONE = 10  # lines for one neighbourhood
IN_ALL = 30
_HEADS = {Ring.HERE: "here", Ring.NEXT_DOOR: "near", Ring.TOWN: "town", None: "here"}
_NEAREST = (Ring.HERE, Ring.NEXT_DOOR, Ring.TOWN, None)

Place = tuple[Ring | None, str]


def lines(
    tx: Transaction, settings: Settings, letter: Letter, person: Resident, language: str, at: datetime
) -> str | None:
    """The lines about all posts that a letter is to tell of; None when none is left."""
    found = tidings.to_tell(tx, person, letter.what, letter.facts.get("posts", []), at)
    if not found:
        return None
    shown, parts = 0, []
    for (ring, name), posts in _by_place(tx, settings, found):
        some = posts[: min(OF_ONE, IN_ALL - shown)]
        if some:
            parts.append(texts.text(language, _HEADS[ring]).strip().format(place=name))
            parts += [_line(settings, post, language) for post in some]
            shown += len(some)
    if shown < len(found):
        parts.append(texts.text(language, "more").strip().format(number=len(found) - shown))
    return "\n\n".join(parts)


def unlinked(title: str) -> str:
    """A title without anything that a mail program would make a link of: it comes from anybody, and the
    letter comes from us."""
    return " ".join("…" if _is_link(word.lower()) else word for word in title.split())


def _is_link(word: str) -> bool:
    """Whether a word is an address, or looks like the name of a host: letters behind a dot within it."""
    if any(sign in word for sign in ("://", "www.", "@")):
        return True
    parts = pairwise(word.split("."))
    return any(before[-1:].isalnum() and len(after) > 1 and after[:2].isalpha() for before, after in parts)


def _by_place(tx: Transaction, settings: Settings, found: Iterable[Post]) -> list[tuple[Place, list[Post]]]:
    found = list(found)
    homes = nodes.known(tx, {post.node_id for post in found if post.node_id})
    places: dict[Place, list[Post]] = {}
    for post in found:
        home = homes.get(post.node_id or "")
        name = settings.name if post.own else home.name if home is not None else post.area.name
        places.setdefault((ring_of(post, home), unlinked(" ".join(name.split()))), []).append(post)
    return sorted(places.items(), key=lambda one: (_NEAREST.index(one[0][0]), one[0][1]))


def _line(settings: Settings, post: Post, language: str) -> str:
    begins = (post.starts or post.created).astimezone(settings.home.zone)
    when = {"day": begins.day, "month": begins.month, "year": begins.year, "clock": f"{begins:%H:%M}"}
    words = texts.text(language, str(post.kind)).strip()
    return words.format(title=unlinked(post.title), **when) + f"\n{settings.origin}/o/{post.id}"
