"""Who asks for a page: a browser, which gets HTML, or software that wants to know it as ActivityPub.

RFC 9110, 12.5.1. A page has both forms under one address, so that somebody can paste it into a search box
anywhere.
"""

import re
from collections.abc import Iterator

from starlette.routing import Match, Route
from starlette.types import Scope

from node.federation.vocabulary import AS

MOST = 1000  # letters of the header: nobody needs more
_PARTS = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"|")+')
_PARAMETERS = re.compile(r';\s*([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)')


class ForPrograms(Route):
    """An address that is a page to everybody else: this route is not there for them."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found = super().matches(scope)
        if found[0] is not Match.FULL:
            return Match.NONE, {}
        accepted = [value for name, value in scope["headers"] if name == b"accept"]
        return found if wants_activity(b",".join(accepted).decode("latin-1")) else (Match.NONE, {})


def wants_activity(accepted: str) -> bool:
    """Whether this `Accept` wants ActivityPub, and not rather HTML; of what it wants as much, the first."""
    activity = html = 0.0
    for kind, profile, weight in _kinds(accepted):
        if kind == "application/activity+json" or (kind == "application/ld+json" and AS in profile.split()):
            activity = max(activity, weight if weight > html else 0.0)
        elif kind in ("text/html", "application/xhtml+xml") and weight > activity:
            html = max(html, weight)
    return activity > html


def wants_page(accepted: str) -> bool:
    """Whether it wants HTML, and nothing rather; whoever does not say so is a program."""
    weights = [(kind, weight) for kind, _, weight in _kinds(accepted)]
    html = max((weight for kind, weight in weights if kind == "text/html"), default=0.0)
    return html > 0 and all(weight <= html for _, weight in weights)


def _kinds(accepted: str) -> Iterator[tuple[str, str, float]]:
    """Media type, its profile and its weight, in order; what is badly written weighs nothing."""
    for part in _PARTS.findall(accepted[:MOST]):
        kind = part.partition(";")[0].strip().lower()
        said = {name.lower(): value.strip('"') for name, value in _PARAMETERS.findall(part)}
        weight = said.get("q", "1")
        yield (
            kind,
            said.get("profile", ""),
            float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 0.0,
        )
