"""No pattern of the program takes long over a long text made to keep it busy (`security.md`, P20).

Every pattern is found by reading the source, with the way in which it is used. Each runs, in a process that
the system ends when it has used too much of a processor, over texts of 100 KB that pump each of its
repetitions and then do not fit.
"""

import ast
import importlib
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
SIZE = 100_000
SECONDS = 5  # of a processor, for all texts of one pattern; one that looks back over the text needs minutes
USES = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SENTENCES = "node.ui.heard"  # a table of patterns, each with what it means
_parser: Any = importlib.import_module("re._parser")


@dataclass(frozen=True)
class Pattern:
    """A pattern, where it stands, and how it is used."""

    place: str
    text: str
    flags: int
    use: str


def patterns(path: Path) -> Iterator[Pattern]:
    """Those of one file: made at once, or by name at the top and used below."""
    tree = ast.parse(path.read_text("utf-8"))
    place = str(path.relative_to(CHECKOUT))
    named: dict[str, tuple[str, int]] = {}
    for found in ast.walk(tree):
        match found:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if (
                _called(call) == "compile"
            ):
                named[name] = _said(call) if _is_plain(call) else _made(path, name)
    for found in ast.walk(tree):
        if not isinstance(found, ast.Call) or not isinstance(found.func, ast.Attribute):
            continue
        owner, use = found.func.value, found.func.attr
        if isinstance(owner, ast.Name) and owner.id in named and use in USES:
            yield Pattern(place, *named[owner.id], use)
        elif _called(found) in USES and not _is_table(path, found):
            yield Pattern(place, *_said(found), use)


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Attribute(value=ast.Name(id="re"), attr=name):
            return name
    return None


def _is_plain(call: ast.Call) -> bool:
    """Whether its words stand in one piece."""
    return isinstance(call.args[0], ast.Constant)


def _made(path: Path, name: str) -> tuple[str, int]:
    """The words and flags of a pattern that is put together of pieces, as it came out."""
    module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
    found = getattr(importlib.import_module(module), name)
    return found.pattern, int(found.flags & ~re.UNICODE)


def _is_table(path: Path, call: ast.Call) -> bool:
    return isinstance(call.args[0], ast.Name) and path.parts[-3:] == ("node", "ui", "heard.py")


def _said(call: ast.Call) -> tuple[str, int]:
    """The words of a pattern and its flags, as they stand in the source; anything else is a fault here."""
    text = ast.literal_eval(call.args[0])
    flags = [word for arg in [*call.args[1:], *(k.value for k in call.keywords)] for word in _flags(arg)]
    return text, int(sum({getattr(re, word).value for word in flags}))


def _flags(node: ast.expr) -> Iterator[str]:
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Name(id="re"), attr=name):
                yield name


def everywhere() -> list[Pattern]:
    found = [pattern for path in sorted((CHECKOUT / "node").rglob("*.py")) for pattern in patterns(path)]
    heard = importlib.import_module(SENTENCES)
    found += _in_tables({pattern.text for pattern in found})
    return [*found, *(Pattern(SENTENCES, text, 0, "search") for text, _ in heard.SENTENCES)]


def _in_tables(known: set[str]) -> Iterator[Pattern]:
    """Those that a module keeps in a row at its top, and looks for one after the other."""
    for path in sorted((CHECKOUT / "node" / "neighbourhood").rglob("*.py")):
        module = importlib.import_module(".".join(path.relative_to(CHECKOUT).with_suffix("").parts))
        for kept in vars(module).values():
            for one in kept if isinstance(kept, tuple) else (kept,):
                if isinstance(one, re.Pattern) and one.pattern not in known:
                    yield Pattern(module.__name__, one.pattern, int(one.flags & ~re.UNICODE), "finditer")


# Texts that keep a pattern busy


