"""FEDERATION.md and docs/federation.md claim what the code does: verbs, proposals, limits."""

import re
from pathlib import Path

import pytest

from node.acts.accounts import ROWS_AN_HOUR
from node.federation import accounts, documents, gate, guarded, receiving
from node.federation.bodies import BODY_MOST, BODY_SECONDS
from node.federation.terms import TERMS
from node.neighbourhood import reply, report
from node.neighbourhood.account import NEW_AN_HOUR, NEW_AN_HOUR_OF_ORIGIN
from node.neighbourhood.policy import A_MINUTE_LEAST, A_MINUTE_MOST, Policy
from node.neighbourhood.response import WAITING_OF_ACCOUNTS

ROOT = Path(__file__).resolve().parents[2]
SHORT, LONG = ROOT / "FEDERATION.md", ROOT / "docs/federation.md"


def part(page: Path, heading: str, end: str) -> str:
    """What stands below a heading, until the next that begins so."""
    return page.read_text("utf-8").partition(f"{heading}\n")[2].partition(f"\n{end} ")[0]


def cells(said: str) -> list[str]:
    """The first cell of each row of its tables."""
    return re.findall(r"^\| ([^|]+) \|", said, re.M)


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in receiving.TABLE}))
def test_every_activity_between_nodes_is_documented(kind: str) -> None:
    said = part(SHORT, "### From nodes of our own kind", "##")
    assert any(re.search(rf"\b{kind}\b", cell) for cell in cells(said))


@pytest.mark.parametrize("kind", sorted(accounts.TABLE))
def test_every_activity_of_other_software_is_documented(kind: str) -> None:
    for said in (
        part(SHORT, "### From accounts of other software", "###"),
        part(LONG, "## What accounts of other software may send us", "##"),
    ):
        assert any(re.search(rf"\b{kind}\b", cell) for cell in cells(said))


# The proposals

FEP = r"(?:FEP-|/fep/)([0-9a-f]{4})\b"
ROW = r"^\| \[FEP-([0-9a-f]{4})\]\([^)]*/fep-\1\.md\): [^|]+ \| (\w+) \| [^|]+ \|$"


def listed() -> dict[str, str]:
    """Those in the table of FEDERATION.md, each with the state that it gives."""
    return dict(re.findall(ROW, SHORT.read_text("utf-8"), re.M))


def named(*folders: str) -> set[str]:
    """Those that stand anywhere in the files of these folders."""
    files = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md")
    ]
    return {fep for path in files for fep in re.findall(FEP, path.read_text("utf-8"))}


def test_every_proposal_that_the_code_names_is_listed_and_the_other_way_round() -> None:
    assert named("node") == set(listed()) - {"67ff"}  # which is about that list itself


def test_every_proposal_in_the_docs_is_listed_with_its_state() -> None:
    assert named("docs") - set(listed()) == set()
    assert set(re.findall(FEP, SHORT.read_text("utf-8"))) == set(listed())
    assert set(listed().values()) == {"final", "draft"}


# Numbers

LIMITS: dict[str, tuple[float, ...]] = {
    "a body": (BODY_MOST // 1024, BODY_SECONDS),
    "JSON": (documents.DEPTH, documents.MEMBERS, documents.URI_LENGTH),
    "a server": (Policy().a_minute, A_MINUTE_LEAST, A_MINUTE_MOST),
    "a neighbour, hub or fellow member": (gate.PARTNER_A_MINUTE,),
    "an address whose signatures do not hold": (gate.UNPROVED_A_MINUTE,),
    "keys that we ask a server for, whoever makes us": (gate.KEYS_A_MINUTE_OF_ORIGIN, gate.KEYS_A_MINUTE),
    "posts among these that others point to": (gate.POSTS_A_MINUTE_OF_ORIGIN, gate.POSTS_A_MINUTE),
    "new accounts that follow or write": (NEW_AN_HOUR_OF_ORIGIN, NEW_AN_HOUR, ROWS_AN_HOUR),
    "replies that wait for a supervisor": (
        reply.WAITING_OF_ACCOUNT,
        reply.WAITING_OF_ORIGIN,
        reply.WAITING_IN_ALL,
        reply.A_DAY_OF_ACCOUNT,
    ),
    "answers of accounts to one post that wait for a choice": (WAITING_OF_ACCOUNTS,),
    "reports": (report.OPEN_OF_NODE, report.A_DAY_OF_NODE, report.OPEN_OF_STRANGERS),
    "what we read of others": (guarded.REPLY_MOST >> 20, documents.MEMBERS_FETCHED, guarded.DEADLINE),
}


@pytest.mark.parametrize("what", LIMITS)
def test_the_limits_in_the_docs_are_those_of_the_code(what: str) -> None:
    found = re.search(rf"^\| {re.escape(what)} \| (.*) \|$", LONG.read_text("utf-8"), re.M)
    assert found is not None
    words = [word.replace(",", "") for word in re.findall(r"\d[\d,]*\d|\w+", found[1].replace("ten", "10"))]
    for number in LIMITS[what]:
        assert f"{number:g}" in words


# The words of our own


def test_every_word_of_our_own_is_explained_in_a_sentence() -> None:
    for term in TERMS:
        assert re.fullmatch(r"[A-Z].{15,}\.", term.means), term.name
        assert term.on, term.name
        assert term.holds, term.name


def test_the_docs_list_every_word_of_our_own_as_the_code_does() -> None:
    rows = re.findall(r"^\| `bk:(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$", LONG.read_text("utf-8"), re.M)
    assert rows == [(term.name, term.on, term.holds, term.means) for term in TERMS]
