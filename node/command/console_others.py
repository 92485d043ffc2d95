"""The commands for other nodes: `node`. `others` does them."""

from collections.abc import Iterable
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform


@click.group()
def node() -> None:
    """Other nodes, and the borders with them. WHICH: an address, an id or a name."""


@node.command("list")
@on_a_node
def node_list(**given: Any) -> None:
    """All nodes known here and how they stand to ours, and those still being looked up."""
    perform("node list", words=_nodes, **given)


@node.command("add")
@click.argument("address")
@on_a_node
def node_add(**given: Any) -> None:
    """Say yes to a neighbour by its ADDRESS. It becomes one when its operator says yes too."""
    words = "{address} is looked up and asked; `node list` shows how it goes"
    perform("node add", words=lambda a: [words.format(**a)], **given)


@node.command("accept")
@click.argument("which")
@on_a_node
def node_accept(**given: Any) -> None:
    """Say yes to a node that asks to be our neighbour."""
    perform("node accept", words=lambda a: [_node(a)], **given)


@node.command("refuse")
@click.argument("which")
@click.option("--reason", default="", help="What the other operator reads.")
@on_a_node
def node_refuse(**given: Any) -> None:
    """Say no to a node that asks to be our neighbour."""
    perform("node refuse", words=lambda a: [_node(a)], **given)


@node.command("end")
@click.argument("which")
@on_a_node
def node_end(**given: Any) -> None:
    """No longer be neighbours: our posts there are called back, agreements live on. An address that is still
    looked up is forgotten."""
    perform("node end", words=lambda a: forgotten(a) or [_node(a)], **given)


@node.command("block")
@click.argument("which")
@on_a_node
def node_block(**given: Any) -> None:
    """Have nothing to do with a node: agreements end, and what we hold of it goes."""
    perform("node block", words=lambda a: [_node(a)], **given)


@node.command("unblock")
@click.argument("which")
@on_a_node
def node_unblock(**given: Any) -> None:
    """Lift a block. The border has to be asked for anew."""
    perform("node unblock", words=lambda a: [_node(a)], **given)


@node.command("pause")
@click.argument("which")
@on_a_node
def node_pause(**given: Any) -> None:
    """For a while nothing goes to a node, and what it sends waits at its own end."""
    perform("node pause", words=lambda a: [_node(a)], **given)


@node.command("resume")
@click.argument("which")
@on_a_node
def node_resume(**given: Any) -> None:
    """Go on with a node that was paused: what waits goes out."""
    perform("node resume", words=lambda a: [_node(a)], **given)


@node.command("move-to")
@click.argument("address")
@on_a_node
def node_move_to(**given: Any) -> None:
    """This neighbourhood lives at ADDRESS from now on: whoever follows us is told. It cannot be undone."""
    words = "{address} is looked up; when it names us in its setting `formerly`, all who follow us are told"
    perform("node move-to", words=lambda a: [words.format(**a)], **given)


@node.command("follow")
@click.argument("which")
@on_a_node
def node_follow(**given: Any) -> None:
    """A neighbour moved: its new address is asked, and the border with the old one ends."""
    perform("node follow", words=lambda a: ["its new address is asked", _node(a)], **given)


@node.command("confirm")
@click.argument("which")
@on_a_node
def node_confirm(**given: Any) -> None:
    """Its operator was rung, and its new keys are good: they are fetched and kept."""
    perform("node confirm", words=lambda a: [_node(a)], **given)


def forgotten(answer: Answer) -> list[str]:
    """What is said of addresses that are looked up no more."""
    return [f"forgotten: {address} is looked up no more" for address in answer.get("forgotten", ())]


def _node(found: Answer) -> str:
    moved = f"moved to {found['moved_to']}" if found["moved_to"] else ""
    more = "  ".join(word for word in (found["alarm"], "paused" if found["paused"] else "", moved) if word)
    return f"{found['standing']:<9}{found['origin']}  {found['name']}  {more}".rstrip()


def _nodes(answer: Answer) -> Iterable[str]:
    yield from map(_node, answer["nodes"])
    for one in answer["looked_up"]:
        yield f"looked up {one['address']}  {one['error'] or ''}".rstrip()
