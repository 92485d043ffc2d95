"""Sending what waits: each letter by itself, again later if it does not work, and gone once accepted."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from node import clock
from node.mail import carriers, message, postbox
from node.mail.carriers import Carrier
from node.neighbourhood.letter import PATIENT, PROMPT, Queue
from node.neighbourhood.timers import is_day
from node.settings import Settings
from node.storage import letters
from node.storage.database import Database, Transaction
from node.storage.letters import Letter
from node.trail import trail

CONNECTIONS = 2
BATCH = 10
PATIENT_BATCH = 5
LEASE = timedelta(minutes=10)  # for a batch; who is killed with one leaves it to the next
LOOK_SECONDS = 1.0
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
PATIENCE = timedelta(days=3)
PATIENCE_WITH = {"signin": timedelta(hours=1)}  # nobody waits longer to get in

_log = logging.getLogger("node.mail")


@dataclass(frozen=True)
class Lane:
    """Letters that go together, over connections of their own: who wants to get in never waits behind a
    digest, not even for a slow mail server (R09)."""

    queues: tuple[Queue, ...]
    connections: int
    batch: int

    def open_at(self, settings: Settings, at: datetime) -> tuple[Queue, ...]:
        """Its queues that may be sent from now: at night only what somebody asked for just then, but in a
        demo, where it is any hour."""
        if settings.town or is_day(at, settings.home.pace, settings.home.zone):
            return self.queues
        return tuple(queue for queue in self.queues if queue is Queue.DOOR)


PROMPTLY, PATIENTLY = Lane(PROMPT, CONNECTIONS, BATCH), Lane(PATIENT, 1, PATIENT_BATCH)


@dataclass(frozen=True)
class Taken:
    """A letter this worker has in hand."""

    letter: Letter
    message: EmailMessage


async def run(database: Database, settings: Settings) -> None:
    """Send letters, and read answers, until cancelled. Without a way out they stay, and the log says once
    what to do."""
    carrier = carriers.carrier(settings)
    async with asyncio.TaskGroup() as work:
        if settings.imap_host:
            work.create_task(postbox.run(database, settings))
        if carrier is None:
            _log.warning("no mail goes out: set mail_host or mail_folder (docs/settings.md). Letters wait.")
            await asyncio.Event().wait()
            return
        work.create_task(_drive(PROMPTLY, database, settings, carrier))
        work.create_task(_drive(PATIENTLY, database, settings, carrier))


async def _drive(lane: Lane, database: Database, settings: Settings, carrier: Carrier) -> None:
    while True:
        change = database.change() if lane is PROMPTLY else asyncio.Event()  # the other looks once a second
        try:
            if await send_of(lane, database, settings, carrier, clock.now()):
                continue
        except Exception as error:  # the outermost loop: mail may stand still for a while, the node may not
            _log.error("letters cannot be sent now: %s", trail(error))
        try:
            await asyncio.wait_for(change.wait(), LOOK_SECONDS)
        except TimeoutError:
            pass


async def send_due(database: Database, settings: Settings, carrier: Carrier, at: datetime) -> bool:
    """Send one batch of what is due in each lane; False when nothing is."""
    sent = [await send_of(lane, database, settings, carrier, at) for lane in (PROMPTLY, PATIENTLY)]
    return any(sent)


async def send_of(lane: Lane, database: Database, settings: Settings, carrier: Carrier, at: datetime) -> bool:
    """Send one batch of what is due in a lane; False when nothing is, or nothing more may go this hour."""
    if not await database.reading(_anything, lane, settings, at):
        return False
    taken = await database.writing(_take, lane, settings, at)
    places = asyncio.Semaphore(lane.connections)
    work = (_send(database, carrier, places, one, at) for one in taken)
    for broken in await asyncio.gather(*work, return_exceptions=True):
        if broken is not None:
            raise broken
    return True


def _anything(tx: Transaction, lane: Lane, settings: Settings, at: datetime) -> bool:
    queues = lane.open_at(settings, at)
    due = letters.next_due(tx, queues) if queues else None
    return due is not None and due <= at and _room(tx, lane, settings, at) > 0


def _room(tx: Transaction, lane: Lane, settings: Settings, at: datetime) -> int:
    """How many letters may be taken in hand at once."""
    if lane is PROMPTLY:
        return lane.batch
    return min(lane.batch, letters.patient_left(tx, at, settings.mail_per_hour))


def _take(tx: Transaction, lane: Lane, settings: Settings, at: datetime) -> list[Taken]:
    """Take a batch in hand and write it. What is for nobody goes; what cannot be written is laid aside."""
    taken = []
    queues, room = lane.open_at(settings, at), _room(tx, lane, settings, at)
    for letter in letters.claim(tx, at, at + LEASE, room, queues):
        try:
            ready = message.written(tx, settings, letter, at)
        except (KeyError, ValueError) as error:  # no such text, an address that is none
            _log.error("letter %d cannot be written: %s", letter.id, type(error).__name__)
            letters.failed(tx, letter.id, f"cannot be written: {type(error).__name__}", None)
            continue
        if ready is None:
            letters.sent(tx, letter.id)
        else:
            taken.append(Taken(letter, ready))
    letters.count(tx, [one.letter for one in taken], at)
    return taken


async def _send(
    database: Database, carrier: Carrier, places: asyncio.Semaphore, one: Taken, at: datetime
) -> None:
    async with places:
        try:
            await carrier(one.message)
        except Exception as error:  # outermost: one letter's failure is its own
            await _not_sent(database, one, error, at)
            return
    await database.writing(letters.sent, one.letter.id)


async def _not_sent(database: Database, one: Taken, error: Exception, at: datetime) -> None:
    again = None if isinstance(error, carriers.Refused) else next_try(one.letter, at)
    words = f"{type(error).__name__}: {error}".replace(str(one.message["To"]), "…")[:300]
    _log.warning("letter %d was not sent (%s); again at %s", one.letter.id, type(error).__name__, again)
    await database.writing(letters.failed, one.letter.id, words, again)


def next_try(letter: Letter, at: datetime) -> datetime | None:
    """When to try again, waiting longer each time; None when it has been tried long enough."""
    again = at + WAITS[min(letter.attempts, len(WAITS) - 1)]
    return again if again <= letter.created + PATIENCE_WITH.get(letter.what, PATIENCE) else None
