"""What a node asks of others: documents, handles, and to take in what we say. All of it goes out through
`guarded`, signed as `knocking` knows."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from node import clock
from node.federation import knocking
from node.federation.documents import MEMBERS_FETCHED, Unreadable, origin_of, parse
from node.federation.guarded import DEADLINE, Absent, Answer, Client, Gone, Sign, Unreachable, Wire
from node.federation.keys import Keys
from node.federation.knocking import Form, Knocking, Ours
from node.federation.own_key import Pair, SigningKey
from node.federation.reading import Actor
from node.federation.vocabulary import AS, MEDIA_TYPE, PROFILE
from node.settings import Settings

JRD = "application/jrd+json"
JSON = "application/json"
LD_JSON = "application/ld+json"


class Remote:
    """Signed requests to other nodes. `wire` and `deadline` are those of `guarded.Client`; `ours` tells who
    is of our own kind."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        wire: Wire | None = None,
        deadline: float = DEADLINE,
        ours: Ours | None = None,
    ) -> None:
        self._keys = keys
        self._knocking = Knocking(ours)
        self._deadline = deadline
        self._client = Client(settings, wire, deadline)

    async def document(self, uri: str) -> dict[str, Any]:
        """An ActivityStreams document from its own address, asked for by our Application; wherever a redirect
        led, that origin answers only for itself (rule 9 of `federation.md` 7). Raises Unreachable."""
        answer = await self._got(uri, f"{PROFILE}, {MEDIA_TYPE}")
        profiled = answer.media_type == LD_JSON and AS in answer.profile.split()
        if answer.media_type != MEDIA_TYPE and not profiled:
            raise Unreachable(f"{uri} is no ActivityPub document")
        document = _parsed(uri, answer)
        _check_origin(answer, str(document.get("id", uri)))
        return document

    async def private(self, uri: str) -> dict[str, Any] | None:
        """What is for our eyes alone, asked for by our Application; None when it is not there, or not for us.
        Raises Unreachable."""
        answer = await self._knock(uri, self._keys.of_application(), accept=JSON)
        _check_origin(answer, uri)
        if answer.status in (403, 404, 410):
            return None
        if answer.status != 200 or answer.media_type != JSON:
            raise Unreachable(f"{uri} answered {answer.status}")
        return _parsed(uri, answer)

    async def webfinger(self, origin: str, resource: str) -> dict[str, Any]:
        """Who a handle or an origin is (RFC 7033). Raises Unreachable."""
        address = f"{origin}/.well-known/webfinger?{urlencode({'resource': resource})}"
        answer = await self._got(address, f"{JRD}, {JSON}")
        if answer.media_type not in (JRD, JSON):
            raise Unreachable(f"{origin} answered WebFinger with another kind of document")
        return _parsed(address, answer)

    async def post(self, uri: str, body: bytes, by: Pair | SigningKey | None = None) -> Answer:
        """Deliver an activity, signed by our Group, or by whose keys these are. Raises Unreachable when there
        is no answer at all."""
        if not isinstance(by, Pair):
            by = self._keys.of_group() if by is None else self._keys.beside(by)
        return await self._knock(uri, by, body)

    async def web(self, uri: str, accept: str, also: Mapping[str, str]) -> Answer:
        """A page or feed of the open web, asked for as anybody would: unsigned. Raises Unreachable."""
        return await self._client.get(uri, accept, lambda method, url: also)

    def met(self, actor: Actor) -> None:
        """An actor's document was read: from now on its server is spoken to in the way that it names."""
        self._knocking.met(actor)

    async def close(self) -> None:
        """Hang up everywhere."""
        await self._client.close()

    async def _got(self, uri: str, accept: str) -> Answer:
        answer = await self._knock(uri, self._keys.of_application(), accept=accept)
        if answer.status == 410:
            raise Gone(f"{uri} answered 410")
        if answer.status == 404:
            raise Absent(f"{uri} answered 404")
        if answer.status != 200:
            raise Unreachable(f"{uri} answered {answer.status}")
        return answer

    async def _knock(self, uri: str, by: Pair, body: bytes | None = None, accept: str = "") -> Answer:
        """Ask, and again in another form when the signature was not believed: one deadline for all of it."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._believed(uri, by, body, accept)
        except TimeoutError:
            raise Unreachable(
                f"{origin_of(uri)} did not answer within {self._deadline:.0f} seconds"
            ) from None

    async def _believed(self, uri: str, by: Pair, body: bytes | None, accept: str) -> Answer:
        """The first answer to a signature that was believed; when none was, the first of all."""
        first, posting = None, body is not None
        for form in await self._knocking.forms(uri, posting):
            sign = _sign(form, by, body, accept)
            answer = await (
                self._client.get(uri, accept, sign) if body is None else self._client.post(uri, body, sign)
            )
            if not self._knocking.is_disbelief(uri, posting, form, answer.status):
                self._knocking.worked(uri, posting, form)
                return answer
            first = first or answer
        if first is None:
            raise Unreachable(f"{uri} can be asked in no way")
        return first


def _sign(form: Form, by: Pair, body: bytes | None, accept: str) -> Sign:
    kind = MEDIA_TYPE if body is not None else None
    return lambda method, uri: knocking.signed(form, by, method, uri, body, kind, accept, clock.now())


def _parsed(uri: str, answer: Answer) -> dict[str, Any]:
    try:
        return parse(answer.body, MEMBERS_FETCHED)
    except Unreadable as error:
        raise Unreachable(f"{uri}: {error}") from None


def _check_origin(answer: Answer, uri: str) -> None:
    if origin_of(answer.url) != origin_of(uri):
        raise Unreachable(f"{answer.url} speaks for another origin")
