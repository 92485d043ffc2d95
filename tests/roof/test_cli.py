"""The words of the command line: what they do, what they answer, and what they say when they are wrong."""

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from node import settings
from node.command.cli import main
from node.settings import FILE
from tests.roof.conftest import OPERATOR, Run

Say = Callable[..., tuple[int, str, str]]
INIT = {
    "--origin": "https://centrum.example",
    "--name": "Centrum",
    "--area": "BU00000001",
    "--operator": OPERATOR,
}


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """`say("stats", "--dir", made)`: (status, stdout, stderr), in this process."""

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def ask(say: Say, made: Path) -> Callable[..., Any]:
    """`ask("stats")`: what a command of the node `made` answers a program."""

    def run(*words: object) -> Any:
        status, out, err = say(*words, "--dir", made, "--json")
        assert (status, err, out.count("\n")) == (0, "", 1), err
        return json.loads(out)

    return run


def test_a_new_node_is_for_its_owner_alone(made: Path) -> None:
    for path in [made, *made.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert settings.read(made, {}).acct == "centrum@centrum.example"


def test_init_prints_the_operators_link(say: Say, tmp_path: Path) -> None:
    given = [word for pair in INIT.items() for word in pair]
    status, out, err = say("init", "--dir", tmp_path / "new", *given)
    assert (status, err) == (0, "")
    assert re.search(r"^https://centrum\.example/signin/[\w-]{43}$", out, re.M)
    assert "Beheerder (operator)" in say("resident", "list", "--dir", tmp_path / "new")[1]


def test_init_leaves_a_node_that_is_there(say: Say, made: Path) -> None:
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    given = [word for pair in INIT.items() for word in pair]
    status, out, err = say("init", "--dir", made, *given)
    assert (status, out) == (1, "")
    assert "there is a node" in err
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("missing", INIT)
def test_init_says_what_to_write(run: Run, tmp_path: Path, missing: str) -> None:
    given = [word for pair in INIT.items() if pair[0] != missing for word in pair]
    done = run("init", "--dir", tmp_path / "new", *given)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"write {missing}" in done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("word", "value", "says"),
    [
        ("--origin", "http://centrum.example", "use https"),
        ("--origin", "centrum.example", "write the bare address"),
        ("--origin", "https://centrum.example/path", "write the bare address"),
        ("--area", "Centrum", "CBS code"),
        ("--name", " ", "name of the neighbourhood"),
        ("--operator", "olaf", "mail address"),
    ],
)
def test_init_refuses_what_cannot_be_and_leaves_nothing(
    say: Say, tmp_path: Path, word: str, value: str, says: str
) -> None:
    given = [word for pair in {**INIT, word: value}.items() for word in pair]
    status, _, err = say("init", "--dir", tmp_path / "new", *given)
    assert status == 1
    assert says in err or "There is an @ missing" in err
    assert not (tmp_path / "new" / FILE).exists()


@pytest.mark.parametrize(
    "words",
    [
        ["sing"],
        ["--sing"],
        ["serve", "--port", "many"],
        ["serve", "--role", "king"],
        ["resident"],
        ["resident", "add"],
        ["role", "grant", "Bea", "king"],
        ["role", "grant", "Bea", "broker", "--until", "tomorrow"],
        ["invite", "create", "--uses", "many"],
        ["node", "add"],
        ["token", "create"],
        ["demo", "--nodes", "0"],
        ["demo", "--port", "80"],
    ],
    ids=" ".join,
)
def test_wrong_words_are_status_2(say: Say, words: list[str]) -> None:
    status, out, err = say(*words)
    assert (status, out) == (2, "")
    assert "Usage: buurtknoop" in err


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["node", "--help"], ["demo", "-h"]], ids=" ".join)
def test_help_is_help(say: Say, words: list[str]) -> None:
    status, out, err = say(*words)
    assert (status, err) == (0, "")
    assert out.startswith("Usage: buurtknoop")


def test_no_traceback_reaches_a_person(say: Say, made: Path) -> None:
    (made / "node.db").write_text("this is no database " * 1000)
    status, out, err = say("stats", "--dir", made)
    assert (status, out) == (1, "")
    assert "this went wrong" in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


