"""search-100k: what a question costs among 100,000 posts: rare words, common ones, pieces of long ones."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from node import clock
from node.federation import reading
from node.neighbourhood.folding import asked
from node.neighbourhood.post import Audience
from node.neighbourhood.resident import Resident
from node.storage import posts, residents, search, trigrams
from node.storage.database import Transaction
from node.storage.filter import Filter
from tests.bench import others, sending, served
from tests.bench.figures import Figure, Size, quantile

PIECE, PAGE = 2000, 21
LETTERS = 230  # of a post, as people write them
MIX = (  # typed by neighbours: common, less so, rare, in pieces, not there, two words, short, mistyped
    "buurt, berichten, boodschappen, hond, lezen, ziekenhuis, zeldzaamheid, boodsch, vergader, zeilboot, "
    "hulp buurt, berichten lezen, tv, de, andere, ander, beheerder gemeente, fietsen, buurtjes, nummerx"
).split(", ")
WORDS = Path(__file__).resolve().parents[2] / "node/ui/locale/nl/LC_MESSAGES/buurtknoop.po"


def search_100k(size: Size) -> Iterator[Figure]:
    """The page of a member, and the same for a stranger who may see a twentieth of it."""
    count = size.of(100_000, 300)
    with TemporaryDirectory() as place:
        settings = served.made(Path(place) / "node", served.free_port())
        who = served.prepared(settings, _people)
        served.filled(settings, _posts(count))
        while served.prepared(settings, trigrams.learn):
            pass
        costs = served.prepared(settings, lambda tx: _asked(tx, who, size.of(15, 1)))
    whole = [cost for found in costs.values() for cost in found]
    slowest = max(costs, key=lambda typed: quantile(costs[typed], 0.5))
    yield Figure(
        "search-100k",
        quantile(whole, 0.99) * 1000,
        "ms of CPU, p99",
        20,
        5,
        more_is_better=False,
        notes=(
            f"{count:,} posts, {len(MIX)} questions, by a member and by a stranger; the median "
            f"{quantile(whole, 0.5) * 1000:.1f} ms, the slowest ({slowest}) "
            f"{quantile(costs[slowest], 0.5) * 1000:.1f} ms",
        ),
    )


def _people(tx: Transaction) -> Resident:
    at = clock.now()
    member = Resident("0" * 32, "Buur", "nl", at, admitted=at)
    residents.add(tx, member, "buur@bench.example")
    others.know(tx, others.some(8, 9), at)
    return member


def _posts(count: int) -> Iterator[Callable[[Transaction], None]]:
    at, chance = clock.now(), Random(7)
    words = re.findall(r"[a-zà-ÿ]+", _sentences().lower())
    for start in range(0, count, PIECE):
        yield partial(_fill, range(start, min(start + PIECE, count)), count, at, words, chance)


def _sentences() -> str:
    """Dutch as it is written here: what the pages say."""
    return " ".join(re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', WORDS.read_text("utf-8"), re.M))


def _fill(
    numbers: range, count: int, at: datetime, words: list[str], chance: Random, tx: Transaction
) -> None:
    other = others.some(1, 9)[0]
    said: dict[str, Any] = sending.create(other, at)
    told = reading.post(said["object"], other.node(), at)
    if told is None:
        raise SystemExit("the node does not read what its neighbours say")
    for number in numbers:
        key, moment = uuid4().hex, at - timedelta(minutes=count - number)
        text = _text(words, chance) + (" zeldzaamheid" if number % 10_007 == 0 else "")
        audience = Audience.PUBLIC if number % 20 == 0 else Audience.ADJACENT
        post = replace(told, id=key, uri=f"{other.origin}/ap/o/{key}", audience=audience)
        posts.add(tx, replace(post, created=moment, updated=moment, title=text[:40], text=text))


def _text(words: list[str], chance: Random) -> str:
    """Some sentences, begun anywhere."""
    said = ""
    while len(said) < LETTERS:
        start = chance.randrange(len(words) - 9)
        said += " ".join(words[start : start + chance.randint(3, 9)]) + ". "
    return said[:LETTERS]


def _asked(tx: Transaction, member: Resident, times: int) -> dict[str, list[float]]:
    at, found = clock.now(), dict[str, list[float]]()
    for typed in MIX * times:
        for who in (member, None):
            began = time.process_time()
            search.search(tx, who, Filter(open_only=True, limit=PAGE), asked(typed), at)
            found.setdefault(typed, []).append(time.process_time() - began)
    return found
