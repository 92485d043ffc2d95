"""The commands of administration: people, roles, invitations, borders. `administration` does them."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from node.command import control
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.roles import Role

Answer = dict[str, Any]
ROLE = click.Choice([role.value for role in Role])


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
def resident() -> None:
    """People: who is known here, who is let in."""


@resident.command("list")
@on_a_node
def resident_list(**given: Any) -> None:
    """Everybody known here; who waits to be let in comes first."""
    perform("resident list", words=lambda a: map(_person, a["residents"]), **given)


@resident.command("add")
@click.option("--name", required=True, help="A first name or pseudonym.")
@click.option("--email", help="Where sign-in links go.")
@click.option("--language", help="The language of their pages and letters, such as nl.")
@on_a_node
def resident_add(**given: Any) -> None:
    """Put a person in and let them in at once."""
    perform("resident add", words=lambda a: [_person(a)], **given)


@resident.command("admit")
@click.argument("who")
@on_a_node
def resident_admit(**given: Any) -> None:
    """Let somebody in who waits. WHO: an id, a mail address or a name."""
    perform("resident admit", words=lambda a: [_person(a)], **given)


@resident.command("link")
@click.argument("who")
@click.option("--minutes", type=click.IntRange(1, 72 * 60), default=15, show_default=True)
@on_a_node
def resident_link(**given: Any) -> None:
    """Print a sign-in link for a person, valid once. WHO: an id, a mail address or a name."""
    perform("resident link", words=lambda a: [a["link"]], **given)


@click.group()
def role() -> None:
    """Who holds which role: booster, broker, supervisor, connector, operator."""


@role.command("list")
@on_a_node
def role_list(**given: Any) -> None:
    """All roles that are held now."""
    perform(
        "role list", words=lambda a: (f"{r['role']:<12}{r['name']}  {r['id']}" for r in a["roles"]), **given
    )


@role.command("grant")
@click.argument("who")
@click.argument("role", type=ROLE)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, such as 2027-06-30.")
@on_a_node
def role_grant(until: datetime | None, **given: Any) -> None:
    """Give a person a role. WHO: an id, a mail address or a name."""
    end = until.replace(hour=23, minute=59, tzinfo=UTC).isoformat() if until else None
    perform("role grant", words=lambda a: [_person(a)], until=end, **given)


@role.command("end")
@click.argument("who")
@click.argument("role", type=ROLE)
@on_a_node
def role_end(**given: Any) -> None:
    """Take a role back. WHO: an id, a mail address or a name."""
    perform("role end", words=lambda a: [_person(a)], **given)


@click.group()
def invite() -> None:
    """Invitation codes: whoever has one is let in."""


@invite.command("create")
@click.option("--note", default="", help="For whom, or where it hangs.")
@click.option("--uses", type=int, default=1, show_default=True, help="How many people may use it.")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="How long.")
@on_a_node
def invite_create(**given: Any) -> None:
    """Print a new code. It is shown this once."""
    perform("invite create", words=lambda a: [a["code"]], **given)


@invite.command("list")
@on_a_node
def invite_list(**given: Any) -> None:
    """The invitations that can still be used; their codes are not kept."""
    perform(
        "invite list",
        words=lambda a: (f"{i['left']:>4} left, until {i['until']}  {i['note']}" for i in a["invitations"]),
        **given,
    )


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
    """No longer be neighbours. Our posts there are called back; agreements live on."""
    perform("node end", words=lambda a: [_node(a)], **given)


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


@click.group()
def token() -> None:
    """Keys with which programs use the API."""


@token.command("create")
@click.option("--resident", "who", required=True, help="As whom: an id, a mail address or a name.")
@click.option("--name", default="console", show_default=True, help="To know it again by.")
@on_a_node
def token_create(**given: Any) -> None:
    """Print a new API token. It is shown this once."""
    perform("token create", words=lambda a: [a["token"]], **given)


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


def _person(person: Answer) -> str:
    standing = ", ".join(person["roles"]) or ("resident" if person["admitted"] else "waits to be let in")
    return f"{person['id']}  {person['name']} ({standing})"


def _node(found: Answer) -> str:
    return f"{found['standing']:<9}{found['origin']}  {found['name']}  {found['alarm'] or ''}".rstrip()


def _nodes(answer: Answer) -> Iterable[str]:
    yield from map(_node, answer["nodes"])
    for one in answer["looked up"]:
        yield f"looked up {one['address']}  {one['error'] or ''}".rstrip()


def _chain(answer: Answer) -> Iterable[str]:
    if answer["broken_at"] is None:
        yield f"whole: {answer['length']} happenings, each seal holds"
    else:
        yield f"broken at number {answer['broken_at']} of {answer['length']}"