def test_what_the_system_refuses_is_said_as_it_says_it(say: Say, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = [word for pair in INIT.items() for word in pair]
    status, _, err = say("init", "--dir", tmp_path / "file" / "node", *given)
    assert status == 1
    assert "Not a directory" in err


def test_a_reader_who_has_enough_is_no_error(run: Run, made: Path) -> None:
    done = run("openapi")
    assert done.returncode == 0
    assert json.loads(done.stdout)["openapi"].startswith("3.1")


def test_people_are_added_admitted_and_listed(ask: Callable[..., Any], say: Say, made: Path) -> None:
    bea = ask("resident", "add", "--name", "Bea", "--email", "Bea@Example.org")
    assert bea["roles"] == []
    assert bea["admitted"] is not None
    assert ask("resident", "admit", "bea@example.org") == bea
    assert [person["name"] for person in ask("resident", "list")["residents"]] == ["Bea", "Beheerder"]
    assert say("resident", "add", "--name", "Piet", "--email", "bea@example.org", "--dir", made)[0] == 1
    assert "example.org" not in say("resident", "list", "--dir", made)[1]


def test_a_person_is_found_by_id_mail_or_one_name(ask: Callable[..., Any], say: Say, made: Path) -> None:
    bea = ask("resident", "add", "--name", "Bea", "--email", "bea@example.org")
    for who in (bea["id"], "bea@example.org", "Bea"):
        assert ask("resident", "link", who)["id"] == bea["id"]
    ask("resident", "add", "--name", "Bea")
    status, _, err = say("resident", "link", "Bea", "--dir", made)
    assert status == 1
    assert "2 people are called Bea" in err


def test_a_link_is_printed_alone(say: Say, made: Path) -> None:
    status, out, _ = say("resident", "link", OPERATOR, "--dir", made)
    assert status == 0
    assert re.fullmatch(r"https://centrum\.example/signin/[\w-]{43}\n", out)


def test_roles_come_and_go(ask: Callable[..., Any], say: Say, made: Path) -> None:
    ask("resident", "add", "--name", "Bea")
    assert ask("role", "grant", "Bea", "broker", "--until", "2999-12-31")["roles"] == ["broker"]
    broker, operator = ask("role", "list")["roles"]
    assert (broker["role"], broker["until"]) == ("broker", "2999-12-31T22:59:59Z")
    assert (operator["role"], operator["until"]) == ("operator", None)
    assert "  until 2999-12-31T22:59:59Z\n" in say("role", "list", "--dir", made)[1]
    assert ask("role", "end", "Bea", "broker")["roles"] == []
    for words in (["end", OPERATOR, "operator"], ["grant", "Bea", "broker", "--until", "2001-01-01"]):
        assert say("role", *words, "--dir", made)[0] == 1


def test_invitations_are_shown_once(ask: Callable[..., Any], say: Say, made: Path) -> None:
    made_now = ask("invite", "create", "--note", "flyer", "--uses", 5, "--days", 3)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", made_now["code"])
    [listed] = ask("invite", "list")["invitations"]
    assert (listed["note"], listed["left"]) == ("flyer", 5)
    assert made_now["code"] not in say("invite", "list", "--dir", made)[1]
    assert say("invite", "create", "--uses", 0, "--dir", made)[0] == 1


def test_tokens_are_for_one_person(ask: Callable[..., Any]) -> None:
    made_now = ask("token", "create", "--resident", OPERATOR, "--name", "agenda")
    assert made_now.pop("token").startswith("bk_")
    [listed] = ask("token", "list")["tokens"]
    assert made_now == {name: listed[name] for name in ("id", "name", "resident", "of")}
    assert (made_now["name"], made_now["of"]) == ("agenda", "Beheerder")


def test_a_node_that_is_not_known_is_said_to_be(ask: Callable[..., Any], say: Say, made: Path) -> None:
    ask("node", "add", "https://noord.example")
    answer = ask("node", "list")
    assert answer["nodes"] == []
    assert answer["looked_up"] == [{"address": "https://noord.example", "tries": 0, "error": None}]
    for word in ("accept", "refuse", "block", "unblock", "confirm"):
        assert say("node", word, "https://noord.example", "--dir", made)[0] == 1


def test_the_audit_chain_is_checked(ask: Callable[..., Any], say: Say, made: Path) -> None:
    import sqlite3

    whole = ask("audit", "verify")
    assert whole["broken_at"] is None
    assert whole["length"] == 3
    with sqlite3.connect(made / "node.db") as database:
        database.execute("UPDATE audit SET who = 'somebody' WHERE seq = 2")
    database.close()
    status, out, err = say("audit", "verify", "--dir", made)
    assert status == 1
    assert "broken at number 2 of 3" in out
    assert "somebody changed the database" in err


def test_stats_are_numbers(ask: Callable[..., Any]) -> None:
    assert ask("stats") == {
        "residents": 1,
        "waiting": 0,
        "requests": 0,
        "offers": 0,
        "notices": 0,
        "events": 0,
        "open": 0,
        "held": 0,
        "agreed": 0,
        "done": 0,
        "neighbours": 0,
        "members": 0,
        "queue": 0,
    }


@pytest.mark.parametrize(
    "words",
    [
        ["resident", "list"],
        ["role", "list"],
        ["invite", "list"],
        ["node", "list"],
        ["stats"],
        ["audit", "verify"],
        ["node", "add", "https://noord.example"],
        ["resident", "add", "--name", "Bea"],
    ],
    ids=" ".join,
)
def test_what_is_said_to_a_person_holds_no_secret(say: Say, made: Path, words: list[str]) -> None:
    status, out, err = say(*words, "--dir", made)
    assert (status, err) == (0, "")
    assert not re.search(r"signin/|bk_|BEGIN", out)
