"""docs/federation.md shows what real nodes say, and nothing else."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from node.federation import actors, vocabulary
from node.federation.terms import TERMS
from tests.federation import documented, examples
from tests.federation.documented import PAGE
from tests.federation.placeholders import Placeholders
from tests.federation.scene import Examples
from tests.federation.wire import Exchange

Document = dict[str, Any]
OF_ACTIVITYSTREAMS = set(
    "id type actor attributedTo to cc audience object target result inReplyTo replies context tag attachment "
    "name content contentMap summary summaryMap source mediaType url href rel published updated startTime "
    "endTime deleted formerType location items orderedItems totalItems first next partOf icon generator "
    "preferredUsername inbox outbox followers following endpoints sharedInbox".split()
)
OF_SECURITY = set(
    "publicKey publicKeyPem owner assertionMethod publicKeyMultibase controller proof cryptosuite "
    "proofPurpose created verificationMethod proofValue".split()
)


@pytest.fixture(scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    return await examples.made(tmp_path_factory.mktemp("examples"))


def test_every_example_in_the_docs_is_what_the_code_says_now(made: Examples) -> None:
    page = PAGE.read_text("utf-8")
    assert documented.rewritten(page, made) == page, "run: python -m tests.federation.documented"


def test_the_docs_show_every_example_and_no_json_of_anybody_else(made: Examples) -> None:
    page = PAGE.read_text("utf-8")
    assert sorted(documented.named(page)) == sorted(made)
    assert len(re.findall(r"^```(?:json|http)$", page, re.M)) == page.count("<!-- example: ")


def test_a_stale_example_is_found(made: Examples) -> None:
    page = PAGE.read_text("utf-8")
    assert documented.rewritten(page.replace("GELUKT", "GOED"), made) != page.replace("GELUKT", "GOED")


def test_what_differs_each_time_is_shown_the_same() -> None:
    said = {"id": f"https://centrum.example/ap/o/{'ab' * 16}", "published": "2026-11-03T12:00:04.017Z"}
    shown = json.loads(Placeholders().document({**said, "proof": {"proofValue": "zabc"}}))
    assert shown["id"] == "https://centrum.example/ap/o/1"
    assert shown["published"] == "2026-11-03T12:00:00.000Z"
    assert shown["proof"]["proofValue"] == "z…"


# The words in them


def objects(value: Any) -> Iterator[Document]:
    """Every object in what was said, without the contexts."""
    if isinstance(value, dict):
        yield value
        value = [inner for name, inner in value.items() if name != "@context"]
    for inner in value if isinstance(value, list) else ():
        yield from objects(inner)


def ours(made: Examples) -> Iterator[tuple[str, Document]]:
    """The examples in ActivityStreams."""
    for name, said in made.items():
        if not isinstance(said, Exchange) and ("@context" in said or name in ("event", "hub")):
            yield name, said


def test_no_member_is_a_word_that_no_context_says(made: Examples) -> None:
    said = {**vocabulary.CONTEXT[-1], **actors.CONTEXT[-1]}
    known = OF_ACTIVITYSTREAMS | OF_SECURITY | set(said) | {"@context"}
    for name, example in ours(made):
        for one in objects(example):
            bare = {key for key in one if key not in ("nl", "en")}  # of a contentMap
            assert bare <= known, name


def test_a_word_of_our_own_stands_where_its_term_says(made: Examples) -> None:
    found = {term.name: set[str]() for term in TERMS}
    for _, example in ours(made):
        for one in objects(example):
            for word in found.keys() & one.keys():
                found[word] |= {one["type"]} if "type" in one else set()
    for term in TERMS:
        assert found[term.name] <= set(term.on.split(", ")), term.name
        assert found[term.name], f"no example has {term.name}"
