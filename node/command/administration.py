"""What can be done from the machine itself, by name: one table for a running node and for one that rests.

Each takes the open transaction, the settings and the time, then what was asked; it answers with a plain dict.
Whoever is at the machine acts as *console* (`neighbourhood.resident.console`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from node import clock
from node.command import areas, deliveries, hub, moments, others, own_keys, people, policies
from node.command.answers import Answer
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.roles import Role
from node.settings import Settings
from node.storage import deliveries as queue
from node.storage import figures, log, residents, schema
from node.storage.database import Database, Transaction


@dataclass(frozen=True)
class Command:
    """One thing to do; `reads` when it changes nothing."""

    work: Callable[..., Answer]
    reads: bool = False
    after: Callable[[Settings, datetime, Answer], None] | None = None  # once it is committed


async def perform(database: Database, settings: Settings, name: str, arguments: Answer) -> Answer:
    """Do it, in one transaction. Raises Refusal."""
    command = COMMANDS.get(name)
    if command is None:
        raise NotFound(phrase("This node does not know the command %(name)s.", name=name))
    open_one = database.reading if command.reads else database.writing
    at = clock.now()
    answer = await open_one(command.work, settings, at, **arguments)
    if command.after is not None:
        command.after(settings, at, answer)
    return answer


def changes(name: str) -> bool:
    """Whether a command changes something: a node that moved out is only looked at."""
    return name in COMMANDS and not COMMANDS[name].reads


# How it stands


def stats(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {**figures.figures(tx, at), "queue": queue.waiting(tx)}


def audit_verify(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"length": log.length(tx), "broken_at": log.broken_at(tx)}


def condition(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    """What `doctor` asks: the schema, what waits, and what does not get through."""
    failing = queue.failing(tx)
    return {
        "schema": schema.current(tx),
        "operators": len(residents.holding(tx, Role.OPERATOR, at)),
        "queue": queue.waiting(tx),
        "failing": [f"{origin} ({tries} tries): {error}" for origin, tries, error, _ in failing],
        **figures.stuck(tx),
    }


COMMANDS = {
    "resident list": Command(people.resident_list, reads=True),
    "resident add": Command(people.resident_add),
    "resident admit": Command(people.resident_admit),
    "resident link": Command(people.resident_link),
    "resident forget-passkeys": Command(people.resident_forget_passkeys),
    "role list": Command(people.role_list, reads=True),
    "role grant": Command(people.role_grant),
    "role end": Command(people.role_end),
    "invite create": Command(people.invite_create),
    "invite list": Command(people.invite_list, reads=True),
    "invite end": Command(people.invite_end),
    "node list": Command(others.node_list, reads=True),
    "node add": Command(others.node_add),
    "node accept": Command(others.node_accept),
    "node refuse": Command(others.node_refuse),
    "node end": Command(others.node_end),
    "node block": Command(others.node_block),
    "node unblock": Command(others.node_unblock),
    "node pause": Command(others.node_pause),
    "node resume": Command(others.node_resume),
    "node move-to": Command(others.node_move_to),
    "node follow": Command(others.node_follow),
    "node confirm": Command(others.node_confirm),
    "follower list": Command(policies.follower_list, reads=True),
    "follower admit": Command(policies.follower_admit),
    "follower refuse": Command(policies.follower_refuse),
    "policy show": Command(policies.policy_show, reads=True),
    "policy choose": Command(policies.policy_choose),
    "block list": Command(policies.block_list, reads=True),
    "block put": Command(policies.block_put),
    "block lift": Command(policies.block_lift),
    "block look": Command(policies.block_look, reads=True),
    "block import": Command(policies.block_import),
    "block export": Command(policies.block_export, reads=True),
    "advice list": Command(policies.advice_list, reads=True),
    "advice give": Command(policies.advice_give),
    "advice withdraw": Command(policies.advice_withdraw),
    "advice take": Command(policies.advice_take),
    "advice ignore": Command(policies.advice_ignore),
    "delivery list": Command(deliveries.delivery_list, reads=True),
    "delivery now": Command(deliveries.delivery_now),
    "delivery again": Command(deliveries.delivery_again),
    "token create": Command(people.token_create),
    "token list": Command(people.token_list, reads=True),
    "token end": Command(people.token_end),
    "key list": Command(own_keys.key_list, reads=True),
    "key rotate": Command(own_keys.key_rotate, after=own_keys.begin),
    "hub list": Command(hub.hub_list, reads=True),
    "hub join": Command(hub.hub_join),
    "hub leave": Command(hub.hub_leave),
    "hub admit": Command(hub.hub_admit),
    "hub refuse": Command(hub.hub_refuse),
    "hub expel": Command(hub.hub_expel),
    "geo import": Command(areas.geo_import),
    "geo draw": Command(areas.geo_draw),
    "geo list": Command(areas.geo_list, reads=True),
    "clock": Command(moments.clock_show, reads=True),
    "clock move": Command(moments.clock_move, after=moments.live_by),
    "clock look": Command(moments.clock_look),
    "stats": Command(stats, reads=True),
    "audit verify": Command(audit_verify, reads=True),
    "condition": Command(condition, reads=True),
}