def busy(text: str, flags: int) -> Iterator[str]:
    """For each repetition in it: what may come before, then what it repeats, 100 KB of it, then what never
    fits."""
    for before, unit in _pumped(_parser.parse(text, flags), ""):
        pumped = before + (unit or "x") * (SIZE // max(1, len(unit)))
        yield from (pumped, pumped + "\x00", pumped + "\ud7ff\n")
    for sign in dict.fromkeys(_signs(text)):
        yield sign * SIZE


def _signs(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or sign in " <>/:;,.-@\"'")[:12] + "0aA <\n"


def _pumped(tokens: Any, before: str) -> Iterator[tuple[str, str]]:
    for token in tokens:
        yield from _inside(token, before)
        before += _example([token])


def _inside(token: Any, before: str) -> Iterator[tuple[str, str]]:
    name, value = str(token[0]), token[1]
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield before, _example(value[2])
        yield from _pumped(value[2], before)
    elif name == "SUBPATTERN":
        yield from _pumped(value[3], before)
    elif name == "BRANCH":
        for branch in value[1]:
            yield from _pumped(branch, before)


def _example(tokens: Any) -> str:
    return "".join(_one(str(name), value) for name, value in tokens)


def _one(name: str, value: Any) -> str:
    match name:
        case "LITERAL":
            return chr(value)
        case "IN":
            return _of_set(value)
        case "NOT_LITERAL" | "ANY":
            return "x"
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _example(value[2]) * max(1, min(int(value[0]), 50))
        case "SUBPATTERN":
            return _example(value[3])
        case "BRANCH":
            return _example(value[1][0])
    return ""


def _of_set(members: Any) -> str:
    names = {str(name) for name, _ in members}
    if "NEGATE" in names:
        taken = {chr(value) for name, value in members if str(name) == "LITERAL"}
        return next(sign for sign in "xyz09-" if sign not in taken)
    name, value = members[0]
    if str(name) == "CATEGORY":
        return {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(value), "a")
    return chr(value[0] if str(name) == "RANGE" else value)


# The child


def survives(pattern: Pattern) -> None:
    """Run it over all of that, in this process, which is ended when it takes too long."""
    compiled = re.compile(pattern.text, pattern.flags)
    use = getattr(compiled, pattern.use)
    for text in busy(pattern.text, pattern.flags):
        if pattern.use in ("sub", "subn"):
            use("", text)
        elif pattern.use == "finditer":
            list(use(text))
        else:
            use(text)


def ran(*chosen: Pattern, seconds: int = SECONDS) -> subprocess.CompletedProcess[str]:
    """All of them in a child; it says which it is at."""
    words = [f"{pattern!r}" for pattern in chosen]
    return subprocess.run(
        [sys.executable, "-m", "tests.test_patterns", str(seconds)],
        input="\n".join(words),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> None:
    for line in sys.stdin:
        print(line, end="", flush=True)  # noqa: T201  (for whoever started it)
        used = resource.getrusage(resource.RUSAGE_SELF)
        soon = int(used.ru_utime + used.ru_stime) + int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_CPU, (soon, resource.RLIM_INFINITY))
        arguments = {k.arg: ast.literal_eval(k.value) for k in ast.parse(line).body[0].value.keywords}  # type: ignore[attr-defined]  # our own repr
        survives(Pattern(**arguments))


def test_P20_no_pattern_of_the_program_is_kept_busy() -> None:
    found = everywhere()
    assert len(found) > 30
    done = ran(*dict.fromkeys(found))
    assert done.returncode == 0, done.stdout.splitlines()[-1:] + done.stderr.splitlines()[-1:]


@pytest.mark.parametrize(
    ("text", "use"),
    [
        (r"(a+)+$", "match"),
        (r"(aa|a)*!", "fullmatch"),
        (r"\s+$", "search"),
        (r"[^x]*y", "search"),
        (r"(a*)*b", "sub"),
    ],
)
def test_P20_a_pattern_that_can_be_kept_busy_is_found_out(text: str, use: str) -> None:
    assert ran(Pattern("here", text, 0, use), seconds=1).returncode < 0


def test_P20_every_pattern_is_found() -> None:
    """Also those that some module keeps at its top, however it made them."""
    texts = {pattern.text for pattern in everywhere()}
    for path in sorted((CHECKOUT / "node").rglob("*.py")):
        name = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
        if "__main__" in name or "migrations" in name:
            continue
        for kept in vars(importlib.import_module(name)).values():
            assert not isinstance(kept, re.Pattern) or kept.pattern in texts, name


if __name__ == "__main__":
    main()
