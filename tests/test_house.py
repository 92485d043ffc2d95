"""The house stands as docs/house.md draws it: who may import what, and the rules that a program can check.

Every rule is a function from the modules of a tree to the faults in them. Each is tried on the house itself,
and on a small tree that breaks it: a check that nothing can make fail is no check.
"""

import ast
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from sys import stdlib_module_names

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent

GROUND = {"version", "settings", "clock", "trail", "caller"}  # node/__init__.py, node/settings.py, ...
HALL = {"neighbourhood", "storage", "acts", *GROUND}
ROOF = {"__main__", "serving", "command", "demo"}
EVERYTHING = {*HALL, "federation", "api", "ui", "mail", *ROOF}
# room: (what it may import of node besides itself, what it may import of third parties)
HOUSE: dict[str, tuple[set[str], set[str]]] = {
    "version": (set(), set()),
    "settings": ({"neighbourhood"}, {"msgspec"}),
    "clock": (set(), set()),
    "trail": (set(), set()),
    "caller": (set(), {"starlette"}),
    "neighbourhood": (set(), set()),
    "storage": ({"neighbourhood", "settings"}, {"sqlalchemy", "aiosqlite", "alembic"}),
    "acts": ({"neighbourhood", "storage"}, set()),
    "federation": (
        HALL,
        {"starlette", "httpx", "h11", "cryptography", "http_sf", "rfc8785", "msgspec", "nh3"},
    ),
    "api": (HALL, {"starlette", "msgspec"}),
    "ui": (HALL, {"starlette", "jinja2", "python_multipart", "webauthn"}),
    "mail": (HALL, {"starlette", "aiosmtplib"}),
    "pictures": (set(), {"PIL"}),  # a program of its own: no other room may import it
    **dict.fromkeys(
        ROOF, (EVERYTHING, {"uvicorn", "uvloop", "click", "rich", "starlette", "msgspec", "cryptography"})
    ),
}

# The neighbourhood knows no clock, no chance and no outside world. What is not named here is refused there.
# (csv only turns lines into cells and back, html only escapes: they open nothing by themselves.)
PURE_MODULES = set(
    "__future__ abc base64 bisect collections collections.abc copy csv dataclasses datetime decimal difflib "
    "enum fractions functools hashlib heapq hmac html itertools json math operator re statistics string "
    "textwrap types typing unicodedata urllib.parse".split()
)
IMPURE_CALLS = set("now utcnow today open print input eval exec __import__".split())
# Ways to the network, and who may use them: letters, the node's own address, own socket and own demo besides.
GUARDED, TRANSPORT = "node.federation.guarded", "node.federation.transport"
WAYS_OUT: dict[str, set[str]] = {
    "httpx": {GUARDED, TRANSPORT},
    "h11": {TRANSPORT},
    "aiosmtplib": {"node.mail"},
    "imaplib": {"node.mail.postbox"},
    "http.client": {"node.command.outside", "node.demo"},
    "socket": {"node.command.outside", "node.command.control", "node.demo", "node.serving.server"},
    **{
        name: set()
        for name in "_socket aiohttp curl_cffi ftplib h2 httpcore nntplib poplib pycurl requests "
        "smtplib socketserver telnetlib urllib.request urllib3 websockets xmlrpc.client".split()
    },
}
CALLS_OUT: dict[str, set[str]] = {
    "getaddrinfo": {"node.federation.addresses", "node.command.outside"},
    "connect_ex": set(),
    "create_connection": {TRANSPORT, "node.command.outside"},
    "create_datagram_endpoint": set(),
    "create_unix_connection": set(),
    "open_connection": set(),
    "open_unix_connection": set(),
    "sendto": set(),
    "sock_connect": set(),
    "sock_sendto": set(),
}
NETWORK = set(
    "asyncio ftplib http.client imaplib poplib smtplib socket ssl subprocess urllib.request".split()
)
TRANSACTION_CALLS = set("begin begin_nested commit rollback".split())
NAMES_FOR_NOTHING = set("util helper common base manager service handler processor".split())
MOST_LINES = 300
MIGRATIONS = "node.storage.migrations.versions"


