"""Districts: each resident says for themselves which ones they want on their own front page."""

from node.neighbourhood.following import Wish
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import follows, nodes
from node.storage.database import Transaction


def follow(tx: Transaction, by: Resident, node_id: str) -> None:
    """Want the posts of a district on one's own front page. Any resident, for themselves; nobody else hears.

    Only of a district next door, or one that shares our hub: of others we hold nothing.
    """
    _choose(tx, by, node_id, Wish.FOLLOW)


def mute(tx: Transaction, by: Resident, node_id: str) -> None:
    """Not want them there. Any resident, for themselves; nobody else hears."""
    _choose(tx, by, node_id, Wish.MUTE)


def leave_it(tx: Transaction, by: Resident, node_id: str) -> None:
    """Back to what is usual: next door is shown, the rest is not. Any resident, for themselves."""
    require(by, Deed.CHOOSE_DISTRICTS)
    follows.forget(tx, by.id, nodes.get(tx, node_id).id)


def _choose(tx: Transaction, by: Resident, node_id: str, wish: Wish) -> None:
    require(by, Deed.CHOOSE_DISTRICTS)
    node = nodes.get(tx, node_id)
    if not node.active and not node.member:
        raise Conflict(phrase("Choose a district next door, or one of our municipality."))
    follows.choose(tx, by.id, node.id, wish)
