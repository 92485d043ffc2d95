"""`buurtknoop`: every command, and what it says. Exit status: 0 done, 1 refused or failed, 2 wrong words.

What a command needs is imported when it runs, so that `--help` and the small commands are quick.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from node import __version__
from node.command.console import audit, stats
from node.command.console_areas import geo
from node.command.console_deliveries import delivery
from node.command.console_hub import hub
from node.command.console_keys import key
from node.command.console_others import node
from node.command.console_people import invite, resident, role, token
from node.command.console_policies import advice, block, follower, policy
from node.command.upkeep import backup, move, restore
from node.neighbourhood.node import NodeKind
from node.neighbourhood.refusal import Refusal
from node.settings import Wrong
from node.trail import trail

DIRECTORY = click.Path(path_type=Path, file_okay=False)


class Program(click.Group):
    """All commands; it never shows anybody a traceback."""

    def main(self, *args: Any, **named: Any) -> NoReturn:
        try:
            sys.exit(super().main(*args, **{**named, "standalone_mode": False, "prog_name": "buurtknoop"}))
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (Refusal, Wrong) as error:
            _fail(str(error))
        except (click.Abort, KeyboardInterrupt):
            _fail("stopped")
        except BrokenPipeError:  # whoever read what we say has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except OSError as error:  # a disk, a right, an address: the system says it best
            _fail(str(error))
        except Exception as error:  # outermost: a person gets words, and where to look
            _fail(f"this went wrong, and it is our fault. Please tell us: {trail(error)}")


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="buurtknoop")
def main() -> None:
    """A small server for one neighbourhood: help asked and help offered, also across its borders."""


for group in (
    resident,
    role,
    invite,
    token,
    node,
    follower,
    block,
    policy,
    delivery,
    hub,
    advice,
    key,
    geo,
    stats,
    audit,
    backup,
    restore,
    move,
):
    main.add_command(group)


def _fail(words: str) -> NoReturn:
    click.echo(f"buurtknoop: {words}", err=True)
    sys.exit(1)


@main.command()
@click.option("--dir", "directory", type=DIRECTORY, help="The directory of the new node.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in NodeKind]),
    default=NodeKind.NEIGHBOURHOOD.value,
    show_default=True,
)
@click.option("--origin", help="The address people will use, such as https://centrum.buurt.example.")
@click.option("--name", help="The name of the neighbourhood, or of the municipality.")
@click.option("--area", help="Its CBS code, such as BU03630000 (GM0363 for a hub).")
@click.option("--operator", metavar="EMAIL", help="The mail address of the operator.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def init(directory: Path | None, operator: str | None, as_json: bool, **values: str | None) -> None:
    """Make a new node, and print the operator's sign-in link (valid once, for 24 hours)."""
    from node.command import founding

    place = directory or Path(_asked("dir", None, "Directory for the new node"))
    values = {
        "origin": _asked("origin", values["origin"], "Address people will use (https://...)"),
        "name": _asked("name", values["name"], "Name of the neighbourhood"),
        "area": _asked("area", values["area"], "CBS code of the neighbourhood (BU...)"),
        "kind": values["kind"],
    }
    email = _asked("operator", operator, "Mail address of the operator")
    of_node, link = asyncio.run(founding.found(place, dict(values), email))
    if as_json:
        told = {"dir": str(place), "name": of_node.name, "kind": of_node.kind, "origin": of_node.origin}
        _print({**told, "acct": of_node.acct, "link": link})
        return
    click.echo(f"{of_node.name} is made, in {place}. Its handle is {of_node.acct}.")
    click.echo(f"Start it:  buurtknoop serve --dir {place}")
    click.echo(f"Then the operator signs in here, once, within 24 hours:\n{link}")


def _asked(name: str, value: str | None, question: str) -> str:
    """What was given, else what is typed; without somebody at the keyboard it is said what to write."""
    if value is None and not sys.stdin.isatty():
        raise click.UsageError(
            f"Missing option '--{name}': write --{name} with the {question[0].lower()}{question[1:]}."
        )
    answer: str = click.prompt(question, err=True) if value is None else value
    return answer


@main.command()
@click.option("--dir", "directory", type=DIRECTORY, default=".", help="The directory of the node.")
@click.option("--host", help="The address to listen on, instead of the one in the settings.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port, instead of the one in the settings.")
@click.option(
    "--role",
    type=click.Choice(["all", "web", "worker"]),
    default="all",
    show_default=True,
    help="With PostgreSQL several processes may share the work: those that answer, and those that send.",
)
@click.option(
    "--timeout-graceful-shutdown",
    "patience",
    type=click.IntRange(0, 600),
    default=10,
    show_default=True,
    help="How many seconds a stopping node waits for what still runs.",
)
def serve(directory: Path, host: str | None, port: int | None, role: str, patience: int) -> None:
    """Run the node of a directory, until it gets SIGTERM or Ctrl-C."""
    from node.serving import server

    if not server.serve(directory.absolute(), host, port, role, patience, click.echo):
        raise Refusal("the node stopped because something broke; the lines above tell what")


@main.command()
@click.option("--dir", "directory", type=DIRECTORY, help="A node whose address to put in.")
def openapi(directory: Path | None) -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    from node import settings
    from node.api.openapi import document

    origin = settings.read(directory).origin if directory else None
    _print(document(__version__, origin))


@main.command()
@click.option("--dir", "directory", type=DIRECTORY, default=".", help="The directory of the node.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def doctor(directory: Path, as_json: bool) -> None:
    """Look whether the node is well, and say what to do where it is not."""
    from node.command.doctor import examine

    findings = examine(directory.absolute())
    if as_json:
        _print({"well": all(f.well for f in findings), "findings": [vars(f) for f in findings]})
    else:
        for finding in findings:
            click.echo(f"{'good' if finding.well else 'LOOK'}  {finding.what}: {finding.words}")
    if not all(finding.well for finding in findings):
        raise Refusal("not everything is well: see the lines above")


@main.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(1024, 65000), default=8400, show_default=True)
@click.option("--nodes", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option("--dir", "directory", type=DIRECTORY, help="Where to keep the town; else it goes at the end.")
@click.option("--adjacency", type=click.Path(path_type=Path, dir_okay=False), help="Real borders, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="One line when everything answers, for programs.")
@click.pass_context
def demo(
    context: click.Context,
    port: int,
    nodes: int,
    directory: Path | None,
    adjacency: Path | None,
    as_json: bool,
) -> None:
    """Start a whole town on this machine, to try: neighbourhoods on PORT+1 and up. Ctrl-C ends it."""
    from node.demo.demo import start

    if context.invoked_subcommand is None:
        start(port, nodes, directory, adjacency, as_json)


# `-72h` is no option here, so `-h` is none either
@demo.command("clock", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("by", required=False)
@click.option("--port", type=click.IntRange(1024, 65000), help="Of which town.  [default: 8400]")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@click.pass_context
def demo_clock(context: click.Context, by: str | None, port: int | None, as_json: bool) -> None:
    """Move the clock of every node of the running town BY so much, such as +72h, -30m or +3d; or show it."""
    from node.demo import moving

    port = port or (context.parent.params["port"] if context.parent else 8400)
    try:
        answers = moving.moved(port, moving.seconds(by)) if by else moving.shown(port)
    except ValueError:
        raise click.UsageError("Write + or -, a number, and m, h or d: such as +72h.") from None
    if as_json:
        _print({"nodes": answers})
        return
    for one in answers:
        click.echo(f"{one['time']}  {one['name']} ({one['ahead'] / 3600:+g} hours)")


def _print(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
