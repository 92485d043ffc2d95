"""The commands that end a way in, and those of the hub: what they answer, and what they refuse."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from node.command.cli import main
from tests.roof.conftest import OPERATOR
from tests.roof.test_cli import Say, ask, say

__all__ = ["ask", "say"]
Ask = Callable[..., Any]


def test_an_invitation_ends_by_its_id_or_its_code(ask: Ask, say: Say, made: Path) -> None:
    codes = [ask("invite", "create", "--note", note)["code"] for note in ("one", "two", "three")]
    one, two, three = ask("invite", "list")["invitations"]
    assert [one["note"], two["note"], three["note"]] == ["one", "two", "three"]
    assert not any(code in json.dumps([one, two, three]) for code in codes)
    assert ask("invite", "end", one["id"]) == {"ended": True}
    assert ask("invite", "end", codes[1].lower().replace("-", " ")) == {"ended": True}
    assert [left["note"] for left in ask("invite", "list")["invitations"]] == ["three"]
    for which in (one["id"], codes[1], "nonsense", "", "%"):
        status, out, err = say("invite", "end", which, "--dir", made)
        assert (status, out) == (1, "")
        assert "This invitation is not here" in err


def test_a_token_ends_by_its_id(ask: Ask, say: Say, made: Path) -> None:
    ask("resident", "add", "--name", "Bea")
    secrets = [ask("token", "create", "--resident", who)["token"] for who in (OPERATOR, "Bea")]
    listed = ask("token", "list")["tokens"]
    assert [one["of"] for one in listed] == ["Beheerder", "Bea"]
    assert not any(secret in json.dumps(listed) for secret in secrets)
    assert ask("token", "list", "--resident", "Bea")["tokens"] == [listed[1]]
    assert ask("token", "end", listed[1]["id"])["ended"] is True
    assert ask("token", "list")["tokens"] == [listed[0]]
    for which in (listed[1]["id"], secrets[0]):
        assert say("token", "end", which, "--dir", made)[0] == 1
    assert "last used never" in say("token", "list", "--dir", made)[1]


def test_a_hub_is_asked_and_looked_up(ask: Ask, say: Say, made: Path) -> None:
    assert "no hub, no members" in say("hub", "list", "--dir", made)[1]
    assert ask("hub", "join", "https://gemeente.example") == {"address": "https://gemeente.example"}
    looked = {"address": "https://gemeente.example", "tries": 0, "error": None}
    assert ask("hub", "list") == {"hub": None, "members": [], "looked_up": [looked]}


def test_an_address_that_was_typed_wrong_is_forgotten(ask: Ask, say: Say, made: Path) -> None:
    ask("node", "add", "https://nord.example")
    ask("hub", "join", "https://gemeente.example")
    _fail(made)
    assert "no answer" in say("doctor", "--dir", made)[1]
    assert ask("node", "end", "https://nord.example") == {"forgotten": ["https://nord.example"]}
    assert "gemeente.example is looked up no more" in say("hub", "leave", "--dir", made)[1]
    assert ask("node", "list") == {"nodes": [], "looked_up": []}
    assert "no answer" not in say("doctor", "--dir", made)[1]
    assert say("node", "end", "https://nord.example", "--dir", made)[0] == 1


def _fail(made: Path) -> None:
    """Both were looked up in vain, for good."""
    with sqlite3.connect(made / "node.db") as database:
        database.execute("UPDATE lookups SET error = 'no answer', due = NULL")
    database.close()


@pytest.mark.parametrize(
    "words",
    [
        ["leave"],
        ["join", "x"],
        ["admit", "https://noord.example"],
        ["refuse", "https://noord.example", "--reason", "too far"],
        ["expel", "https://noord.example"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused(say: Say, made: Path, words: list[str]) -> None:
    status, out, err = say("hub", *words, "--dir", made)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["hub", "join"],
        ["hub", "admit"],
        ["token", "end"],
        ["invite", "end"],
        ["geo", "import"],
        ["backup"],
        ["restore", "--dir", "x"],
        ["move", "in"],
        ["init", "--kind", "king"],
    ],
    ids=" ".join,
)
def test_wrong_words_are_status_2(say: Say, words: list[str]) -> None:
    status, out, err = say(*words)
    assert (status, out) == (2, "")
    assert "Usage: buurtknoop" in err


def test_a_new_hub_is_made_for_programs_too(say: Say, tmp_path: Path) -> None:
    there = tmp_path / "hub"
    words = ["--kind", "hub", "--origin", "https://gemeente.example", "--name", "Gemeente"]
    words += ["--area", "GM0001", "--operator", OPERATOR, "--json"]
    status, out, err = say("init", "--dir", there, *words)
    assert (status, err, out.count("\n")) == (0, "", 1)
    told = json.loads(out)
    assert (told["kind"], told["acct"]) == ("hub", "gemeente@gemeente.example")
    assert told["link"].startswith("https://gemeente.example/signin/")


def leaves(group: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(group, click.Group):
        yield name, group
        return
    for key, inner in group.commands.items():
        yield from leaves(inner, f"{name} {key}".strip())


def test_every_command_answers_programs() -> None:
    without = {name for name, leaf in leaves(main) if "as_json" not in {one.name for one in leaf.params}}
    assert without == {"serve", "openapi"}  # the one runs, the other says nothing but JSON
