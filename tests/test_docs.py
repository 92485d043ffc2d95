"""What is not in the docs does not exist: a command, setting, route, role, deed or happening left out."""

import re
from pathlib import Path

import click
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from starlette.routing import Mount, Route

from node.command.cli import main
from node.federation.keys import BEGINNING, Aged, Keys, OfGroup
from node.federation.own_key import Pair, RsaKey, SigningKey
from node.neighbourhood.activity import Happening
from node.neighbourhood.roles import Deed, Role
from node.serving.app import build as roof
from node.settings import Settings, build
from node.storage.database import Database

ROOT = Path(__file__).resolve().parent.parent


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def named(name: str) -> set[str]:
    """What a page sets in code, or names in the first cell of a table."""
    text = page(name)
    cells = [cell.split(", ") for cell in re.findall(r"^\| ([^|]+) \|", text, re.M)]
    return set(re.findall(r"`([^`]+)`", text)) | {word.strip() for cell in cells for word in cell}


def commands(group: click.Command, before: str = "") -> list[str]:
    if not isinstance(group, click.Group):
        return [before]
    inside = group.commands.items()
    return [name for key, inner in inside for name in commands(inner, f"{before} {key}".strip())]


@pytest.mark.parametrize("command", commands(main))
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"\b{re.escape(command)}\b", page("docs/commands.md"))


@pytest.mark.parametrize("setting", sorted(set(Settings.__struct_fields__) - {"dir"}))
def test_every_setting_is_documented(setting: str) -> None:
    assert setting in named("docs/settings.md")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page("docs/settings.md"), re.M)
    assert rows
    assert set(rows) <= set(Settings.__struct_fields__)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_documented(role: Role) -> None:
    assert role.value in named("docs/roles.md")


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_is_documented(deed: Deed) -> None:
    assert deed.value in named("docs/roles.md")


@pytest.mark.parametrize("happening", list(Happening))
def test_every_happening_is_documented(happening: Happening) -> None:
    assert happening.value in named("docs/activities.md")


DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_has_a_number_and_says_why(decision: Path) -> None:
    text = decision.read_text("utf-8")
    assert re.match(r"# \d+\. ", text)
    assert "**Decided.**" in text
    assert "**Why.**" in text


def test_every_link_in_the_docs_leads_somewhere() -> None:
    for source in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", source.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (source.parent / target).exists(), f"{source.name}: {target}"


def paths() -> list[str]:
    """Every address of the node, as its routes name them."""
    settings = build({"origin": "https://buurt.example", "name": "Buurt", "area": "BU00000001"}, ROOT)
    database = Database("sqlite:///unused.db", settings.home)
    key = SigningKey(f"{settings.home.actor}#ed25519-key", Ed25519PrivateKey.generate())
    rsa = RsaKey(f"{settings.home.actor}#main-key", generate_private_key(65537, 2048))
    group = OfGroup([Aged(key, BEGINNING)], [Aged(rsa, BEGINNING)])
    app = roof(settings, database, Keys(group, Pair(key, rsa)))
    found = {route.path for route in app.routes if isinstance(route, Route | Mount)}
    found -= {"/api", "/api/{rest:path}"}  # what the API does not know
    return sorted(path.replace(f"/ap/buurt/{settings.slug}", "<Group>") for path in found)


@pytest.mark.parametrize("path", paths())
def test_every_route_is_documented(path: str) -> None:
    """Words in braces may be called otherwise in the docs: /o/{key} is documented by /o/<id> too."""
    pattern = re.sub(r"\\\{[^}]*\\\}", "[{<][^}>]*[}>]", re.escape(path.removeprefix("/api/v1")))
    docs = "\n".join(page(f"docs/{name}.md") for name in ("api", "federation", "pages"))
    assert re.search(rf"(?<![\w>}}/]){pattern}(?![\w/{{<])", docs), path


# docs/security.md: every way to harm a node that we know of is tried, or said to be left out

CASE = r"[SAPXRHUVM]\d\d"


def tried() -> set[str]:
    """The numbers in the names of tests, in whatever letters."""
    names = re.findall(
        r"def (test_\w+)", "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    )
    return {case.upper() for name in names for case in re.findall(rf"(?<=_){CASE}(?=_|$)", name, re.I)}


def left_out() -> set[str]:
    _, _, rows = page("docs/security.md").partition("## Left out")
    return {case for cell in re.findall(r"^\| ([^|]+) \|", rows, re.M) for case in re.findall(CASE, cell)}


def test_every_case_is_tried_or_left_out_for_a_reason(shared: Path) -> None:
    cases = set(re.findall(rf"^- ({CASE}) ", (shared / "design/security.md").read_text("utf-8"), re.M))
    assert len(cases) > 140
    assert cases - tried() - left_out() == set()
    assert left_out() <= cases


def test_no_case_is_left_out_that_is_tried() -> None:
    assert left_out() & tried() == set()
    assert {"S01", "A04", "P17", "X04", "R03", "H05", "U14", "V04"} <= tried()
