"""The broker's board, and whom a broker could ask from it. (Ending a post from the board is in `endings`.)"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node.acts import invites as acts
from node.neighbourhood.board import Board, Column, Item, board, placed
from node.neighbourhood.candidate import Candidate, Helper, LeftOut, fitting
from node.neighbourhood.invite import Invite, InviteState
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import LIVE, ResponseState
from node.neighbourhood.roles import Deed
from node.storage import board as kept
from node.storage import invites, posts, responses
from node.storage.database import Transaction
from node.ui.cards import Card, cards
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.words import Sign

LIST = "/board"
SHOWN = 30  # of each column
FIRST = 5  # of what needs somebody now
CANDIDATES = 6
COLUMNS = {
    Column.NEW: Sign(phrase("New"), "circle-dashed"),
    Column.NO_RESPONSE: Sign(phrase("No response"), "hourglass"),
    Column.RESPONSES: Sign(phrase("Responses"), "message-circle"),
    Column.PROPOSED: Sign(phrase("Proposed"), "send"),
    Column.AGREED: Sign(phrase("Agreed"), "handshake"),
    Column.AFTERCARE: Sign(phrase("Aftercare"), "heart"),
}
ASKED = {
    InviteState.PENDING: Sign(phrase("Waits for a yes"), "hourglass", tone="warn"),
    InviteState.ACCEPTED: Sign(phrase("Said yes"), "handshake", tone="knot"),
    InviteState.DECLINED: Sign(phrase("Said no"), "minus"),
    InviteState.TAKEN: Sign(phrase("Was no longer needed"), "circle-check"),
    InviteState.EXPIRED: Sign(phrase("Did not answer in time"), "clock"),
}
TOOK_BACK = Sign(phrase("Took it back"), "undo-2")
WAITS = (Column.NEW, Column.NO_RESPONSE, Column.RESPONSES, Column.PROPOSED)


@dataclass(frozen=True)
class Tile:
    """One card of the board: what it is, how long it waits, who was asked, and what a broker can do."""

    item: Item
    asked: list[str]

    @property
    def post(self) -> Post:
        return self.item.post

    @property
    def url(self) -> str:
        return f"/o/{self.post.id}"

    @property
    def ways(self) -> list[str]:
        """What can be done from here, beside looking at it."""
        waits = self.item.column in WAITS
        choose = ["choose"] if self.item.column is Column.RESPONSES else []
        return [
            *choose,
            *(["invite"] if waits and self.post.kind is Kind.REQUEST else []),
            *["close", "refer"] * waits,
        ]


@dataclass(frozen=True)
class Shown:
    """The whole board: in each column the first cards, and how many there are."""

    columns: dict[Column, list[Tile]]
    total: dict[Column, int]
    first: list[Tile]
    urgent: int

    @property
    def empty(self) -> bool:
        return not any(self.total.values())


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked to help, and how that stands."""

    name: str
    area: str
    state: InviteState
    sign: Sign
    since: datetime


@dataclass(frozen=True)
class Choice:
    """Who could help with one request: those that can be asked, those left out, and who was asked. `since`:
    from when it waits for a helper; None when it waits for nobody any more."""

    card: Card
    item: Item
    post: Post
    since: datetime | None
    candidates: list[Candidate]
    out: list[LeftOut]
    asked: list[Asked]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /board. Only a broker."""
    who.required(Deed.SEE_BOARD)
    shown = await ui.database.reading(look, who.at)
    said = request.query_params.get("said", "")
    return _answer(ui, request, who, "board.html", view=shown, said=said)


async def choose(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /board/{post}/invite: who could help, why, and who not. Only a broker."""
    return await _choosing(ui, request, who, Form())


