"""The commands for this node's own keys: `key`. `own_keys.py` does them."""

from collections.abc import Iterable
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform


@click.group()
def key() -> None:
    """The keys with which this node signs."""


@key.command("list")
@on_a_node
def key_list(**given: Any) -> None:
    """The keys that others are shown, and which one signs."""
    perform("key list", words=_keys, **given)


@key.command("rotate")
@click.option("--rsa", is_flag=True, help="The key for other software, instead of the one for our own kind.")
@on_a_node
def key_rotate(**given: Any) -> None:
    """Begin with a new key. Everybody who knows this node hears of it first, signed with the old one."""
    perform("key rotate", words=_keys, **given)


def _keys(answer: Answer) -> Iterable[str]:
    for one in answer["keys"]:
        yield f"{one['id']}{'  (signs)' if one['signs'] else ''}"
