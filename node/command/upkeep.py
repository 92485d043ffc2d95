"""The commands that keep a node and take it elsewhere: `backup`, `restore`, `move out`, `move in`."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from node.neighbourhood.refusal import Refusal

DIRECTORY = click.Path(path_type=Path, file_okay=False)
PLACE = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)

_directory = click.option(
    "--dir", "directory", type=DIRECTORY, default=".", help="The directory of the node."
)
_new_directory = click.option(
    "--dir", "directory", type=DIRECTORY, required=True, help="Where it is to live: nothing is there yet."
)
_secret = click.option(
    "--passphrase-file", "secret", type=FILE, help="A file with the passphrase, for its owner's eyes alone."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")


@click.command()
@_directory
@click.option("--to", type=PLACE, required=True, help="The file to write, or a folder to put it in.")
@click.option("--keep", type=click.IntRange(1), help="Of those in the folder, only the newest so many stay.")
@_secret
@_as_json
def backup(directory: Path, to: Path, keep: int | None, secret: Path | None, as_json: bool) -> None:
    """Put the whole node in one file that a passphrase opens, also while it runs."""
    from node.command.keeping import back_up

    if keep is not None and not to.is_dir():
        raise click.UsageError("--keep is for a folder: write --to with one that is there.")
    passphrase = _passphrase(secret, new=True)
    with _steps(as_json) as steps:
        answer = back_up(directory.absolute(), to, passphrase, keep, steps)
    words = [f"{answer['file']}: {answer['name']}, {answer['bytes']:,} bytes."]
    if answer["removed"]:
        words.append(f"{len(answer['removed'])} older gone.")
    _say(answer, as_json, " ".join(words), "Keep it off this machine, and the passphrase on paper elsewhere.")


@click.command()
@click.option("--from", "source", type=FILE, required=True, help="The backup.")
@_new_directory
@_secret
@_as_json
def restore(source: Path, directory: Path, secret: Path | None, as_json: bool) -> None:
    """Bring a node back from a backup, checked, into a directory where nothing is yet."""
    from node.command.returning import bring_back

    passphrase = _passphrase(secret)
    with _steps(as_json) as steps:
        answer = bring_back(source, directory.absolute(), passphrase, steps)
    _say(
        answer,
        as_json,
        f"{answer['name']} ({answer['origin']}) is back in {directory}, as it was at {answer['made']}.",
        f"Start it:  buurtknoop serve --dir {directory}",
        "Only if the old one is gone for good: two nodes must never speak with the same keys.",
    )


@click.group()
def move() -> None:
    """Take a whole neighbourhood to another host or operator, under the same address."""


@move.command("out")
@_directory
@click.option("--to", type=PLACE, help="The box to write, or a folder to put it in.")
@click.option("--undo", is_flag=True, help="It stays after all: the box was opened nowhere.")
@_secret
@_as_json
def move_out(directory: Path, to: Path | None, undo: bool, secret: Path | None, as_json: bool) -> None:
    """Put the whole node in a signed moving box, and lay it to rest here."""
    from node.command import moving

    if undo == (to is not None):
        raise click.UsageError("Write either --to with the box to make, or --undo.")
    if to is None:
        moving.undo(directory.absolute())
        _say({"undone": True}, as_json, "The node may serve here again. Destroy the box: it holds the keys.")
        return
    passphrase = _passphrase(secret, new=True)
    with _steps(as_json) as steps:
        answer = moving.move_out(directory.absolute(), to, passphrase, steps)
    _say(
        answer,
        as_json,
        f"{answer['file']}: {answer['name']}, whole. It is at rest here from now on.",
        f"Its key is {answer['key']}",
        f"There:  buurtknoop move in --from BOX --dir DIR --key {answer['key']}",
        f"Then let {answer['origin']} lead there (DNS), and destroy the box.",
    )


@move.command("in")
@click.option("--from", "source", type=FILE, required=True, help="The box.")
@_new_directory
@click.option("--key", help="The key that `move out` told: the box has to be signed with it.")
@_secret
@_as_json
def move_in(source: Path, directory: Path, key: str | None, secret: Path | None, as_json: bool) -> None:
    """Unpack a moving box, if it is whole and signed by its node, where nothing is yet."""
    from node.command import returning

    passphrase = _passphrase(secret)
    with _steps(as_json) as steps:
        answer = returning.move_in(source, directory.absolute(), passphrase, key, steps)
    _say(
        answer,
        as_json,
        f"{answer['name']} ({answer['origin']}) lives in {directory} now. Its key is {answer['key']}",
        f"Start it:  buurtknoop serve --dir {directory}",
        f"Then let {answer['origin']} lead here (DNS).",
    )


def _passphrase(file: Path | None, new: bool = False) -> str:
    """From a file that others cannot read, else typed (twice for a new one)."""
    if file is not None:
        if file.stat().st_mode & 0o077 and not _from_systemd(file):
            raise Refusal(f"others on this machine can read {file}: chmod 600 {file}")
        return file.read_bytes().decode("utf-8", "replace").strip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("Missing option '--passphrase-file': write it with the file that holds it.")
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
    return asked


def _from_systemd(file: Path) -> bool:
    """Whether it is a credential that systemd handed to us: it lies where nobody else comes, and its mode
    tells of an access list."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(given) and Path(str(given)) in file.absolute().parents


@contextmanager
def _steps(as_json: bool) -> Iterator[Callable[[str, int], Callable[[int], object]]]:
    """What goes on, with a bar where it can be known how far it is; on stderr, for whoever watches."""
    bars: list[Any] = []

    def begin(words: str, length: int) -> Callable[[int], object]:
        _close(bars)
        if as_json or not sys.stderr.isatty():
            return lambda count: None
        if not length:
            click.echo(f"{words} ...", err=True)
            return lambda count: None
        bar = click.progressbar(length=length, label=words, file=sys.stderr)
        bars.append(bar.__enter__())
        return bar.update

    try:
        yield begin
    finally:
        _close(bars)


def _close(bars: list[Any]) -> None:
    while bars:
        bars.pop().__exit__(None, None, None)


def _say(answer: dict[str, Any], as_json: bool, *lines: str) -> None:
    for line in [json.dumps(answer, ensure_ascii=False)] if as_json else lines:
        click.echo(line)
