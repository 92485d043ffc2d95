"""One address of this door: who asks, what they say, the one transaction, and the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from node.api import access, bodies, lists, problems
from node.api.operation import Call, Operation
from node.api.problems import Unusable
from node.clock import now
from node.neighbourhood.contact import Fetch, out_of_reach
from node.neighbourhood.refusal import NotFound, Refusal, phrase
from node.settings import Settings
from node.storage.access import keep_token
from node.storage.database import Database, Stopped, Transaction

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Door:
    """Answers every method at one address, as its rows of the table say."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        operations: Mapping[str, Operation],
        fetch: Fetch = out_of_reach,
    ) -> None:
        self._database = database
        self._settings = settings
        self._fetch = fetch
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(Request(scope, receive))
        except (Refusal, Unusable, HTTPException, Stopped) as failure:
            response = problems.answer(failure)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        operation = self._operation(request.method)
        key = request.path_params.get("id", "")
        if key and not _KEY.fullmatch(key):
            raise NotFound(phrase("This is not here, or no longer."))
        secret, at = access.bearer(request.headers), now()
        if secret is None and operation.deed is not None:
            raise problems.unsigned()
        visit = _Visit(operation, self._settings, key, secret)
        note, answer = await self._database.reading(visit.look, request.query_params.multi_items(), at)
        if note and secret is not None:
            await self._database.writing(keep_token, secret, at)
        if operation.changes:
            said = await bodies.read(request, operation.takes, operation.needs_body)
            answer = await self._database.writing(visit.act, said, now())
        if operation.then is not None:
            answer = await operation.then(self._fetch, answer)
        if answer is None:
            return Response(status_code=operation.status, headers=problems.HEADERS)
        body = msgspec.json.encode(answer)
        file = {"Content-Disposition": f'attachment; filename="{operation.file}"'} if operation.file else {}
        headers = {**problems.HEADERS, **file}
        return Response(body, operation.status, headers, media_type="application/json")

    def _operation(self, method: str) -> Operation:
        operation = self._operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            heard = sorted({*self._operations, *(["HEAD"] if "GET" in self._operations else [])})
            raise Unusable(405, phrase("This is not done here."), {"Allow": ", ".join(heard)})
        return operation


@dataclass(frozen=True)
class _Visit:
    """One call, as it meets the transaction: first who asks, then what they want."""

    operation: Operation
    settings: Settings
    key: str
    secret: str | None

    def look(self, tx: Transaction, query: list[tuple[str, str]], at: datetime) -> tuple[bool, Any]:
        """Whether the token's use is to be noted; and the answer, if looking is all that is wanted."""
        caller = access.caller(tx, self.secret, self.operation.deed, at)
        if self.operation.changes:
            return caller.note, None
        name, takes = self.operation.name, self.operation.takes
        asked = lists.of_list(name, bodies.asked(query, takes))
        return caller.note, lists.named(name, self._do(tx, caller, asked, at))

    def act(self, tx: Transaction, said: bodies.Said[Any], at: datetime) -> Any:
        """Do it, for whoever the token stands for at this moment."""
        caller = access.caller(tx, self.secret, self.operation.deed, at)
        return bodies.together(said.errors, self._do, tx, caller, said.asked, at)

    def _do(self, tx: Transaction, caller: access.Caller, said: Any, at: datetime) -> Any:
        return self.operation.does(tx, Call(self.settings, at, caller.who, self.key, said))
