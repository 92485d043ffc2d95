"""Reports on the wire: a Flag of another node, what it says, and what became of ours (`wire.md` 10).

A Flag comes from the Application of a node, never from its Group, and an Application says nothing else.
"""

import re
from datetime import datetime
from html import unescape
from typing import Any

from node.acts import reports
from node.federation.documents import uris_of, words_of
from node.neighbourhood.node import Node
from node.neighbourhood.report import REASON_LENGTH, TEXT_LENGTH, ReportCategory
from node.storage import nodes
from node.storage.database import Transaction
from node.storage.outbox import Activity

OBJECTS = 5  # of one Flag: other software names the actor too
_MARK = re.compile(r"<[^<>]*>")


def is_flag(origin: str, actor: str, activity: dict[str, Any]) -> bool:
    """Whether this is a Flag by the Application of this origin."""
    return actor == _application(origin) and activity.get("type") == "Flag"


def flag(tx: Transaction, origin: str, activity: dict[str, Any], at: datetime) -> None:
    """A node that may have a post from us, and is not blocked, may report it; of a public post anybody's
    node."""
    node = nodes.by_origin(tx, origin)
    if node is not None and (node.blocked or node.actor == _application(origin)):
        return
    category, words = said(activity.get("content"))
    objects = uris_of(activity.get("object"))[:OBJECTS]
    reports.flagged(tx, node, origin, str(activity["id"]), objects, category, words, at)


def said(content: Any) -> tuple[ReportCategory, str]:
    """What is wrong, and a supervisor's words about it: `privacy: the house number stands in it`."""
    text = (words_of(content, TEXT_LENGTH) or "").strip()
    word, _, rest = text.partition(":")
    if word.strip().lower() in set(ReportCategory):
        return ReportCategory(word.strip().lower()), rest.strip()
    return ReportCategory.OTHER, text


def answer(
    tx: Transaction, node: Node, ours: Activity, activity: dict[str, Any], upheld: bool, at: datetime
) -> None:
    """Only the node that our Flag went to may say what became of it."""
    reports.answered(tx, node, ours, upheld, _plain(activity), at)


def _application(origin: str) -> str:
    """The id of a node's technical actor (`wire.md` 1.1)."""
    return f"{origin}/ap/actor"


def _plain(activity: dict[str, Any]) -> str:
    """Its words without marks: as it wrote them, else taken out of what it shows to others."""
    source = activity.get("source")
    words = words_of(source.get("content"), REASON_LENGTH) if isinstance(source, dict) else None
    if words is None:
        words = unescape(_MARK.sub(" ", words_of(activity.get("content"), 4 * REASON_LENGTH) or ""))
    return (words_of(words, REASON_LENGTH) or "").strip()
