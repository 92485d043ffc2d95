"""What a node asks of others: documents, handles, and to take in what we say. All of it goes out through
`guarded`."""

from typing import Any
from urllib.parse import urlencode

from node import clock
from node.federation import signatures
from node.federation.documents import MEMBERS_FETCHED, Unreadable, origin_of, parse
from node.federation.guarded import DEADLINE, Answer, Client, Sign, Unreachable, Wire
from node.federation.keys import Keys
from node.federation.signatures import SigningKey
from node.federation.vocabulary import AS, MEDIA_TYPE, PROFILE
from node.settings import Settings

JRD = "application/jrd+json"
JSON = "application/json"


class Remote:
    """Signed requests to other nodes. `wire` and `deadline` are those of `guarded.Client`."""

    def __init__(
        self, settings: Settings, keys: Keys, wire: Wire | None = None, deadline: float = DEADLINE
    ) -> None:
        self._keys = keys
        self._client = Client(settings, wire, deadline)

    async def document(self, uri: str) -> dict[str, Any]:
        """An ActivityStreams document from its own address, asked for by our Application; wherever a redirect
        led, that origin answers only for itself (rule 9 of `federation.md` 7). Raises Unreachable."""
        answer = await self._got(uri, f"{PROFILE}, {MEDIA_TYPE}")
        kind = answer.media_type.replace("'", '"')
        if kind != MEDIA_TYPE and not (kind.startswith("application/ld+json;") and f'profile="{AS}"' in kind):
            raise Unreachable(f"{uri} is no ActivityPub document")
        document = _parsed(uri, answer)
        _check_origin(answer, str(document.get("id", uri)))
        return document

    async def private(self, uri: str) -> dict[str, Any] | None:
        """What is for our eyes alone, asked for by our Application; None when it is not there, or not for us.
        Raises Unreachable."""
        answer = await self._client.get(uri, JSON, self._sign_as(self._keys.application))
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

    async def post(self, uri: str, body: bytes, key: SigningKey | None = None) -> Answer:
        """Deliver an activity, signed by our Group. Raises Unreachable when there is no answer at all."""
        return await self._client.post(uri, body, self._sign_as(key or self._keys.group, body))

    async def close(self) -> None:
        """Hang up everywhere."""
        await self._client.close()

    async def _got(self, uri: str, accept: str) -> Answer:
        answer = await self._client.get(uri, accept, self._sign_as(self._keys.application))
        if answer.status != 200:
            raise Unreachable(f"{uri} answered {answer.status}")
        return answer

    def _sign_as(self, key: SigningKey, body: bytes | None = None) -> Sign:
        kind = MEDIA_TYPE if body is not None else None
        return lambda method, uri: signatures.sign(method, uri, body, kind, key, int(clock.now().timestamp()))


def _parsed(uri: str, answer: Answer) -> dict[str, Any]:
    try:
        return parse(answer.body, MEMBERS_FETCHED)
    except Unreadable as error:
        raise Unreachable(f"{uri}: {error}") from None


def _check_origin(answer: Answer, uri: str) -> None:
    if origin_of(answer.url) != origin_of(uri):
        raise Unreachable(f"{answer.url} speaks for another origin")
