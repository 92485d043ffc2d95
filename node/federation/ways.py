"""The way from somebody's own server to us: its page on which they follow us, or answer a post of ours.

Their server says itself where that page is, in WebFinger: by the link that other software has for this, or by
an activity intent (FEP-3b86). Only a page on that same server is believed.
"""

import logging
import re
from typing import Any
from urllib.parse import quote

from node.federation.documents import URI_LENGTH, listed, origin_of
from node.federation.door import Federation
from node.federation.guarded import Unreachable
from node.neighbourhood.handle import Way, no_answer

SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
INTENT = "https://w3id.org/fep/3b86/"
_SLOT = re.compile(r"\{([A-Za-z-]{1,20})\}")

log = logging.getLogger(__name__)


async def ask(door: Federation, way: Way) -> str | None:
    """The address of that page, asked for at their server, now. Raises NotReachable."""
    scheme = "http" if door.settings.town else "https"
    origin = origin_of(f"{scheme}://{way.handle.host}")
    if origin is None:
        raise no_answer(way.handle)
    try:
        found = await door.remote.webfinger(origin, f"acct:{way.handle.name}@{way.handle.host}")
    except Unreachable as error:
        log.info("the way to us could not be asked for: %s", error)
        raise no_answer(way.handle) from None
    return page(found, origin, _wanted(door, way))


def page(document: dict[str, Any], origin: str, wanted: list[tuple[str, str, str]]) -> str | None:
    """The first of these pages that the document names and that is on this origin. `wanted`: what the link is
    called, which of its slots has to be there, and what goes into that."""
    links = [link for link in listed(document.get("links"))[:100] if isinstance(link, dict)]
    for rel, slot, value in wanted:
        for link in links:
            template = link.get("template") or link.get("href")
            if link.get("rel") == rel and isinstance(template, str):
                filled = _filled(template, slot, value)
                if filled is not None and origin_of(filled) == origin:
                    return filled
    return None


def _wanted(door: Federation, way: Way) -> list[tuple[str, str, str]]:
    if way.post_uri is None:
        acct, actor = door.settings.acct, door.home.actor
        return [(SUBSCRIBE, "uri", acct), (f"{INTENT}Follow", "object", actor)]
    return [
        (SUBSCRIBE, "uri", way.post_uri),
        (f"{INTENT}Create", "inReplyTo", way.post_uri),
        (f"{INTENT}Object", "object", way.post_uri),
    ]


def _filled(template: str, slot: str, value: str) -> str | None:
    """A template with our value in its slot, and nothing in the others; None for what makes no address."""
    if f"{{{slot}}}" not in template or len(template) > URI_LENGTH:
        return None
    head = template.partition("{")[0]
    if head.count("/") < 3 or any(sign <= " " or sign == "\\" or not sign.isprintable() for sign in template):
        return None  # nothing is filled in before the path: else it would choose the host
    filled = _SLOT.sub(lambda found: quote(value, safe="") if found[1] == slot else "", template)
    return filled if "{" not in filled and "}" not in filled and filled.isascii() else None
