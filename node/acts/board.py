"""What a broker does from the board for somebody else: closing a post with an explanation."""

from datetime import datetime

from node.acts import posts
from node.neighbourhood.activity import Happening
from node.neighbourhood.board import checked_explanation
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import ANSWERABLE, Post, State
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import letters, matches
from node.storage import posts as kept
from node.storage.database import Transaction


def close_for(tx: Transaction, by: Resident, post_id: str, words: str, at: datetime) -> Post:
    """Close a post for whoever put it up, with an explanation that they get to read. A broker, and not while
    an agreement runs. Who still waits for an answer hears it kindly."""
    post = kept.see(tx, by, post_id, at, lock=True)
    require(by, Deed.CLOSE_FOR_POSTER, post.author)
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    words = checked_explanation(words)
    if post.state is State.CLOSED:
        return post
    if any(match.state is MatchState.AGREED for match in matches.of_post(tx, post_id)):
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    if post.state not in ANSWERABLE:
        raise Conflict(phrase("This is no longer open."))
    if post.author is not None and post.author != by.id:
        letters.add(tx, "closed for you", at, resident_id=post.author, post=post.id)
    return posts.ended(tx, by.id, post, State.CLOSED, Happening.CLOSED, at, words)
