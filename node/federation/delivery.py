"""Delivery: what we say reaches every node it is for, in order, and one slow host never keeps another
waiting.

The queue is the table; this worker only carries. Times of retry are those of `security.md`.
"""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from node import clock
from node.federation import activities, actors, proofs
from node.federation.documents import origin_of, written
from node.federation.door import Federation
from node.federation.errands import Errands
from node.federation.guarded import Answer, Unreachable
from node.federation.own_key import Pair
from node.storage import deliveries, nodes, outbox, spread
from node.storage.database import Transaction
from node.storage.deliveries import LEASE, Claim, Delivery
from node.storage.outbox import Activity

AT_ONCE = 64
STEPS = [timedelta(seconds=s) for s in (30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)]
SOON = timedelta(seconds=1)
WAIT_MOST = timedelta(hours=1)  # what Retry-After may ask for
KEPT_FOR_PARTNERS, KEPT_FOR_OTHERS, KEPT_DELETE = timedelta(days=14), timedelta(days=3), timedelta(days=30)
POISONOUS_AFTER = 20
ALIVE = 3  # the step from which the wait grows no more for a host that answers, and refuses one message

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What one try came to: `done`, `later` (this host), `gone` (nobody lives there), `refused` (this
    message: tried `again`, and when that was too often parked for the operator), `aside` (this message too,
    which is not ours: the others go on meanwhile), or `dropped` (nothing to send any more)."""

    word: str
    error: str | None = None
    wait: float | None = None


def judged(answer: Answer, passed_on: bool = False) -> Outcome:
    """What an answer means for the message and for the host (`security.md`, Retry).

    What a hub passes on is believed by its author's proof, not by ours: a 401 says nothing about us, and one
    member's message keeps nobody else's waiting.
    """
    status = answer.status
    if 200 <= status < 300:
        return Outcome("done")
    if status in (404, 410):
        return Outcome("gone", f"answered {status}")
    if passed_on and 400 <= status < 500 and status not in (403, 408, 429):
        return Outcome("aside", f"answered {status}")
    if status in (401, 403, 408, 429) or status >= 500:
        return Outcome("later", f"answered {status}", answer.wait)
    return Outcome("refused", f"answered {status}")


def next_try(attempts: int, at: datetime, wait: float | None, chance: float) -> datetime:
    """When to try a host again after `attempts` failures: later each time, with full jitter, and not before
    it said."""
    step = STEPS[min(attempts, len(STEPS)) - 1]
    jittered = step * chance
    asked = min(timedelta(seconds=wait), WAIT_MOST) if wait is not None else timedelta()
    return at + max(jittered, asked, timedelta(seconds=1))


def kept_until(delivery: Delivery, partner: bool) -> datetime:
    """Until when a message is tried at all."""
    if delivery.type in ("Delete", "Undo"):
        return delivery.created + KEPT_DELETE
    return delivery.created + (KEPT_FOR_PARTNERS if partner else KEPT_FOR_OTHERS)


async def run(door: Federation) -> None:
    """Carry what is due, for ever: each destination by one task, at most 64 at once.

    An SQLite file is worked with by one process, so what is leased at the start was left by one that ended.
    """
    if door.database.sqlite_path:
        await door.database.writing(deliveries.free_all)
    for origin, _, _, _ in await door.database.reading(deliveries.failing):
        door.sleeping.add(origin)
    errands = Errands(AT_ONCE)
    try:
        while True:
            change = door.database.change()
            if errands.free and await _due(door):
                for claim in await door.database.writing(deliveries.claim, clock.now(), errands.free):
                    errands.begin(f"delivery {claim.fence} to {claim.origin}", _destination(door, claim))
            await errands.wait(change)
    finally:
        await errands.stop()


async def _due(door: Federation) -> bool:
    due = await door.database.reading(deliveries.next_due)
    return due is not None and due <= clock.now()


async def _destination(door: Federation, claim: Claim) -> None:
    """Deliver what waits for one destination, oldest first, until one does not go, or the lease is half
    over."""
    end, tries = clock.now() + LEASE / 2, claim.attempts
    while clock.now() < end:
        waiting = await door.database.reading(deliveries.head, claim.origin, clock.now())
        if not waiting:
            break
        for delivery in waiting:
            door.unheard.add(claim.origin)
            outcome = await _tried(door, delivery)
            if not await door.database.writing(_settled, claim, delivery, outcome, clock.now()):
                return
            tries = 0 if outcome.word in ("done", "aside") else tries
            if outcome.word in ("later", "again") or clock.now() >= end:
                await _give_back(door, claim, outcome, tries + 1)
                return
    await _give_back(door, claim, Outcome("done"), 0)


async def _give_back(door: Federation, claim: Claim, outcome: Outcome, tries: int) -> None:
    """Say when this host is tried again: soon, if it gave a sign of life while the try was under way."""
    if outcome.word not in ("later", "again"):
        door.unheard.discard(claim.origin)
        door.sleeping.discard(claim.origin)
        await door.database.writing(deliveries.release, claim, None, 0, None)
        return
    step = tries if outcome.word == "later" else min(tries, ALIVE)
    due = next_try(step, clock.now(), outcome.wait, random.random())  # noqa: S311  (jitter)
    await door.database.writing(deliveries.release, claim, due, tries, outcome.error)
    door.sleeping.add(claim.origin)
    if outcome.wait is None and claim.origin not in door.unheard:  # it came back while this try failed
        door.sleeping.discard(claim.origin)
        await door.database.writing(deliveries.revive, claim.origin, clock.now() + SOON)


async def _tried(door: Federation, delivery: Delivery) -> Outcome:
    waits, activity = await door.database.reading(_ready, delivery)
    if not waits:
        return Outcome("dropped")
    try:
        body = await _body(door, delivery, activity)
    except (KeyError, ValueError) as error:  # its facts are of another version of this program, or worse
        log.error("message %s cannot be written: %s", delivery.activity_id, type(error).__name__)
        return Outcome("refused", "cannot be written")
    if body is None:
        return Outcome("dropped", "its words were erased")
    try:
        keys = _keys(door, delivery.type, delivery.created)
        outcome = judged(await door.remote.post(delivery.inbox, body, keys), delivery.passed_on)
    except Unreachable as error:
        return Outcome("later", str(error))
    if outcome.word == "refused" and delivery.attempts + 1 < POISONOUS_AFTER:
        return Outcome("again", outcome.error)
    if outcome.word == "aside" and delivery.attempts + 1 >= POISONOUS_AFTER:
        return Outcome("refused", outcome.error)
    return outcome


def _ready(tx: Transaction, delivery: Delivery) -> tuple[bool, Activity | None]:
    """Whether it is still to be sent, and what it says."""
    return deliveries.still_waits(tx, delivery), outbox.get(tx, delivery.activity_id)


async def _body(door: Federation, delivery: Delivery, activity: Activity | None) -> bytes | None:
    """The bytes of a message: made and proved once, when first needed, and kept."""
    if activity is None or (activity.body is None and activity.facts is None):
        return None
    if activity.body is not None:
        return activity.body
    facts = activity.facts or {}
    to = await door.database.reading(_actor_at, delivery.inbox) if "to" not in facts else str(facts["to"])
    if activity.type == "Update" and "keys" in facts:
        facts = {**facts, "actor": await _ourselves(door, facts["keys"])}
    created = activity.created.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    said = activities.activity(door.home, activity.type, activity.uri, activity.object, facts, created, to)
    key = _keys(door, activity.type, activity.created).ed25519
    body = written(proofs.add(said, key, activity.created))
    return await door.database.writing(outbox.keep_body, activity.id, body)


async def _ourselves(door: Federation, keys: dict[str, str]) -> dict[str, Any]:
    """Our whole actor, for who keeps what an Update says and looks no further."""
    return actors.with_keys(await actors.ourselves(door), keys)


def _keys(door: Federation, type: str, created: datetime) -> Pair:
    """Whose message it is: the Group's, by its keys of then, but for a Flag."""
    return door.keys.of_application() if type == activities.BY_APPLICATION else door.keys.of_group(created)


