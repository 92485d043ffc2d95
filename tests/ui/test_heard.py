"""Every text that the door to other nodes writes down has a sentence for the operator."""

import ast
import ssl
from pathlib import Path

import httpx
import pytest

from node.acts import nodes as acts
from node.clock import now
from node.neighbourhood.resident import console
from node.storage import figures, lookups, tables
from node.storage.database import Transaction
from node.ui import heard, operator
from node.ui.language import speaking, translate
from tests import town
from tests.ui.doings import said
from tests.ui.visits import Here

WRITES = {"Unreachable": 0, "Forbidden": 0, "Unreadable": 0, "Outcome": 1}
EXAMPLES = {  # what stands in a hole; in any other a number
    "type(error)": "ConnectError",
    "status": "418",
    "error": "not a JSON object",
    **dict.fromkeys(("uri", "origin", "address", "subject", "adjacent", "directory"), "https://west.example"),
}


def written(folder: Path) -> list[str]:
    """Each text with which a try can end, with an example in every hole."""
    found: list[ast.expr] = []
    for path in sorted(folder.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in WRITES:
                found += call.args[WRITES[call.func.id] :][:1]
    return [filled(text) for text in found if isinstance(text, ast.Constant | ast.JoinedStr)]


def filled(text: ast.expr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    assert isinstance(text, ast.JoinedStr)
    return "".join(str(p.value) if isinstance(p, ast.Constant) else example(p) for p in text.values)


def example(hole: ast.expr) -> str:
    source = ast.unparse(hole)
    return next((words for part, words in EXAMPLES.items() if part in source), "10")


def test_every_text_of_the_door_has_a_sentence(ui: Path) -> None:
    texts = written(ui.parent / "federation")
    assert len(texts) > 25
    assert [text for text in texts if heard.heard(text) == heard.ELSE] == []


def test_a_text_without_a_sentence_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('raise Unreachable(f"{uri} is on the moon")\nOutcome("later", "asleep")\n')
    assert written(tmp_path) == ["https://west.example is on the moon", "asleep"]
    assert all(heard.heard(text) == heard.ELSE for text in written(tmp_path))


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (httpx.ConnectError, "It cannot be reached."),
        (httpx.ConnectTimeout, "It cannot be reached."),
        (httpx.ReadTimeout, "It takes too long"),
        (httpx.ReadError, "The line broke off."),
        (httpx.RemoteProtocolError, "The line broke off."),
        (httpx.InvalidURL, "That is no address"),
        (ssl.SSLCertVerificationError, "Its line is not safe"),
        (ConnectionRefusedError, "It cannot be reached."),
        (UnicodeError, "That is no address"),
    ],
)
def test_every_failure_of_the_line_has_a_sentence(failure: type[Exception], words: str) -> None:
    with speaking("en"):
        assert words in translate(heard.heard(f"https://west.example: {failure.__name__}"))


@pytest.mark.parametrize("status", [204, 301, 400, 401, 403, 404, 410, 418, 429, 500, 503])
def test_every_answer_has_a_sentence(status: int) -> None:
    assert heard.heard(f"https://west.example answered {status}") != heard.ELSE


def test_what_cannot_be_signed_and_what_we_refuse_ourselves_is_said_as_well() -> None:
    assert translate(heard.heard("This is our own address.")) == "Dit is ons eigen adres."
    assert heard.heard(None) == heard.ELSE


async def test_an_operator_reads_dutch_about_what_failed(here: Here) -> None:
    def fail(tx: Transaction) -> None:
        acts.ask(tx, console(now()), "https://west.example", now())
        lookups.ask(tx, "hub", "https://oost.example", now())
        errors = {"neighbour": "https://west.example did not answer within 10 seconds"}
        errors["hub"] = "https://oost.example is not a hub"
        for what, error in errors.items():
            one = tables.lookups
            tx.run(one.update().where(one.c.what == what).values(error=error, attempts=1))
        town.neighbour(tx)
        away = {"origin": "https://noord.example", "error": "https://noord.example: ConnectError"}
        one = tables.destinations
        tx.run(one.insert().values(**away, attempts=3, due=now() + town.HOUR, lease=None, fence=0))

    await here.database.writing(fail)
    near = await said(here, "operator", "/operator/neighbours")
    assert "Het antwoord duurt te lang." in near
    assert "niet te bereiken" in near
    assert "Op dat adres is geen gemeentepunt." in await said(here, "operator", "/operator/hub")


async def test_every_figure_has_its_words(here: Here) -> None:
    found = await here.database.reading(figures.figures, now())
    assert set(found) == set(operator.COUNTED)
    page = await said(here, "operator", "/operator/figures")
    assert "activiteiten" in page
    assert "events" not in page
