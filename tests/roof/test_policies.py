"""The commands for what a node lets in, on a node that rests and on one that runs."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from node.neighbourhood.blocklist import COLUMNS, MOST_BYTES
from tests.roof.test_cli import Say, ask, say

__all__ = ["ask", "say"]
Ask = Callable[..., Any]
HEAD = ",".join(COLUMNS)


def known(made: Path) -> None:
    """Somebody with an account elsewhere asks to follow us."""
    row = (
        "1",
        "https://social.example/users/mo",
        "https://social.example",
        "Person",
        "mo@social.example",
        "Mo",
    )
    with sqlite3.connect(made / "node.db") as database:
        database.execute(
            "INSERT INTO accounts (id, actor, origin, kind, handle, name, inbox, met, their_follow,"
            " their_follow_uri, known, blocked) VALUES (?, ?, ?, ?, ?, ?, 'x', 1, 'pending', 'x', 0, 0)",
            row,
        )
    database.close()


def test_a_follower_is_let_in_and_sent_away(ask: Ask, say: Say, made: Path) -> None:
    assert ask("follower", "list") == {"asking": [], "following": [], "asks": 0, "follow": 0}
    known(made)
    assert "asks     @mo@social.example" in say("follower", "list", "--dir", made)[1]
    assert ask("follower", "admit", "@mo@social.example")["state"] == "follows"
    assert ask("follower", "refuse", "https://social.example/users/mo")["state"] == "no"
    for which in ("", "nobody@social.example", "%"):
        status, out, err = say("follower", "admit", which, "--dir", made)
        assert (status, out) == (1, "")
        assert "follower list" in err


def test_the_policy_is_chosen_one_by_one(ask: Ask, say: Say, made: Path) -> None:
    assert ask("policy", "show") == {"followers": "open", "advice": "ask", "a_minute": 300}
    assert ask("policy", "choose", "--followers", "ask")["followers"] == "ask"
    after = ask("policy", "choose", "--advice", "auto", "--a-minute", "10")
    assert after == {"followers": "ask", "advice": "auto", "a_minute": 10} == ask("policy", "show")
    assert "followers  ask" in say("policy", "show", "--dir", made)[1]
    for wrong in (["--followers", "king"], ["--a-minute", "9"], ["--advice", ""]):
        assert say("policy", "choose", *wrong, "--dir", made)[0] == 2


def test_a_server_is_kept_out_and_let_in_again(ask: Ask, say: Say, made: Path) -> None:
    assert ask("block", "put", "https://Spam.example/", "--reason", "Spam")["subject"] == "spam.example"
    assert ask("block", "put", "rude.example", "--hold")["severity"] == "hold"
    listed = say("block", "list", "--dir", made)[1].splitlines()
    assert listed == ["hold   own   rude.example", "block  own   spam.example  Spam"]
    assert "kept out no more" in say("block", "lift", "rude.example", "--dir", made)[1]
    for words in (["lift", "rude.example"], ["put", "two words"], ["put", "centrum.example"]):
        status, out, err = say("block", *words, "--dir", made)
        assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_a_list_goes_in_and_out(ask: Ask, say: Say, made: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        f"\ufeff{HEAD}\r\nspam.example,suspend,,,Spam,\r\nrude.example,silence,,,,\r\nnl,suspend\r\n"
    )
    assert ask("block", "import", file, "--look")["new"] == 2
    assert ask("block", "list") == {"blocks": []}
    said = say("block", "import", file, "--dir", made)[1]
    assert said == "2 new, 0 here already\n1 lines that cannot be read: left out, such as [4]\n"
    assert ask("block", "import", file)["known"] == 2
    out = say("block", "export", "--dir", made)[1]
    assert out.splitlines() == [
        HEAD,
        "rude.example,silence,false,false,,false",
        "spam.example,suspend,false,false,Spam,false",
    ]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"spam.example\n" * 20_002, "too long"),
        (b"\n" * 1_000_000, "too long"),
        (b"x" * (MOST_BYTES + 1), "too long"),
        (b"\xff\xfe", "no text file"),
        (b'a.example\nb.example,suspend,,,"open\n', "Line 2"),
    ],
)
def test_C10_a_list_that_cannot_be_read_does_nothing(
    ask: Ask, say: Say, made: Path, tmp_path: Path, raw: bytes, words: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(raw)
    status, out, err = say("block", "import", file, "--dir", made)
    assert (status, out) == (1, "")
    assert words in err
    assert ask("block", "list") == {"blocks": []}


def test_C10_the_longest_list_goes_in_whole(ask: Ask, made: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    lines = (f"s{number}.example,suspend,false,false,,false\n" for number in range(20_000))
    file.write_text(f"{HEAD}\n" + "".join(lines))
    assert ask("block", "import", file)["new"] == 20_000
    assert len(ask("block", "list")["blocks"]) == 20_000


def test_advice_is_for_a_hub_to_give(ask: Ask, say: Say, made: Path) -> None:
    assert ask("advice", "list") == {"advice": []}
    status, out, err = say("advice", "give", "spam.example", "--dir", made)
    assert (status, out) == (1, "")
    assert "Only a hub" in err
    for word in ("withdraw", "take", "ignore"):
        status, out, err = say("advice", word, "spam.example", "--dir", made)
        assert (status, out) == (1, "")
        assert "advice list" in err


def test_a_hub_advises_and_takes_it_back(say: Say, tmp_path: Path) -> None:
    there = tmp_path / "hub"
    words = ["--kind", "hub", "--origin", "https://gemeente.example", "--name", "Gemeente"]
    say("init", "--dir", there, *words, "--area", "GM0001", "--operator", "olaf@example.org")
    given = say("advice", "give", "Spam.example", "--reason", "Spam", "--until", "2099-03-31", "--dir", there)
    assert given == (0, "taken    spam.example  Spam  until 2099-03-31T21:59:59Z\n", "")
    assert "spam.example" in say("block", "list", "--dir", there)[1]
    assert say("advice", "withdraw", "spam.example", "--dir", there)[0] == 0
    assert say("advice", "list", "--dir", there) == (0, "", "")
    assert say("block", "list", "--dir", there) == (0, "", "")


def test_a_node_is_paused_and_goes_on(say: Say, made: Path) -> None:
    for word in ("pause", "resume"):
        status, out, err = say("node", word, "https://noord.example", "--dir", made)
        assert (status, out) == (1, "")
        assert "node list" in err
