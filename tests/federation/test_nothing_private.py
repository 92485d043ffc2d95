"""People do whatever they do at four nodes; nothing of what is private there leaves, and nobody can read it.

In every field that a person fills in for their own neighbourhood alone stands a telephone number, a mail
address, an IBAN, a postcode, a house number or a surname that is nowhere else. Every byte that went over the
wire is looked through, and whatever a node, a stranger or anybody unsigned is given to read afterwards.
(`test_private` does the same for what two people show each other.)
"""

import os
import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from node.acts import (
    board,
    contacts,
    invites,
    matches,
    moderation,
    posts,
    reports,
    residents,
    responses,
    threads,
)
from node.clock import now
from node.federation.signatures import SigningKey
from node.neighbourhood.contact import FIELDS
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Post, PostDraft
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.response import Response
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage.database import Transaction
from node.storage.tables import posts as every_post
from node.storage.tables import residents as people
from tests import town
from tests.federation import by_hand
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place

SEEDS = int(os.environ.get("BUURTKNOOP_EXAMPLES", "20")) // 5
ACTS = 40
_numbers = count(1)


class Story:
    """What people did so far, and every private word with where it stands."""

    def __init__(self, nodes: Nodes, seed: int) -> None:
        self.nodes, self.chance = nodes, random.Random(seed)
        self.words: dict[str, str] = {}
        self.happened = 0

    def word(self, where: str) -> str:
        """A private word that stands here alone in the whole world."""
        number = next(_numbers)
        made = self.chance.choice(
            [
                f"0199-{number:06}",
                f"kanarie{number:06}@example.org",
                f"NL00BUUR{number:010}",
                f"9{number:06} ZZ",
                f"Lindelaan {number:06}",
                f"Kanarieveld{number:06}",
            ]
        )
        self.words[made] = where
        return made

    def phone(self, whose: str) -> str:
        number = f"0199-{next(_numbers):06}"
        self.words[number] = whose
        return number

    async def try_to(self, place: Place, act: Callable[..., Any], *given: Any) -> None:
        """What is refused is no harm: these people try anything."""
        try:
            await place.database.writing(act, *given)
            self.happened += 1
        except Refusal:
            pass

    async def move_in(self) -> None:
        for place in self.nodes:
            for part, who in place.cast.all().items():
                whose = f"contact of the {part}"
                address = f"Fam. {self.word(whose)}\n{self.word(whose)}"
                await place.database.writing(contacts.keep, who, self.phone(whose), address)
                mail = people.update().where(people.c.id == who.id).values(email=self.word(whose))
                await place.database.writing(Transaction.run, mail)
            await self.try_to(place, residents.invite, place.cast.operator, self.word("invitation"), 1, now())
            await self.try_to(place, residents.make_token, place.cast.helper, self.word("token"), now())

    async def play(self, acts: int) -> None:
        often = [self.ask_far, self.answer, self.answer, self.pick, self.talk]
        now_and_then = [self.ask_near, self.invite, self.report, self.judge, self.end, self.narrow]
        ways = [*often, *often, *now_and_then, self.withdraw, self.read_all]
        for _ in range(acts):
            await self.chance.choice(ways)(self.chance.choice(list(self.nodes)))
        await self.nodes.quiet()

    # What people do

    async def ask_near(self, place: Place) -> None:
        await self.try_to(
            place, posts.post, place.cast.poster, self._draft("neighbourhood", self.word), now()
        )

    async def ask_far(self, place: Place) -> None:
        wide = self.chance.choice(["adjacent", "municipality", "public"])
        draft = self._draft(wide, lambda where: f"{where} {next(_numbers)}")
        await self.try_to(place, posts.post, place.cast.poster, draft, now())

    async def answer(self, place: Place) -> None:
        """Words to a post of one's own neighbourhood stay there, those with *I come* at one's own node."""
        post = await self._any_post(place)
        if post is not None:
            private = post.own or post.kind == "event"
            text = self.word("answer") if private else "Ik kan wel."
            who = self.chance.choice([place.cast.helper, place.cast.other])
            await self.try_to(place, responses.answer, who, post.id, text, now())

    async def pick(self, place: Place) -> None:
        for post, answer in await self._answers(place):
            if self.chance.random() < 0.7:
                await self.try_to(place, matches.agree, place.cast.poster, post.id, answer.id, now())

    async def talk(self, place: Place) -> None:
        """Two who both live here write to each other, and let the other see everything."""
        for post, answer in await self._answers(place):
            if post.own and answer.node_id is None:
                for who in (place.cast.poster, place.cast.helper):
                    await self.try_to(place, threads.write, who, answer.id, self.word("message"), now())
                    await self.try_to(place, contacts.release, who, answer.id, frozenset(FIELDS), now())

    async def invite(self, place: Place) -> None:
        post, offer = await self._any_post(place), await self._any_post(place)
        if post is not None and offer is not None:
            await self.try_to(place, invites.ask, place.cast.broker, post.id, offer.id, now())

    async def report(self, place: Place) -> None:
        if (post := await self._any_post(place)) is not None:
            who = self.chance.choice([place.cast.helper, place.cast.other, place.cast.booster])
            await self.try_to(place, reports.report, who, post.id, "privacy", self.word("report"), now())

    async def judge(self, place: Place) -> None:
        if (post := await self._any_post(place)) is None:
            return
        why, by = self.word("reason of a supervisor"), place.cast.supervisor
        if self.chance.random() < 0.5:
            measure = self.chance.choice(["hide", "ask", "remove"])
            await self.try_to(place, moderation.uphold, by, post.id, measure, why, "", now())
        else:
            await self.try_to(place, moderation.dismiss, by, post.id, why, "", now())

    async def end(self, place: Place) -> None:
        if (post := await self._any_post(place)) is not None:
            act = self.chance.choice([board.close_for, board.refer])
            await self.try_to(place, act, place.cast.broker, post.id, self.word("explanation"), now())

    async def narrow(self, place: Place) -> None:
        if (post := await self._any_post(place)) is not None:
            title, text = self.word("narrowed"), self.word("narrowed")
            change = PostChange(title=title, text=text, audience="neighbourhood")
            await self.try_to(place, posts.edit, place.cast.poster, post.id, change, now())

    async def withdraw(self, place: Place) -> None:
        post = await self._any_post(place)
        if post is not None and self.chance.random() < 0.3:
            await self.try_to(place, posts.withdraw, place.cast.poster, post.id, now())

    async def read_all(self, place: Place) -> None:
        await place.change("lookups", due=now())

    def _draft(self, audience: str, word: Callable[[str], str]) -> PostDraft:
        make: Any = self.chance.choice([town.asks, town.offers, town.tells, town.plans])
        more = {"at": now(), "place": word("place")} if make is town.plans else {}
        draft: PostDraft = make(word("title"), text=word("text"), audience=audience, **more)
        return draft

    async def _any_post(self, place: Place) -> Post | None:
        found = [post for post in await place.database.reading(_posts) if post.title]
        return self.chance.choice(found) if found else None

    async def _answers(self, place: Place) -> list[tuple[Post, Response]]:
        return await place.database.reading(_answers)


