"""Appointments: the two who agreed say when it is to be, in their conversation. It is asked afterwards
whether it worked out, so that is counted from there."""

from dataclasses import replace
from datetime import datetime

from node.acts import pace, threads
from node.neighbourhood.match import MatchState, checked_agreed_for
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.thread import Message, Thread
from node.storage import matches, posts
from node.storage import threads as kept
from node.storage.database import Transaction


def make(
    tx: Transaction, by: Resident, response_id: str, moment: datetime, words: str, at: datetime
) -> Message:
    """Say when it is to be. One of the two, while the agreement runs; the other reads it in `words`, and may
    say another time just so."""
    thread = kept.see(tx, by, response_id, lock=True)
    if not thread.agreed:
        raise Conflict(phrase("There is no agreement on this any more."))
    checked_agreed_for(moment, at)
    message = threads.write(tx, by, response_id, words, at, agreed_for=moment)
    _keep(tx, thread, moment, at)
    return message


def heard(tx: Transaction, node: Node, uri: str, offer_uri: str, moment: datetime, at: datetime) -> None:
    """A message that came says when it is to be. Only from the other home of the Offer, once the message
    itself was taken in, while the agreement runs; a day that no form of ours takes changes nothing."""
    thread, message = kept.from_node(tx, node.id, offer_uri), kept.by_uri(tx, uri)
    if thread is None or message is None or message.response_id != thread.response.id or not thread.agreed:
        return
    try:
        checked_agreed_for(moment, at)
    except Invalid:
        return
    _keep(tx, thread, moment, at)


def _keep(tx: Transaction, thread: Thread, moment: datetime, at: datetime) -> None:
    if thread.match is None or thread.match.state is not MatchState.AGREED:
        return
    matches.save(tx, replace(thread.match, agreed_for=moment))
    if thread.post.own:
        pace.set_for(tx, posts.get(tx, thread.post.id), at)
