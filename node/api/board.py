"""The broker's board, in JSON."""

from msgspec import Struct

from node.api import posts
from node.api.operation import Call, Nothing
from node.api.posts import Post
from node.neighbourhood.board import Board as Kept
from node.neighbourhood.board import Item as KeptItem
from node.neighbourhood.board import board
from node.neighbourhood.roles import Deed, require
from node.storage import board as kept
from node.storage.database import Transaction

MOST = 100  # of each column: those that need somebody first


class Item(Struct):
    """One card. `waiting_hours` is how long it waits where it stands; `why` says in words, in English, why it
    comes before the others. `responses` and `invites` are how many wait."""

    post: Post
    waiting_hours: int
    why: list[str]
    responses: int
    invites: int


class Columns(Struct):
    """The columns, from left to right. In each at most a hundred: what needs somebody first, then the most
    urgent, then what waits longest."""

    new: list[Item]
    no_response: list[Item]
    responses: list[Item]
    proposed: list[Item]
    agreed: list[Item]
    aftercare: list[Item]


class Board(Struct):
    """The whole board."""

    columns: Columns


def show(tx: Transaction, call: Call[Nothing]) -> Board:
    """The posts of this neighbourhood, by how they stand."""
    require(call.by, Deed.SEE_BOARD)
    pace = tx.home.pace
    made = board(kept.found(tx, call.at, pace.aftercare[1]), pace, call.at)
    shown = _posts(tx, call, made)
    return Board(
        Columns(
            **{
                column.value: [_item(item, shown, call) for item in items[:MOST]]
                for column, items in made.items()
            }
        )
    )


def _posts(tx: Transaction, call: Call[Nothing], made: Kept) -> dict[str, Post]:
    found = [item.post for items in made.values() for item in items[:MOST]]
    return {post.id: post for post in posts.told(tx, call.settings, found)}


def _item(item: KeptItem, shown: dict[str, Post], call: Call[Nothing]) -> Item:
    why = [str(words) for words in item.why]
    return Item(shown[item.post.id], item.hours(call.at), why, item.responses, item.invites)
