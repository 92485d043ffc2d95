"""Pieces of pages that are the same for many readers: made once a minute, and kept for the others."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from node.ui.cards import Card
from node.ui.language import language

KEPT_MOST = 500


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
