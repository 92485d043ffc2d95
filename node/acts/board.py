"""What a broker does from the board for somebody else: closing a post with an explanation, or handing it to a
professional."""

from datetime import datetime

from node.acts import posts
from node.neighbourhood.activity import Happening
from node.neighbourhood.board import checked_explanation
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, may, require
from node.storage import letters, matches
from node.storage import posts as kept
from node.storage.database import Transaction


def close_for(
    tx: Transaction, by: Resident, post_id: str, words: str, at: datetime, elsewhere: bool = False
) -> Post:
    """Close a post for whoever put it up, with an explanation that they get to read. A broker, and not while
    an agreement runs. Who still waits for an answer hears it kindly. `elsewhere`: help for a request was
    found in another way."""
    before = kept.see(tx, by, post_id, at, lock=True)
    require(by, Deed.CLOSE_FOR_POSTER, before.author)
    solved = elsewhere and before.kind is Kind.REQUEST
    return _end(tx, by, before, State.SOLVED_ELSEWHERE if solved else State.CLOSED, words, at)


def refer(tx: Transaction, by: Resident, post_id: str, words: str, at: datetime) -> Post:
    """Hand a post to a professional: whoever put it up reads to whom, and nobody else sees it any more,
    here or elsewhere. A broker, and not while an agreement runs."""
    before = kept.get(tx, post_id, lock=True)
    if not (before.state is State.REFERRED and may(by, Deed.REFER)):  # else the button was pressed twice
        before = kept.see(tx, by, post_id, at)
    require(by, Deed.REFER)
    return _end(tx, by, before, State.REFERRED, words, at)


def _end(tx: Transaction, by: Resident, post: Post, state: State, words: str, at: datetime) -> Post:
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    words = checked_explanation(words)
    if post.state is state:
        return post
    if any(match.state is MatchState.AGREED for match in matches.of_post(tx, post.id)):
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    if post.state not in ANSWERABLE:
        raise Conflict(phrase("This is no longer open."))
    what = Happening.REFERRED if state is State.REFERRED else Happening.CLOSED
    letter = "referred" if state is State.REFERRED else "closed for you"
    if post.author is not None and post.author != by.id:
        letters.add(tx, letter, at, resident_id=post.author, post=post.id)
    return posts.ended(tx, by.id, post, state, what, at, words)