async def invite(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /board/{post}/invite: ask one of them. Only a broker."""
    by, post_id = who.required(Deed.SEE_BOARD), request.path_params["post"]
    try:
        await ui.database.writing(acts.ask, by, post_id, form["offer"], who.at)
    except Conflict as late:
        return await _choosing(ui, request, who, *form.refused(late))
    return go_to(f"{LIST}/{post_id}/invite?said=asked")


async def _choosing(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    by = who.required(Deed.SEE_BOARD)
    choice = await ui.database.reading(_choice, by, request.path_params["post"], who.at)
    said = request.query_params.get("said", "") if code == 200 else ""
    return _answer(
        ui, request, who, "candidates.html", code, view=choice, form=form, said=said, first=CANDIDATES
    )


def _answer(
    ui: Ui, request: Request, who: Visitor, template: str, code: int = 200, /, **values: Any
) -> Response:
    signs = {"columns": COLUMNS, "path": LIST}
    return ui.page(request, who, template, code, current="board", **signs, **values)


def look(tx: Transaction, at: datetime) -> Shown:
    """The board as it is now."""
    pace = tx.home.pace
    made = board(kept.found(tx, at, pace.aftercare[1]), pace, at)
    columns = {column: _tiles(tx, items[:SHOWN]) for column, items in made.items()}
    top = [tile for tiles in columns.values() for tile in tiles if tile.item.top]
    top.sort(key=lambda tile: tile.item.since)
    return Shown(columns, {column: len(items) for column, items in made.items()}, top[:FIRST], _urgent(made))


def _urgent(made: Board) -> int:
    return sum(item.top for items in made.values() for item in items)


def _tiles(tx: Transaction, items: list[Item]) -> list[Tile]:
    waiting = {item.post.id: invites.waiting(tx, item.post.id) if item.invites else [] for item in items}
    offers = posts.known(tx, {invite.offer_id for found in waiting.values() for invite in found})
    return [
        Tile(item, [offers[invite.offer_id].author_name for invite in waiting[item.post.id]])
        for item in items
    ]


def ours(tx: Transaction, by: Resident, post_id: str, at: datetime) -> tuple[Card, Post]:
    """A post of this neighbourhood on the board. Of others there is no such page."""
    post = posts.see(tx, by, post_id, at)
    if not post.own or not post.kind.agrees:
        raise NotFound(phrase("This is not here, or no longer."))
    return cards(tx, by, [post], at)[0], post


def _choice(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Choice:
    card, post = ours(tx, by, post_id, at)
    standing = kept.of(tx, [post])[0][1]
    item = placed(post, standing, tx.home.pace, at)
    if post.kind is not Kind.REQUEST or item is None:
        raise NotFound(phrase("This is not here, or no longer."))
    open_now = post.answerable(at)
    candidates, out = fitting(post, invites.helpers(tx, post, post.category, at)) if open_now else ([], [])
    asked = invites.of_post(tx, post.id)
    since = max(post.created, standing.turned or post.created) if open_now else None
    return Choice(card, item, post, since, candidates, out, _asked(tx, post, asked))


def _asked(tx: Transaction, post: Post, found: list[Invite]) -> list[Asked]:
    offers = posts.known(tx, {invite.offer_id for invite in found})
    known: dict[str, Helper] = {
        helper.offer.id: helper for helper in invites.known(tx, post, list(offers.values()))
    }
    return [
        Asked(
            known[invite.offer_id].offer.author_name,
            known[invite.offer_id].area,
            invite.state,
            *_stands(tx, invite),
        )
        for invite in found
    ]


def _stands(tx: Transaction, invite: Invite) -> tuple[Sign, datetime]:
    """How it stands with somebody who was asked, and since when: a yes may have been taken back later."""
    sign, since = ASKED[invite.state], invite.decided or invite.created
    if invite.state is not InviteState.ACCEPTED or invite.response_id is None:
        return sign, since
    answer = responses.get(tx, invite.response_id)
    if answer.state in LIVE:
        return sign, since
    withdrawn = answer.state is ResponseState.WITHDRAWN
    return TOOK_BACK if withdrawn else ASKED[InviteState.TAKEN], answer.decided or since
