"""`doctor` finds what is wrong, says what to do, and changes nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from time import time

import pytest

from node.command.control import run
from node.command.doctor import Finding, examine
from node.settings import FILE


def found(directory: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(directory)}


def test_a_new_node_lacks_only_mail(made: Path) -> None:
    assert [finding.what for finding in examine(made) if not finding.well] == ["mail"]


@pytest.mark.parametrize(
    ("harm", "what", "words"),
    [
        (lambda made: (made / FILE).chmod(0o644), "files", "chmod 600"),
        (lambda made: made.chmod(0o755), "files", "chmod 700"),
        (lambda made: next((made / "keys").iterdir()).unlink(), "keys", "one is missing"),
        (lambda made: next((made / "keys").iterdir()).chmod(0o644), "keys", "chmod 600"),
        (lambda made: next((made / "keys").iterdir()).write_text("no key"), "keys", ""),
        (lambda made: os.utime(made / "node.db", (time() + 4000, time() + 4000)), "clock", "set the time"),
        (lambda made: (made / FILE).write_text("debug = true"), "settings", "unknown setting"),
        (lambda made: (made / FILE).unlink(), "settings", "buurtknoop init"),
    ],
    ids=["file", "directory", "no key", "open key", "bad key", "clock", "setting", "no settings"],
)
def test_it_sees_what_is_wrong(made: Path, harm: Callable[[Path], object], what: str, words: str) -> None:
    harm(made)
    finding = found(made)[what]
    assert not finding.well
    assert words in finding.words


def test_it_tells_of_look_ups_that_fail(made: Path) -> None:
    import sqlite3

    run(made, "node add", {"address": "https://noord.example"})
    with sqlite3.connect(made / "node.db") as database:
        database.execute("UPDATE lookups SET error = 'no answer'")
    database.close()
    looked = found(made)["lookups"]
    assert not looked.well
    assert looked.words.startswith("neighbour: no answer. An address typed wrong:")
