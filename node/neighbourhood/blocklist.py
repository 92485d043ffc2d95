"""Lists of blocks, as servers hand them to each other: CSV, the way Mastodon writes and reads it.

Such a list is somebody else's work. What it says is shown first, and never taken half.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from node.neighbourhood.activity import WHY_LENGTH
from node.neighbourhood.block import Block, Severity, checked_subject, is_too_wide
from node.neighbourhood.post import unshowable
from node.neighbourhood.refusal import Invalid, phrase

MOST_LINES = 20_000
MOST_BYTES = 2 * 1024 * 1024
COLUMNS = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")
SEVERITIES = {"suspend": Severity.BLOCK, "": Severity.BLOCK, "silence": Severity.HOLD}
SHOWN = 5  # numbers of lines that could not be read
_FORMULA = "=+-@"  # a spreadsheet would work these out: a quote before them makes them words


@dataclass(frozen=True)
class Listed:
    """A server on the list, how much it is to be kept out, and why."""

    subject: str
    severity: Severity
    why: str


@dataclass(frozen=True)
class BlockList:
    """What a list asks for: each server once, the hardest word counts.

    `noop`: lines that ask for nothing that we do; `hidden`: names with stars in them; `unread`: how many
    lines name no server, or say a word we do not know, and which come first.
    """

    wanted: tuple[Listed, ...]
    noop: int = 0
    hidden: int = 0
    unread: int = 0
    first: tuple[int, ...] = ()


def read(text: str) -> BlockList:
    """Read a list, with its line of names or without; a bare name of a server on each line is one too.

    Raises Invalid for the whole when it is too long, or when a quote never ends: then nobody can say what
    belongs to what.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.count("\n") + (not text.endswith("\n"))
    if lines > MOST_LINES + 1 or len(text) > MOST_BYTES:
        too_long = phrase("This list is too long: at most %(most)d lines. Cut it in pieces.", most=MOST_LINES)
        raise Invalid({"list": too_long})
    return _sorted(_rows(text))


def written(blocks: Iterable[Block]) -> Iterator[str]:
    """The lines of a list for other servers: the servers among these, not the accounts."""
    said = {severity: word for word, severity in SEVERITIES.items() if word}
    yield _line(COLUMNS)
    for block in blocks:
        if "/" not in block.subject:
            yield _line((block.subject, said[block.severity], "false", "false", _quoted(block.why), "false"))


def carried(wanted: Iterable[Listed]) -> str:
    """The same list in as few letters as it can be read again."""
    said = {severity: word for word, severity in SEVERITIES.items() if word}
    lines = [_line(("#domain", "#severity", "#public_comment"))]
    for one in wanted:
        whole = one.why or one.severity is not Severity.BLOCK
        lines.append(_line((one.subject, said[one.severity], _quoted(one.why)) if whole else (one.subject,)))
    return "".join(lines)


def _quoted(why: str) -> str:
    return f"'{why}" if why[:1] in tuple(_FORMULA) else why


class _Line(list[str]):
    """What `csv.writer` writes to."""

    write = list.append


def _line(cells: Iterable[str]) -> str:
    line = _Line()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line[0]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not empty, with its number."""
    rows = csv.reader((line + "\n" for line in text.split("\n")), strict=True)
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            words = phrase("Line %(line)d cannot be read. Is a quote missing there?", line=number)
            raise Invalid({"list": words}) from None
        if any(cell.strip() for cell in row):
            yield number, row


def _sorted(rows: Iterable[tuple[int, list[str]]]) -> BlockList:
    names: list[str] | None = None
    wanted: dict[str, Listed] = {}
    noop = hidden = 0
    unread: list[int] = []
    for number, row in rows:
        if row[0].strip().lower() in ("#domain", "domain"):
            names = [cell.strip().lower().lstrip("#") for cell in row]
            continue
        if row[0].lstrip().startswith("#"):
            continue
        cells = dict(zip(names or [name.lstrip("#") for name in COLUMNS], map(str.strip, row), strict=False))
        domain, word = cells.get("domain", ""), cells.get("severity", "").lower()
        subject = _subject(domain)
        if word == "noop":
            noop += 1
        elif "*" in domain:
            hidden += 1
        elif subject is None or word not in SEVERITIES:
            unread.append(number)
        else:
            one = Listed(subject, SEVERITIES[word], _why(cells.get("public_comment", "")))
            before = wanted.get(subject)
            wanted[subject] = one if before is None else _harder(before, one)
    return BlockList(tuple(wanted.values()), noop, hidden, len(unread), tuple(unread[:SHOWN]))


def _harder(one: Listed, other: Listed) -> Listed:
    hardest = Severity.BLOCK if Severity.BLOCK in (one.severity, other.severity) else Severity.HOLD
    return replace(one, severity=hardest, why=one.why or other.why)


def _subject(words: str) -> str | None:
    """The server that a list names. A word without a dot would be a whole country: no list may ask that."""
    try:
        subject = checked_subject(words)
    except Invalid:
        return None
    return subject if "/" not in subject and not is_too_wide(subject) else None


def _why(words: str) -> str:
    """The reason as we keep it: one line, not too long, nothing that cannot be shown."""
    words = " ".join(words.split())
    if words[:1] == "'" and words[1:2] in tuple(_FORMULA):
        words = words[1:]
    if unshowable(words):
        return ""
    return words if len(words) <= WHY_LENGTH else words[: WHY_LENGTH - 1] + "…"
