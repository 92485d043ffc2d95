"""The rules of activitypub-testing for actors and their collections, tried on ours."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE

import pytest

from node.demo.place import Place
from tests.peers import installed

PROGRAM = installed.HERE / "node_modules/activitypub-testing/src/cli.js"
RULES = 15


@pytest.mark.parametrize("name", ["group", "application"])
async def test_no_rule_is_broken(place: Place, name: str) -> None:
    home = place.settings.home
    actor = home.actor if name == "group" else home.application
    process = await asyncio.create_subprocess_exec(
        installed.javascript(), PROGRAM, "test", "actor", actor, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    said, complaints = await process.communicate()
    found = [json.loads(line) for line in said.splitlines()]
    assert len(found) == RULES, complaints.decode()
    outcomes = {rule["test"]["slug"]: rule["result"]["outcome"] for rule in found}
    assert set(outcomes.values()) == {"passed", "inapplicable"}, outcomes
    assert [slug for slug, outcome in outcomes.items() if outcome == "passed"]
