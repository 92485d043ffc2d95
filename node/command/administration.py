"""What can be done from the machine itself, by name: one table for a running node and for one that rests.

Each takes the open transaction, the settings and the time, then what was asked; it answers with a plain dict.
Whoever is at the machine acts as *console* (`neighbourhood.resident.console`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from node import clock
from node.acts import nodes as borders
from node.acts import residents as people
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import Role
from node.settings import Settings
from node.storage import access, deliveries, figures, log, lookups, nodes, residents, schema
from node.storage.database import Database, Transaction

Answer = dict[str, Any]


@dataclass(frozen=True)
class Command:
    """One thing to do; `reads` when it changes nothing."""

    work: Callable[..., Answer]
    reads: bool = False


async def perform(database: Database, settings: Settings, name: str, arguments: Answer) -> Answer:
    """Do it, in one transaction. Raises Refusal."""
    command = COMMANDS.get(name)
    if command is None:
        raise NotFound(phrase("This node does not know the command %(name)s.", name=name))
    open_one = database.reading if command.reads else database.writing
    return await open_one(command.work, settings, clock.now(), **arguments)


# Residents and roles


def resident_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"residents": [_person(person) for person in residents.everyone(tx, at)]}


def resident_add(
    tx: Transaction, settings: Settings, at: datetime, name: str, email: str | None, language: str | None
) -> Answer:
    return _person(people.add(tx, console(at), name, email, language or settings.language, at))


def resident_admit(tx: Transaction, settings: Settings, at: datetime, who: str) -> Answer:
    return _person(people.admit(tx, console(at), _find(tx, who, at).id, at))


def resident_link(tx: Transaction, settings: Settings, at: datetime, who: str, minutes: int) -> Answer:
    person, lasts = _find(tx, who, at), timedelta(minutes=minutes)
    secret = people.make_link(tx, person.id, at, lasts)
    return {**_person(person), "link": f"{settings.origin}/signin/{secret}", "until": _iso(at + lasts)}


def role_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    everyone = residents.everyone(tx, at)
    rows = [{"role": role, "id": p.id, "name": p.name} for p in everyone for role in sorted(p.roles)]
    return {"roles": sorted(rows, key=lambda row: (row["role"], row["name"]))}


def role_grant(
    tx: Transaction, settings: Settings, at: datetime, who: str, role: str, until: str | None
) -> Answer:
    person = _find(tx, who, at)
    end = datetime.fromisoformat(until) if until else None
    people.grant(tx, console(at), person.id, Role(role), end, at)
    return _person(residents.get(tx, person.id, at))


def role_end(tx: Transaction, settings: Settings, at: datetime, who: str, role: str) -> Answer:
    person = _find(tx, who, at)
    people.end_role(tx, console(at), person.id, Role(role), at)
    return _person(residents.get(tx, person.id, at))


def invite_create(
    tx: Transaction, settings: Settings, at: datetime, note: str, uses: int, days: int
) -> Answer:
    lasts = timedelta(days=days)
    code = people.invite(tx, console(at), note, uses, at, lasts)
    return {"code": code, "uses": uses, "until": _iso(at + lasts), "note": note}


def invite_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    rows = access.invitations_open(tx, at)
    return {"invitations": [{"note": note, "left": left, "until": _iso(until)} for note, left, until in rows]}


def token_create(tx: Transaction, settings: Settings, at: datetime, who: str, name: str) -> Answer:
    person = _find(tx, who, at)
    return {**_person(person), "token": people.make_token(tx, person, name, at)}


# Other nodes


def node_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    asked = lookups.open_for(tx, "neighbour")
    return {
        "nodes": [_node(node) for node in nodes.everyone(tx)],
        "looked up": [{"address": one.subject, "tries": one.attempts, "error": one.error} for one in asked],
    }


def node_add(tx: Transaction, settings: Settings, at: datetime, address: str) -> Answer:
    borders.ask(tx, console(at), address, at)
    return {"address": address}


def node_accept(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _node(borders.say_yes(tx, console(at), _find_node(tx, which).id, at))


def node_refuse(tx: Transaction, settings: Settings, at: datetime, which: str, reason: str) -> Answer:
    return _node(borders.say_no(tx, console(at), _find_node(tx, which).id, reason, at))


def node_end(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _node(borders.end(tx, console(at), _find_node(tx, which).id, at))


def node_block(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _node(borders.block(tx, console(at), _find_node(tx, which).id, at))


def node_unblock(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    return _node(borders.unblock(tx, console(at), _find_node(tx, which).id, at))


# How it stands


def stats(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {**figures.figures(tx, at), "queue": deliveries.waiting(tx)}


def audit_verify(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"length": log.length(tx), "broken_at": log.broken_at(tx)}


def condition(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    """What `doctor` asks: the schema, what waits, and what does not get through."""
    failing = deliveries.failing(tx)
    return {
        "schema": schema.current(tx),
        "operators": len(residents.holding(tx, Role.OPERATOR, at)),
        "queue": deliveries.waiting(tx),
        "failing": [f"{origin} ({tries} tries): {error}" for origin, tries, error, _ in failing],
        **figures.stuck(tx),
    }


COMMANDS = {
    "resident list": Command(resident_list, reads=True),
    "resident add": Command(resident_add),
    "resident admit": Command(resident_admit),
    "resident link": Command(resident_link),
    "role list": Command(role_list, reads=True),
    "role grant": Command(role_grant),
    "role end": Command(role_end),
    "invite create": Command(invite_create),
    "invite list": Command(invite_list, reads=True),
    "node list": Command(node_list, reads=True),
    "node add": Command(node_add),
    "node accept": Command(node_accept),
    "node refuse": Command(node_refuse),
    "node end": Command(node_end),
    "node block": Command(node_block),
    "node unblock": Command(node_unblock),
    "token create": Command(token_create),
    "stats": Command(stats, reads=True),
    "audit verify": Command(audit_verify, reads=True),
    "condition": Command(condition, reads=True),
}


def _find(tx: Transaction, who: str, at: datetime) -> Resident:
    """A person by id, mail address or name, when only one is called so."""
    by_email = residents.by_email(tx, who.strip().lower(), at)
    if by_email is not None:
        return by_email
    found = [person for person in residents.everyone(tx, at) if who in (person.id, person.name)]
    if len(found) > 1:
        raise Conflict(
            phrase(
                "%(number)d people are called %(name)s: write the id, or the mail address.",
                number=len(found),
                name=who,
            )
        )
    if not found:
        raise NotFound(phrase("Nobody here has the id, the mail address or the name %(who)s.", who=who))
    return found[0]


def _find_node(tx: Transaction, which: str) -> Node:
    """A node by id, address, actor or name, when only one is called so."""
    words = which.strip().rstrip("/")
    found = [n for n in nodes.everyone(tx) if words in (n.id, n.origin, n.actor, n.name)]
    if len(found) != 1:
        raise Invalid({"node": phrase("Write the address of one node, as `node list` shows it.")})
    return found[0]


def _person(person: Resident) -> Answer:
    return {
        "id": person.id,
        "name": person.name,
        "admitted": _iso(person.admitted),
        "roles": sorted(person.roles),
    }


def _node(node: Node) -> Answer:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "url": node.url or node.origin,
        "origin": node.origin,
        "actor": node.actor,
        "area": node.area,
        "standing": node.standing,
        "alarm": node.alarm,
        "last_seen": _iso(node.last_seen),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