def _actor_at(tx: Transaction, inbox: str) -> str:
    """The node that is spoken to: the one of that origin, whatever inbox it has by now."""
    node = nodes.by_origin(tx, origin_of(inbox) or inbox)
    return node.actor if node is not None else inbox


def _settled(tx: Transaction, claim: Claim, delivery: Delivery, outcome: Outcome, at: datetime) -> bool:
    """Write down what a try came to. False when another worker has taken the destination over meanwhile."""
    if not deliveries.still_mine(tx, claim):
        return False
    node = nodes.by_origin(tx, claim.origin)
    if outcome.word == "done":
        deliveries.settle(tx, delivery.id, "done")
        if delivery.post_uri is not None and delivery.type in ("Create", "Update"):
            spread.delivered(tx, delivery.post_uri, delivery.inbox, at)
        if node is not None:
            nodes.heard(tx, node, at)
            if delivery.post_uri is not None and delivery.type in ("Create", "Update"):
                outbox.reached(tx, delivery.post_uri, node.id, "delivered", at)
    elif outcome.word == "gone" or at >= kept_until(delivery, node is not None and node.partner):
        deliveries.settle(tx, delivery.id, "given_up", outcome.error)
    elif outcome.word in ("refused", "dropped"):
        deliveries.settle(
            tx, delivery.id, "parked" if outcome.word == "refused" else "dropped", outcome.error
        )
    elif outcome.word == "aside":
        again = next_try(delivery.attempts + 1, at, None, 1.0)
        deliveries.set_aside(tx, delivery.id, outcome.error or "", again)
    else:
        deliveries.failed(tx, delivery.id, outcome.error or "")
    return True
