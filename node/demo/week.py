"""A week in the demo's town: what people asked, offered and told, and how their neighbours answered.

All of it goes through the real acts, at the moments of the week before. It is there before the borders open,
so that the neighbours read it as they read any newcomer's posts.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from node.acts import matches, posts, responses
from node.demo.town import CAST, INVENTED, POSTS_EACH
from node.neighbourhood.post import Audience, Kind, PostDraft
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.resident import Resident
from node.settings import Settings
from node.storage import residents
from node.storage.database import Transaction

Told = dict[str, Any]


def live(tx: Transaction, settings: Settings, number: int, at: datetime) -> None:
    """Have the week happen here, once. `number`: which neighbourhood this is; a hub only tells of itself."""
    people = {part: _person(tx, settings, part, at) for part in CAST}
    for told in told_here(settings, number):
        if told.get("audience") != Audience.MUNICIPALITY:
            _post(tx, settings, people, told, at)


def for_the_municipality(settings: Settings, number: int) -> list[tuple[str, str, Told]]:
    """What waits until there is a hub: (who posts it, folder of the API, what to send there)."""
    waiting = [told for told in told_here(settings, number) if told.get("audience") == Audience.MUNICIPALITY]
    named = ("category", "title", "text", "audience", "urgency")
    return [(t["who"], f"{t['kind']}s", {n: t[n] for n in named if n in t}) for t in waiting]


def told_here(settings: Settings, number: int) -> list[Told]:
    """What is posted in this neighbourhood in that week."""
    if settings.home.is_hub:
        return list(INVENTED["hub_post"])
    known: list[Told] = INVENTED["post"]
    return [known[(number * POSTS_EACH + step) % len(known)] for step in range(POSTS_EACH)]


def _post(tx: Transaction, settings: Settings, people: dict[str, Resident], told: Told, at: datetime) -> None:
    by, asked = people[told["who"]], at - timedelta(hours=told["hours"])
    post = posts.post(tx, by, _draft(settings, told, at), asked)
    for answer in told.get("answers", []):
        then = asked + timedelta(hours=answer["after"])
        made = responses.answer(tx, people[answer["who"]], post.id, answer["text"], then)
        if "agreed" in answer:
            match = matches.agree(tx, by, post.id, made.id, then + timedelta(hours=answer["agreed"]))
            if "done" in answer:
                matches.complete(tx, by, match.id, match.created + timedelta(hours=answer["done"]))


def _draft(settings: Settings, told: Told, at: datetime) -> PostDraft:
    starts = None
    if "in_days" in told:
        local = at.astimezone(ZoneInfo(settings.time_zone)) + timedelta(days=told["in_days"])
        starts = local.replace(hour=told["oclock"], minute=0, second=0, microsecond=0).astimezone(at.tzinfo)
    return PostDraft(
        kind=Kind(told["kind"]),
        title=told["title"],
        text=told["text"],
        category=told["category"],
        audience=told.get("audience"),
        urgency=told.get("urgency"),
        places=told.get("places"),
        starts=starts,
        ends=starts + timedelta(hours=2) if starts else None,
        place=told.get("place", ""),
        widen=told.get("widen", False),
    )


def _person(tx: Transaction, settings: Settings, part: str, at: datetime) -> Resident:
    found = residents.by_email(tx, f"{part}@{settings.slug}.example", at)
    if found is None:
        raise Refusal(f"nobody moved in as {part}")
    return found
