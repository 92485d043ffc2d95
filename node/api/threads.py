"""Threads and contact details, in JSON: between the two people of an answer, and nobody else."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from node.acts import appointments, contacts, threads
from node.api import lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.api.responses import From
from node.neighbourhood.contact import ADDRESS_LENGTH, Elsewhere, Fetch
from node.neighbourhood.contact import Contact as Shown
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.thread import TEXT_LENGTH, Side, Thread
from node.neighbourhood.thread import Message as Kept
from node.storage import contacts as kept_contacts
from node.storage import sayings, whereabouts
from node.storage import threads as kept
from node.storage.database import Transaction

Field = Literal["phone", "email", "address"]
_FIELDS: tuple[Field, ...] = ("phone", "email", "address")


class Message(Struct):
    """One message. `mine`: one wrote it oneself. `text` is empty once it was taken back (`deleted`);
    `changed`: its writer, with an account elsewhere, changed it."""

    id: str
    response: str
    by: From = msgspec.field(name="from")
    mine: bool
    text: str
    created: Moment
    deleted: bool
    changed: bool


class Messages(Struct):
    """A page of messages, newest first."""

    items: list[Message]
    next: str | None


class NewMessage(Struct, forbid_unknown_fields=True):
    """What one writes to the other. With `agreed_for` it says when it is to be, while an agreement runs."""

    text: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_LENGTH})]
    agreed_for: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET


class Released(Struct):
    """What one lets the other see now, and when the other looked."""

    fields: list[Field]
    seen: list[Moment]


class Release(Struct, forbid_unknown_fields=True):
    """Which details the other may see, with one's name."""

    fields: Annotated[list[Field], Meta(extra_json_schema={"minItems": 1})]


class Contact(Struct):
    """What the other lets one see at this moment; null is not released, or not known."""

    name: str
    phone: str | None
    email: str | None
    address: str | None


class NewDetails(Struct, forbid_unknown_fields=True):
    """One's own number and address; what is left out or empty is forgotten."""

    phone: Annotated[str, Meta(extra_json_schema={"maxLength": 26})] = ""
    address: Annotated[str, Meta(extra_json_schema={"maxLength": ADDRESS_LENGTH})] = ""


def listing(tx: Transaction, call: Call[PageAsked]) -> Messages:
    """What the two wrote; for one of them, without the words that one reported, until somebody decided."""
    thread, limit = kept.see(tx, call.by, call.key), call.asked.limit
    found = kept.page(tx, call.key, lists.before(call.asked), limit + 1)
    shown, more = lists.page(found, limit, lambda message: lists.by_time(message.created, message.id))
    away = sayings.reported_by(tx, call.by.id)
    seen = [replace(one, text="") if one.id in away else one for one in shown]
    return Messages([_message(tx, thread, message) for message in seen], more)


def write(tx: Transaction, call: Call[NewMessage]) -> Message:
    """Write to the other."""
    asked, moment = call.asked, call.asked.agreed_for
    if isinstance(moment, UnsetType):
        made = threads.write(tx, call.by, call.key, asked.text, call.at)
    else:
        made = appointments.make(tx, call.by, call.key, moment, asked.text, call.at)
    return _message(tx, kept.see(tx, call.by, call.key), made)


def take_back(tx: Transaction, call: Call[Nothing]) -> None:
    """Take a message of one's own back."""
    threads.take_back(tx, call.by, call.key, call.at)


def released(tx: Transaction, call: Call[Nothing] | Call[Release]) -> Released:
    """What one lets the other see."""
    thread = kept.see(tx, call.by, call.key)
    running = kept_contacts.released(tx, call.key, thread.side) if thread.agreed else None
    fields = [field for field in _FIELDS if running is not None and field in running.fields]
    return Released(fields, kept_contacts.looks(tx, thread))


def release(tx: Transaction, call: Call[Release]) -> Released:
    """Let the other see some details."""
    contacts.release(tx, call.by, call.key, frozenset(call.asked.fields), call.at)
    return released(tx, call)


def end(tx: Transaction, call: Call[Nothing]) -> None:
    """Let the other see nothing any more."""
    contacts.take_back(tx, call.by, call.key, call.at)


def look(tx: Transaction, call: Call[Nothing]) -> Shown | Elsewhere | None:
    """What the other lets one see, or where to ask for it (`shown`)."""
    return contacts.look(tx, call.by, call.key, call.at)


async def shown(fetch: Fetch, found: Shown | Elsewhere | None) -> Contact:
    """The details themselves, from here or from the other node. 404 when nothing is released."""
    if isinstance(found, Elsewhere):
        found = await fetch(found)
    if found is None:
        raise NotFound(phrase("The other shows nothing now."))
    return _contact(found)


def details(tx: Transaction, call: Call[Nothing]) -> Contact:
    """What is known here of oneself."""
    return _contact(kept_contacts.of(tx, call.by.id))


def keep(tx: Transaction, call: Call[NewDetails]) -> Contact:
    """Write down one's own number and address."""
    contacts.keep(tx, call.by, call.asked.phone, call.asked.address)
    return _contact(kept_contacts.of(tx, call.by.id))


def _contact(found: Shown) -> Contact:
    return Contact(found.name, found.phone, found.email, found.address)


def _message(tx: Transaction, thread: Thread, message: Kept) -> Message:
    if message.side is Side.POSTER:
        name, home = thread.post.author_name, whereabouts.of_node(tx, thread.post.node_id)
    else:
        name, home = thread.response.name, whereabouts.of_one(tx, thread.response)
    return Message(
        id=message.id,
        response=message.response_id,
        by=From(name, home.name),
        mine=message.side is thread.side,
        text=message.text,
        created=message.created,
        deleted=message.deleted is not None,
        changed=message.changed is not None,
    )
