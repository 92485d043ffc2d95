"""Time passes over a neighbourhood, until every letter is asked for that only time asks for."""

from datetime import timedelta

from node.acts import matches, posts, responses, timers
from node.neighbourhood.post import Kind, PostDraft
from node.storage.database import Transaction
from tests import town

NOON, DAY = town.NOON, town.DAY
BY_TIME = {
    "ends soon",
    "ends tomorrow",
    "not chosen",
    "released",
    "worked out",
    "helped",
    "tomorrow",
    "board",
    "choose",
}


def time_passes(tx: Transaction, cast: town.Cast, words: str) -> None:
    """Forty days, with a request nobody answers, one with an answer nobody picks, an agreement, an event.

    Nobody had yet become a neighbour before: one does here.
    """
    town.neighbour(tx, "verderop")
    said = {"title": f"{words} titel", "text": f"{words} tekst", "audience": "neighbourhood"}
    posts.post(tx, cast.poster, town.asks(**said, widen=True), NOON)
    waits = posts.post(tx, cast.poster, town.asks(**said), NOON)
    responses.answer(tx, cast.helper, waits.id, f"{words} antwoord", NOON)
    runs = posts.post(tx, cast.poster, town.asks(**said), NOON)
    answer = responses.answer(tx, cast.helper, runs.id, f"{words} antwoord", NOON)
    matches.agree(tx, cast.poster, runs.id, answer.id, NOON)
    posts.post(tx, cast.poster, town.asks(**said, when=f"{NOON:%Y-%m-%d}"), NOON)
    starts = NOON + 3 * DAY
    event = PostDraft(
        Kind.EVENT, f"{words} koffie", "Kom.", "gezelschap", starts=starts, place=f"{words}plein"
    )
    coming = posts.post(tx, cast.booster, event, NOON)
    responses.answer(tx, cast.helper, coming.id, "", NOON)
    for hours in range(0, 40 * 24, 12):
        timers.tick(tx, NOON + timedelta(hours=hours))