@dataclass(frozen=True)
class Module:
    name: str  # node.storage.posts
    source: str
    tree: ast.Module
    imports: Sequence[
        tuple[int, str]
    ]  # line, name: node.acts.posts (the module), json.dumps (what is taken from it)

    @property
    def room(self) -> str:
        return room_of(self.name)

    @property
    def foreign(self) -> Iterator[tuple[int, str]]:
        return ((line, name) for line, name in self.imports if not is_ours(name))

    def fault(self, line: int, words: str) -> str:
        return f"{self.name}:{line}: {words}"


def is_ours(name: str) -> bool:
    return name.partition(".")[0] == "node"


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else "version"


def is_in(name: str, places: Set[str]) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places)


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for found in ast.walk(tree):
        match found:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield found.lineno, name


def imports(tree: ast.Module, known: set[str]) -> Iterator[tuple[int, str]]:
    """Also those inside functions and under TYPE_CHECKING."""
    for found in ast.walk(tree):
        match found:
            case ast.Import(names=aliases):
                yield from ((found.lineno, alias.name) for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                parent = "." * level + (module or "")
                for alias in aliases:
                    child = f"{parent}.{alias.name}"
                    yield found.lineno, child if child in known or not is_ours(child) else parent


def read(node: Path) -> list[Module]:
    paths = {}
    for path in sorted(node.rglob("*.py")):
        parts = path.relative_to(node.parent).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    modules = []
    for name, path in paths.items():
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source, path)
        modules.append(Module(name, source, tree, tuple(imports(tree, set(paths)))))
    return modules


# The rules


