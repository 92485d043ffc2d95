"""How a command is given to a node and answered; `audit` and `stats`. `administration` does them."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from node.command import control
from node.command.answers import Answer
from node.neighbourhood.refusal import Refusal


def on_a_node(work: Callable[..., None]) -> Callable[..., None]:
    """Every command here names its node, and may answer a program."""
    place = click.Path(path_type=Path, file_okay=False)
    as_json = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
    return click.option("--dir", "directory", type=place, default=".", help="The directory of the node.")(
        as_json(work)
    )


def perform(
    command: str, directory: Path, as_json: bool, words: Callable[[Answer], Iterable[str]], **arguments: Any
) -> Answer:
    """Have it done, and say what came of it."""
    answer = control.run(directory, command, arguments)
    for line in [json.dumps(answer, ensure_ascii=False)] if as_json else words(answer):
        click.echo(line)
    return answer


@click.group()
def audit() -> None:
    """The book of what happened, in which nothing can be changed unseen."""


@audit.command("verify")
@on_a_node
def audit_verify(**given: Any) -> None:
    """Check every seal of the audit chain."""
    answer = perform("audit verify", words=_chain, **given)
    if answer["broken_at"] is not None:
        raise Refusal("the audit chain is broken: somebody changed the database from outside")


@click.command()
@on_a_node
def stats(**given: Any) -> None:
    """The node in numbers."""
    perform("stats", words=lambda a: (f"{number:>7} {name}" for name, number in a.items()), **given)


def _chain(answer: Answer) -> Iterable[str]:
    if answer["broken_at"] is None:
        yield f"whole: {answer['length']} happenings, each seal holds"
    else:
        yield f"broken at number {answer['broken_at']} of {answer['length']}"
