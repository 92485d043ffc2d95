"""Pieces of pages that are the same for many readers: made once a minute, and kept for the others."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from jinja2.runtime import Macro

from node.ui.cards import Card
from node.ui.language import language

KEPT_MOST = 500
FRAME = ("kind", "name", "authority", "phone", "phone_hours")


class Lasting:
    """Pieces of the frame, the same as long as the node runs: made once in each language."""

    def __init__(self) -> None:
        self._made: OrderedDict[Hashable, str] = OrderedDict()

    def __call__(self, macro: Macro, node: Any = None, *words: Hashable) -> str:
        """What the macro makes of these; of the node it says its name, its address and its number."""
        said = tuple(getattr(node, name, "") for name in FRAME)
        key = macro.name, language().code, said, words
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = macro(node, *words) if node is not None else macro()
            while len(self._made) > KEPT_MOST:
                self._made.popitem(last=False)
        return made


class Fragments:
    """Cards as HTML, in each language; they tell time by the minute."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Card, datetime], str] = OrderedDict()

    def card(self, macro: Callable[..., str], post: Card, at: datetime) -> str:
        """What the macro `card` makes of this post."""
        key = language().code, post, at.replace(second=0, microsecond=0)
        made = self._kept.get(key)
        if made is None:
            made = self._kept[key] = macro(post, at, mine=post.mine)
            while len(self._kept) > KEPT_MOST:
                self._kept.popitem(last=False)
        return made