def _posts(tx: Transaction) -> list[Post]:
    return list(kept_posts.known(tx, set(tx.run(every_post.select()).scalars())).values())


def _answers(tx: Transaction) -> list[tuple[Post, Response]]:
    return [(post, answer) for post in _posts(tx) for answer in kept_responses.of_post(tx, post.id)]


def private(raw: bytes, words: dict[str, str]) -> set[str]:
    """Where the private words in these bytes stand; also those written without space or dash."""
    return {
        where
        for word, where in words.items()
        if any(said.encode() in raw for said in {word, word.replace(" ", ""), word.replace("-", "")})
    }


async def readings(nodes: Nodes, stranger: Liar) -> list[bytes]:
    """Everything of every node that any other node, a stranger or anybody is given to read."""
    found = []
    for place in nodes:
        others = [other.door.keys.application for other in nodes if other is not place]
        readers: list[SigningKey | None] = [*others, stranger.reader, None]
        for path in sorted(set(await _addresses(place))):
            for key in readers:
                signed = by_hand.signed(place, "GET", path, key) if key is not None else None
                answer = await (signed or by_hand.knock(place, by_hand.Raw("GET", place.origin + path, {})))
                if answer.status_code == 200:
                    found.append(answer.content)
    return found


async def _addresses(place: Place) -> Iterator[str]:
    rows, home = await place.rows(), place.home
    own = f"{place.origin}/ap/"
    ids = {cell for table in rows.values() for row in table for cell in row if str(cell).startswith(own)}
    things = [f"{uri}{more}" for uri in ids for more in ("", "/contact", "/proposal", "/replies")]
    lists = [f"{home.actor}/{name}" for name in ("outbox", "outbox?before=", "followers", "featured")]
    found = [*things, *lists, home.actor, home.application, home.adjacent, home.directory]
    return (uri.removeprefix(place.origin) for uri in found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_V01_nothing_private_leaves(town_with_hub: Nodes, seed: int) -> None:
    """More of them: `BUURTKNOOP_EXAMPLES=200 sh tests/run.sh -k nothing_private`."""
    story, wire = Story(town_with_hub, seed), town_with_hub.wire
    await story.move_in()
    await story.play(ACTS)
    assert story.happened > ACTS // 4
    assert set().union(*(private(exchange.raw, story.words) for exchange in wire.log)) == set()
    stranger = Liar(wire)
    read = await readings(town_with_hub, stranger)
    assert len(read) > 20
    assert set().union(*(private(raw, story.words) for raw in read)) == set()