def every_module_has_a_room(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.room not in HOUSE:
            yield module.fault(1, f"the house has no room {module.room}")


def imports_point_down(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        may, _ = HOUSE.get(module.room, (set(), set()))
        for line, name in module.imports:
            if name.startswith("."):
                yield module.fault(line, "imports are written from the top: node....")
            elif is_ours(name) and room_of(name) not in {module.room, *may}:
                yield module.fault(line, f"{module.room} may not import {name}")


def third_parties_stay_in_their_rooms(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        _, may = HOUSE.get(module.room, (set(), set()))
        for line, name in module.foreign:
            if not name.startswith(".") and not is_in(name, may | stdlib_module_names):
                yield module.fault(line, f"{module.room} may not import {name}")


def alembic_is_for_migrations(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        for line, name in module.foreign:
            if is_in(name, {"alembic"}) and not is_in(module.name, {"node.storage.migrations"}):
                yield module.fault(line, "alembic is for node.storage.migrations alone")


def one_client_asks_everything_of_others(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        for line, name in module.foreign:
            for way, places in WAYS_OUT.items():
                if is_in(name, {way}) and not is_in(module.name, places):
                    yield module.fault(
                        line, f"{name}: what is asked of others goes through federation.guarded"
                    )
        for line, name in calls(module.tree):
            if module.name not in CALLS_OUT.get(name, {module.name}):
                yield module.fault(line, f"{name}(): what is asked of others goes through federation.guarded")


def no_module_needs_itself(modules: list[Module]) -> Iterator[str]:
    graph = {module.name: {name for _, name in module.imports if is_ours(name)} for module in modules}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield "a circle: " + " needs ".join(reversed(error.args[1]))


def the_neighbourhood_is_pure(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.room == "neighbourhood":
            for line, name in module.foreign:
                if is_in(name, stdlib_module_names) and not is_in(name, PURE_MODULES):
                    yield module.fault(line, f"the neighbourhood does without {name}")
            for line, name in calls(module.tree):
                if name in IMPURE_CALLS:
                    yield module.fault(
                        line, f"the neighbourhood does without {name}(); time is the argument `at`"
                    )


def acts_neither_commit_nor_call_out(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.room == "acts":
            for line, name in module.foreign:
                if is_in(name, NETWORK):
                    yield module.fault(line, f"an act does without {name}")
            for line, name in calls(module.tree):
                if name in TRANSACTION_CALLS:
                    yield module.fault(line, f"an act never calls {name}(); the door does")


def names_say_something(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        words = module.name.rpartition(".")[2].split("_")
        if empty := {word.removesuffix("s") for word in words} & NAMES_FOR_NOTHING:
            yield module.fault(1, f"{empty.pop()} is a name for nothing")


def modules_are_short(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if is_in(module.name, {MIGRATIONS}):
            continue  # a step that landed is never changed again, so it is never split either
        if (lines := len(module.source.splitlines())) > MOST_LINES:
            yield module.fault(lines, f"over {MOST_LINES} lines; split it by noun")


def only_outermost_loops_catch_everything(modules: list[Module]) -> Iterator[str]:
    """Unless what was caught is raised again, a comment on the line or a line beside it says `outermost`."""
    for module in modules:
        lines = ["", *module.source.splitlines(), ""]
        for found in ast.walk(module.tree):
            match found:
                case ast.ExceptHandler(type=kind, body=[*_, last]):
                    caught = (
                        {name.id for name in ast.walk(kind) if isinstance(name, ast.Name)}
                        if kind
                        else {"Exception"}
                    )
                    beside = [line.partition("#")[2] for line in lines[found.lineno - 1 : found.lineno + 2]]
                    again = isinstance(last, ast.Raise) and last.exc is None
                    if (
                        caught & {"Exception", "BaseException"}
                        and not again
                        and "outermost" not in " ".join(beside)
                    ):
                        yield module.fault(
                            found.lineno, "catches everything and is not said to be an outermost loop"
                        )


def functions_are_not_swapped(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        for line, name in module.foreign:
            if is_in(name, {"unittest.mock", "mock", "pytest_mock"}):
                yield module.fault(line, f"{name}: swap the wire, not functions")
        for found in ast.walk(module.tree):
            match found:
                case ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setattr" | "delattr" as name):
                    yield module.fault(found.lineno, f"{name}: swap the wire, not functions")
                case ast.arg(arg="mocker"):
                    yield module.fault(found.lineno, "mocker: swap the wire, not functions")


Rule = Callable[[list[Module]], Iterator[str]]
RULES: list[Rule] = [
    every_module_has_a_room,
    imports_point_down,
    third_parties_stay_in_their_rooms,
    alembic_is_for_migrations,
    one_client_asks_everything_of_others,
    no_module_needs_itself,
    the_neighbourhood_is_pure,
    acts_neither_commit_nor_call_out,
    names_say_something,
    modules_are_short,
    only_outermost_loops_catch_everything,
]


@pytest.fixture(scope="module")
def house() -> list[Module]:
    return read(CHECKOUT / "node")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule, house: list[Module]) -> None:
    assert list(rule(house)) == []


def test_the_functions_are_not_swapped() -> None:
    assert list(functions_are_not_swapped(read(CHECKOUT / "tests"))) == []


# What breaks each rule

SOUND = {
    "node/__init__.py": "__version__ = '1'",
    "node/clock.py": "from datetime import datetime",
    "node/settings.py": "import tomllib, msgspec",
    "node/neighbourhood/__init__.py": "",
    "node/neighbourhood/post.py": "from datetime import timedelta\nfrom urllib.parse import urlsplit",
    "node/storage/posts.py": "from sqlalchemy import select\nfrom node.neighbourhood.post import Post",
    "node/storage/migrations/0001_first.py": "from alembic import op",
    "node/acts/posts.py": "import json\nfrom node.storage import posts",
    "node/federation/guarded.py": "import httpx\nfrom node import __version__, clock, settings",
    "node/api/posts.py": "from starlette.routing import Route\nfrom node.acts import posts",
    "node/command/cli.py": "import click\nfrom node.serving import app\nfrom node.ui import routes",
    "node/serving/app.py": "try:\n    run()\nexcept Exception:  # the outermost loop\n    pass",
    "node/ui/routes.py": "try:\n    run()\nexcept BaseException:\n    undo()\n    raise",
}
POST, ACT, STORED = "node/neighbourhood/post.py", "node/acts/posts.py", "node/storage/posts.py"
BROKEN: dict[Rule, list[tuple[str, str]]] = {
    every_module_has_a_room: [
        ("node/garage/car.py", ""),
        ("node/posts.py", ""),
    ],
    imports_point_down: [
        (POST, "from node.storage import posts"),
        (POST, "from node import clock"),
        (POST, "from node import __version__"),
        (STORED, "from node import clock"),
        (STORED, "from ..neighbourhood import post"),
        (STORED, "def later():\n    from node.acts import posts"),
        (ACT, "from node.settings import Settings"),
        (ACT, "from node.federation import delivery"),
        ("node/federation/remote.py", "from node.api import posts"),
        ("node/federation/remote.py", "from node.command import cli"),
        ("node/api/posts.py", "from node.ui import routes"),
        ("node/ui/routes.py", "import node.mail.letters"),
        ("node/mail/letters.py", "from node.federation import remote"),
        ("node/settings.py", "import node.serving.app"),
    ],
    third_parties_stay_in_their_rooms: [
        (POST, "import msgspec"),
        (STORED, "import starlette"),
        (ACT, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sqlalchemy import Connection"),
        ("node/api/posts.py", "from sqlalchemy import select"),
        ("node/clock.py", "import msgspec"),
    ],
    alembic_is_for_migrations: [(STORED, "from alembic import command")],
    one_client_asks_everything_of_others: [
        ("node/federation/delivery.py", "from httpx import AsyncClient"),
        ("node/federation/remote.py", "from urllib import request"),
        ("node/federation/guarded.py", "import requests"),
        ("node/federation/guarded.py", "import h11"),
        ("node/federation/remote.py", "from http.client import HTTPConnection"),
        ("node/federation/remote.py", "import socket"),
        ("node/ui/routes.py", "import aiosmtplib"),
        ("node/mail/letters.py", "import imaplib"),
        ("node/ui/routes.py", "async def look(loop):\n    await loop.create_connection(str, 'a', 1)"),
        ("node/ui/routes.py", "import asyncio\nasyncio.open_connection('a', 1)"),
    ],
    no_module_needs_itself: [(STORED, "from node.acts import posts")],
    the_neighbourhood_is_pure: [
        (POST, "import random"),
        (POST, "from time import monotonic"),
        (POST, "from urllib import request"),
        (POST, "from pathlib import Path"),
        (POST, "from datetime import datetime, UTC\ndatetime.now(UTC)"),
        (POST, "open('file')"),
    ],
    acts_neither_commit_nor_call_out: [
        (ACT, "def publish(tx):\n    tx.commit()"),
        (ACT, "from http import client"),
    ],
    names_say_something: [
        ("node/storage/utils.py", ""),
        ("node/federation/inbox_handler.py", ""),
        ("node/api/common/__init__.py", ""),
    ],
    modules_are_short: [(STORED, "\n" * (MOST_LINES + 1))],
    only_outermost_loops_catch_everything: [
        (STORED, "try:\n    look()\nexcept Exception:\n    pass"),
        (STORED, "try:\n    look()\nexcept:\n    pass"),
        (STORED, "try:\n    look()\nexcept (OSError, BaseException) as error:\n    raise Other from error"),
    ],
}


def build(root: Path, files: dict[str, str]) -> list[Module]:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return read(root / "node")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_house_has_no_fault(rule: Rule, tmp_path: Path) -> None:
    assert list(rule(build(tmp_path, SOUND))) == []


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [(rule, path, source) for rule, breaks in BROKEN.items() for path, source in breaks],
    ids=[f"{rule.__name__}-{number}" for rule, breaks in BROKEN.items() for number, _ in enumerate(breaks)],
)
def test_a_broken_rule_is_seen(rule: Rule, path: str, source: str, tmp_path: Path) -> None:
    assert len(list(rule(build(tmp_path, {**SOUND, path: source})))) == 1


def test_every_rule_can_be_broken() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize(
    "source",
    [
        "from unittest import mock",
        "import unittest.mock as m",
        "def test(mocker): ...",
        *(
            f"def test(monkeypatch):\n    monkeypatch.{verb}(node, 'now', 1)"
            for verb in ("setattr", "delattr")
        ),
    ],
)
def test_a_swapped_function_is_seen(source: str, tmp_path: Path) -> None:
    assert len(list(functions_are_not_swapped(build(tmp_path, {"node/test_posts.py": source})))) == 1
