"""The commands for the hub: `hub`. `hub.py` does them."""

from collections.abc import Iterable
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform
from node.command.console_others import forgotten


@click.group()
def hub() -> None:
    """The hub of the municipality. WHICH: a node's address, id or name."""


@hub.command("list")
@on_a_node
def hub_list(**given: Any) -> None:
    """Our hub and its members; at a hub: who is a member, and who asks to be one."""
    perform("hub list", words=_members, **given)


@hub.command("join")
@click.argument("address")
@on_a_node
def hub_join(**given: Any) -> None:
    """Ask the hub at ADDRESS (https://... or a handle) to take us in. Its operator decides."""
    perform("hub join", words=lambda a: [f"{a['address']} is being looked up: see `hub list`"], **given)


@hub.command("leave")
@on_a_node
def hub_leave(**given: Any) -> None:
    """Leave the hub: what others hold through it is called back. One that is still looked up is forgotten."""
    perform("hub leave", words=lambda a: forgotten(a) or [_hub(a)], **given)


@hub.command("admit")
@click.argument("which")
@on_a_node
def hub_admit(**given: Any) -> None:
    """At a hub: take in a neighbourhood that asks. Every member hears of it."""
    perform("hub admit", words=lambda a: [_hub(a)], **given)


@hub.command("refuse")
@click.argument("which")
@click.option("--reason", default="", help="What its operator reads.")
@on_a_node
def hub_refuse(**given: Any) -> None:
    """At a hub: say no to a neighbourhood that asks."""
    perform("hub refuse", words=lambda a: [_hub(a)], **given)


@hub.command("expel")
@click.argument("which")
@click.option("--reason", default="", help="What stands in the log.")
@on_a_node
def hub_expel(**given: Any) -> None:
    """At a hub: put a member out. What we hold of it goes, and all members hear."""
    perform("hub expel", words=lambda a: [_hub(a)], **given)


def _hub(found: Answer) -> str:
    return f"{found['membership']:<9}{found['origin']}  {found['name']}  {found['alarm'] or ''}".rstrip()


def _members(answer: Answer) -> Iterable[str]:
    if answer["hub"] is not None:
        yield f"our hub: {_hub(answer['hub'])}"
    yield from map(_hub, answer["members"])
    for one in answer["looked_up"]:
        yield f"looked up {one['address']}  {one['error'] or ''}".rstrip()
    if not any(answer.values()):
        yield "no hub, no members"
