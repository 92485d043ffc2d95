"""How photos come in: only from who may send one, one at a time from each, and more bytes than any other form
may have, over a line as slow as a telephone's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request

from node.neighbourhood.photo import too_large
from node.neighbourhood.refusal import TooMany, phrase
from node.ui.forms import Form, filled

MORE = "node.body"
"""In the scope of a request: the bytes and seconds that its body may have. Said before the first look at it,
and only when it is known who sends it; what stands before the doors (`serving.front`) reads it."""
BODY, SECONDS = 16 * 1024 * 1024, 150.0
AT_ONCE = 3  # of all together: what comes in is kept aside meanwhile
FIELD = "photo"


@dataclass
class Uploads:
    """Who sends a photo just now."""

    _now: set[str] = field(default_factory=set)

    async def form(self, request: Request, person_id: str) -> Form:
        """The form with its photo. Raises TooMany, Invalid for what is too large, and HTTPException for what
        no page of ours sends."""
        request.scope[MORE] = BODY, SECONDS
        with self._turn(person_id):
            try:
                return await filled(request, FIELD, binary=True)
            except HTTPException as error:
                if error.status_code == 413:
                    raise too_large() from None
                raise

    @contextmanager
    def _turn(self, person_id: str) -> Iterator[None]:
        if person_id in self._now or len(self._now) >= AT_ONCE:
            raise TooMany(phrase("It is busy here. Try again in a moment."), 10)
        self._now.add(person_id)
        try:
            yield
        finally:
            self._now.discard(person_id)
