"""Comments: answers to a notice, which everybody who may see the notice can read, at its home.

Nothing is decided about them and no copy is sent to anybody (`wire.md` 6): who wrote one may delete it, the
poster or a supervisor may hide it.
"""

from dataclasses import replace
from datetime import datetime

from node.acts import answering, publish
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.notice import ANSWERS_EACH, ANSWERS_MOST
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import Conflict, Refusal, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import LIVE, Response, ResponseState, checked_text, require_answerable
from node.neighbourhood.roles import Deed, require
from node.storage import letters, log, outbox, posts, tombstones
from node.storage import responses as kept
from node.storage.database import Transaction


def say(tx: Transaction, by: Resident, post: Post, text: str, at: datetime) -> Response:
    """Answer a notice in public, as often as there is something to say. Any resident may, the poster too."""
    require(by, Deed.ANSWER)
    text = checked_text(text)
    require_answerable(post, at)
    made = answering.given(tx, by, post, text, at)
    made = replace(made, uri=tx.home.uri("m", made.id), state=ResponseState.ACCEPTED)
    _require_room(tx, made)
    kept.add(tx, made)
    log.record(tx, Happening.ANSWERED, by.id, post.id, at)
    if not post.own:
        facts = {"reply": post.uri, "party": made.party, "name": by.name, "text": text}
        sent = outbox.add(tx, "Create", made.uri, facts, at, made.uri)
        outbox.send_to(tx, sent, answering.home_of(post))
    elif post.author != by.id:
        letters.add(tx, "answered", at, resident_id=post.author, post=post.id)
    return made


def said(
    tx: Transaction, node: Node, uri: str, post_uri: str, party: str, name: str, text: str, at: datetime
) -> None:
    """A public answer to a notice of ours came, from a node that may hold that notice. Any other is
    dropped."""
    post = posts.by_uri(tx, post_uri, lock=True)
    if post is None or post.kind is not Kind.NOTICE or not answering.may_answer(tx, node, post):
        return
    if kept.by_uri(tx, uri) is not None or tombstones.buried(tx, uri):
        return
    made = answering.arrived(post, node, uri, party, name, text, at)
    made = replace(made, state=ResponseState.ACCEPTED)
    try:
        made = replace(made, text=checked_text(text))
        require_answerable(post, at)
        _require_room(tx, made)
    except Refusal:
        return
    kept.add(tx, made)
    log.record(tx, Happening.ANSWERED, node.id, post.id, at)
    letters.add(tx, "answered", at, resident_id=post.author, post=post.id)


def replied(tx: Transaction, account: Account, uri: str, post: Post, text: str, at: datetime) -> Response:
    """A reply from an account of other software stands under a notice of ours, once a supervisor let it in.
    Only through `acts.replies`. Raises a Refusal when there is no room."""
    if post.kind is not Kind.NOTICE:
        raise Conflict(phrase("This is no longer open."))
    require_answerable(post, at)
    made = replace(answering.replied(post, account, uri, text, at), state=ResponseState.ACCEPTED)
    there = kept.by_uri(tx, uri)  # let in before, and changed since
    if there is not None and (there.post_id, there.account_id) != (post.id, account.id):
        raise Conflict(phrase("You have answered this already."))
    if there is not None:
        made = replace(made, id=there.id, created=there.created)
        kept.save(tx, made)
        return made
    _require_room(tx, made)
    kept.add(tx, made)
    log.record(tx, Happening.ANSWERED, account.id, post.id, at)
    letters.add(tx, "answered", at, resident_id=post.author, post=post.id)
    return made


def delete(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Response:
    """Take one's own public answer away, also when it was hidden: its words go. Only who wrote it."""
    post, response = answering.lock_with_post(tx, response_id)
    require(by, Deed.WITHDRAW_ANSWER, response.resident)
    return taken_away(tx, post, response, by.id, at)


def taken_away(tx: Transaction, post: Post, response: Response, who: str, at: datetime) -> Response:
    """The words of a public answer go; elsewhere its notice's home is asked to do the same."""
    if response.state is ResponseState.WITHDRAWN:
        return response
    gone = replace(response, state=ResponseState.WITHDRAWN, text="", decided=at)
    kept.save(tx, gone)
    log.record(tx, Happening.ANSWER_WITHDRAWN, who, post.id, at)
    if response.resident is not None and not post.own:
        outbox.drop_waiting(tx, response.uri)
        outbox.erase_words(tx, response.uri)
        facts = publish.words_gone(response.uri, at)
        sent = outbox.add(tx, "Delete", response.uri, facts, at, response.uri)
        outbox.send_to(tx, sent, answering.home_of(post))
    return gone


def deleted(tx: Transaction, node: Node, uri: str, at: datetime) -> bool:
    """Who wrote a public answer elsewhere took it back. Only from its own node; False when we know of
    none."""
    found = kept.by_uri(tx, uri)
    if found is None or found.node_id != node.id:
        return False
    post, response = answering.lock_with_post(tx, found.id)
    if post.kind is not Kind.NOTICE:
        return False
    taken_away(tx, post, response, node.id, at)
    return True


def hide(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Response:
    """Nobody reads this public answer any more. The poster of the notice or a supervisor, at its home."""
    post, response = answering.lock_with_post(tx, response_id)
    require(by, Deed.HIDE_ANSWER, post.author if post.own else None)
    if not post.own:
        raise Conflict(phrase("The neighbourhood of this post decides about it."))
    return hidden(tx, post, response, by.id, at)


def hidden(tx: Transaction, post: Post, response: Response, who: str, at: datetime) -> Response:
    """A public answer to a notice of ours is read by nobody any more."""
    if response.state is not ResponseState.ACCEPTED:
        return response
    away = replace(response, state=ResponseState.DECLINED, decided=at)
    kept.save(tx, away)
    log.record(tx, Happening.ANSWER_HIDDEN, who, post.id, at)
    return away


def _require_room(tx: Transaction, response: Response) -> None:
    """A notice is no chat: a bound for each person, and one for all together."""
    live = [one for one in kept.of_post(tx, response.post_id) if one.state in LIVE]
    if sum(one.party == response.party for one in live) >= ANSWERS_EACH or len(live) >= ANSWERS_MOST:
        raise Conflict(phrase("There are many answers here already. Talk to each other instead."))
