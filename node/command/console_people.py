"""The commands for people: `resident`, `role`, `invite`, `token`. `people` does them."""

from datetime import datetime
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform
from node.neighbourhood.roles import Role

ROLE = click.Choice([role.value for role in Role])


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


@resident.command("forget-passkeys")
@click.argument("who")
@on_a_node
def resident_forget_passkeys(**given: Any) -> None:
    """End the passkeys of a person who lost them. WHO: an id, a mail address or a name."""
    perform("resident forget-passkeys", words=lambda a: [f"ended: {a['ended']}"], **given)


@click.group()
def role() -> None:
    """Who holds which role: booster, broker, supervisor, connector, operator."""


@role.command("list")
@on_a_node
def role_list(**given: Any) -> None:
    """All roles that are held now, and until when."""
    perform("role list", words=lambda a: map(_role, a["roles"]), **given)


@role.command("grant")
@click.argument("who")
@click.argument("role", type=ROLE)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, such as 2027-06-30.")
@on_a_node
def role_grant(until: datetime | None, **given: Any) -> None:
    """Give a person a role. WHO: an id, a mail address or a name."""
    day = until.date().isoformat() if until else None
    perform("role grant", words=lambda a: [_person(a)], until=day, **given)


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
        words=lambda a: (
            f"{i['id']}  {i['left']:>4} left, until {i['until']}  {i['note']}".rstrip()
            for i in a["invitations"]
        ),
        **given,
    )


@invite.command("end")
@click.argument("which")
@on_a_node
def invite_end(**given: Any) -> None:
    """Let an invitation be used no more. WHICH: its id in `invite list`, or the code itself."""
    perform("invite end", words=lambda a: ["ended: nobody gets in with it any more"], **given)


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


@token.command("list")
@click.option("--resident", "who", help="Only theirs: an id, a mail address or a name.")
@on_a_node
def token_list(**given: Any) -> None:
    """The API tokens that are good; they themselves are not kept."""
    perform("token list", words=lambda a: map(_token, a["tokens"]), **given)


@token.command("end")
@click.argument("which")
@on_a_node
def token_end(**given: Any) -> None:
    """Let a token be used no more. WHICH: its id in `token list`."""
    perform("token end", words=lambda a: ["ended: no program gets in with it any more"], **given)


def _person(person: Answer) -> str:
    standing = ", ".join(person["roles"]) or ("resident" if person["admitted"] else "waits to be let in")
    return f"{person['id']}  {person['name']} ({standing})"


def _role(held: Answer) -> str:
    until = f"  until {held['until']}" if held["until"] else ""
    return f"{held['role']:<12}{held['name']}  {held['id']}{until}"


def _token(found: Answer) -> str:
    return f"{found['id']}  {found['name']} of {found['of']}, last used {found['used'] or 'never'}"
