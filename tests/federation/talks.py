"""Two people who agreed over a border, what they write to each other, and what they let each other see."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from node.acts import appointments, contacts, threads
from node.clock import now
from node.federation import contact
from node.neighbourhood.contact import Contact, Elsewhere
from node.neighbourhood.match import Match
from node.neighbourhood.post import Post
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.thread import Message
from node.storage import contacts as kept_contacts
from node.storage import outbox
from node.storage import threads as kept
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import until

ALL = frozenset({"phone", "email", "address"})
PHONE, ADDRESS = "0199-00 12 34", "Lindelaan 12\n9999 ZZ Dorp"


@dataclass(frozen=True)
class Talk:
    """Bea at home, Merel at another node, and the answer as it stands at each."""

    home: Place
    away: Place
    post: Post
    bea: Response
    merel: Response
    match: Match | None = None

    async def writes(self, place: Place, text: str) -> Message:
        """Whoever lives there writes to the other."""
        who, answer = self.of(place)
        return await place.database.writing(threads.write, who, answer.id, text, now())

    async def agrees_on(self, place: Place, moment: datetime, words: str) -> Message:
        """Whoever lives there says when it is to be."""
        who, answer = self.of(place)
        return await place.database.writing(appointments.make, who, answer.id, moment, words, now())

    async def takes_back(self, place: Place, message: Message) -> None:
        who, _ = self.of(place)
        await place.database.writing(threads.take_back, who, message.id, now())

    async def read(self, place: Place) -> list[str]:
        """The words of the thread as it stands there, oldest first."""
        _, answer = self.of(place)
        found = await place.database.reading(kept.page, answer.id, None, 100)
        return [message.text for message in reversed(found)]

    async def reads(self, place: Place, *texts: str) -> None:
        """Wait until it stands so there."""

        async def look() -> bool:
            return await self.read(place) == list(texts)

        await until(look)

    async def shows(self, place: Place, fields: frozenset[str] = ALL) -> None:
        who, answer = self.of(place)
        await place.database.writing(contacts.keep, who, PHONE, ADDRESS)
        await place.database.writing(contacts.release, who, answer.id, fields, now())

    async def hides(self, place: Place) -> None:
        who, answer = self.of(place)
        await place.database.writing(contacts.take_back, who, answer.id, now())

    async def looks(self, place: Place) -> Contact | None:
        """Whoever lives there presses *show*. Raises NotReachable."""
        who, answer = self.of(place)
        there = await place.database.writing(contacts.look, who, answer.id, now())
        assert isinstance(there, Elsewhere)
        return await contact.fetch(place.door, there)

    async def seen(self, place: Place) -> int:
        """How often whoever lives there was looked at."""
        who, answer = self.of(place)
        thread = await place.database.reading(kept.see, who, answer.id)
        return len(await place.database.reading(kept_contacts.looks, thread))

    async def contact_of(self, place: Place) -> str:
        """Where what is released there stands."""
        if place is self.away:
            return f"{self.merel.uri}/contact"
        accept = await self.home.database.reading(outbox.answer_to, self.bea.uri)
        assert accept is not None
        return f"{accept.uri}/contact"

    def of(self, place: Place) -> tuple[Resident, Response]:
        """Who of the two lives there, and the answer as it stands there."""
        if place is self.home:
            return place.cast.poster, self.bea
        return place.cast.helper, self.merel


async def answered(home: Place, away: Place, title: str = "Wie haalt dinsdag medicijnen?") -> Talk:
    """Merel said yes."""
    post = await home.asks(title)
    merel = await away.answers(post)
    return Talk(home, away, post, await home.heard(merel), merel)


async def agreed(nodes: Nodes, home: Place, away: Place, title: str = "Wie kan er helpen?") -> Talk:
    """And Bea chose her; both nodes know it."""
    talk = await answered(home, away, title)
    match = await home.agrees(talk.post, talk.merel)
    merel = await away.heard(talk.merel, state=ResponseState.ACCEPTED)
    await nodes.quiet(*[place for place in nodes if place._worker is not None])
    return Talk(home, away, talk.post, await home.heard(merel), merel, match)


@asynccontextmanager
async def working(*places: Place) -> AsyncIterator[None]:
    """Nodes that rest, at work for a while."""
    for place in places:
        place.start()
    try:
        yield
        for place in places:
            await until(place.idle)
    finally:
        for place in places:
            await place.stop()
