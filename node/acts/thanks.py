"""Thank-yous: who was helped writes a few words to who helped, in their conversation. Others read them only
while both want that.

Over the border it travels like any message (`wire.md` 6): there it is for the two alone.
"""

from dataclasses import replace
from datetime import datetime

from node.acts import decision, threads
from node.neighbourhood.activity import Happening
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.thanks import Thanks, checked_thanks, giver, may_stand, require_helped
from node.neighbourhood.thread import Message, Thread
from node.storage import log
from node.storage import thanks as kept
from node.storage import threads as kept_threads
from node.storage.database import Transaction


def say(tx: Transaction, by: Resident, response_id: str, text: str, public: bool, at: datetime) -> Message:
    """Say thank you, once for each agreement. Only who was helped, when it worked out.

    `public`: they would let everybody read it; nobody does before the other wants that too. Raises Conflict
    for a second one; the same words again are the same thank-you.
    """
    thread = kept_threads.see(tx, by, response_id, lock=True)
    require(by, Deed.WRITE, thread.owner)
    require_helped(thread)
    text = checked_thanks(text)
    there = kept.of_answer(tx, response_id)
    if there is not None:
        message = kept_threads.get(tx, there.message_id)
        if message.text == text:
            return message
        raise Conflict(phrase("You said thank you already."))
    message = threads.write(tx, by, response_id, text, at, thanking=True)
    yes = at if public and may_stand(thread) else None
    kept.add(tx, Thanks(response_id, message.id, giver_yes=yes))
    log.record(tx, Happening.THANKED, by.id, thread.post.id, at)
    if yes is not None:
        log.record(tx, Happening.THANKS_SHOWN, by.id, response_id, at)
    decision.thanked_or_not(tx, thread.post.id)
    return message


def show(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Thanks:
    """Let everybody read a thank-you: each of the two for themselves, and who is thanked only after who wrote
    it."""
    thread, thanks = _of(tx, by, response_id)
    if not may_stand(thread):
        raise Conflict(phrase("Only thanks between two people of this neighbourhood can stand here."))
    if _is_giver(thread):
        yes = replace(thanks, giver_yes=thanks.giver_yes or at)
    elif thanks.giver_yes is None:
        raise Conflict(phrase("%(name)s keeps these words between the two of you.", name=thread.name))
    else:
        yes = replace(thanks, thanked_yes=thanks.thanked_yes or at)
    if yes != thanks:
        kept.save(tx, yes)
        log.record(tx, Happening.THANKS_SHOWN, by.id, response_id, at)
    return yes


def hide(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Thanks:
    """Let others read it no longer, from this moment. Either of the two, at any time; when who wrote it does
    so, the other is asked anew before it ever stands there again."""
    thread, thanks = _of(tx, by, response_id)
    no = replace(thanks, thanked_yes=None)
    if _is_giver(thread):
        no = replace(no, giver_yes=None)
    if no != thanks:
        kept.save(tx, no)
        log.record(tx, Happening.THANKS_HIDDEN, by.id, response_id, at)
    return no


def _of(tx: Transaction, by: Resident, response_id: str) -> tuple[Thread, Thanks]:
    thread = kept_threads.see(tx, by, response_id, lock=True)
    require(by, Deed.WRITE, thread.owner)
    found = kept.of_answer(tx, response_id)
    if found is None:
        raise NotFound(phrase("This message is not here, or no longer."))
    return thread, found


def _is_giver(thread: Thread) -> bool:
    return thread.side is giver(thread.post)
