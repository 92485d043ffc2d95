"""The commands for what does not get through: `delivery`. `deliveries` does them."""

from collections.abc import Iterable
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform


@click.group()
def delivery() -> None:
    """Messages to other nodes that do not arrive. WHICH: a node's address, id or name."""


@delivery.command("list")
@on_a_node
def delivery_list(**given: Any) -> None:
    """Who does not answer and why, what was laid aside, and what was given up."""
    perform("delivery list", words=_waiting, **given)


@delivery.command("now")
@click.argument("which")
@on_a_node
def delivery_now(**given: Any) -> None:
    """Try at once what waits for a node."""
    perform("delivery now", words=lambda a: [f"{a['name']} is tried now"], **given)


@delivery.command("again")
@click.argument("number", type=int)
@on_a_node
def delivery_again(**given: Any) -> None:
    """Send message NUMBER again, that was laid aside because the other side refused it."""
    perform("delivery again", words=lambda a: [f"message {a['id']} is sent again"], **given)


def _waiting(answer: Answer) -> Iterable[str]:
    for one in answer["failing"]:
        tries = f"{one['waiting']} waiting, {one['tries']} tries, again {one['again']}"
        yield f"failing   {one['origin']}  {tries}  {one['error'] or ''}".rstrip()
    for key, state in (("parked", "parked"), ("given_up", "given up")):
        for one in answer[key]:
            yield f"{state:<10}{one['id']}  {one['type']} to {one['origin']}  {one['error'] or ''}".rstrip()
    yield f"{answer['waiting']} messages wait to go out"
