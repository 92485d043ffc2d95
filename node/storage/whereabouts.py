"""Where somebody who answered lives: here, in another neighbourhood, or on other software."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.neighbourhood.response import Response
from node.neighbourhood.saying import Saying
from node.storage import accounts, nodes
from node.storage.database import Transaction


@dataclass(frozen=True)
class Whereabouts:
    """`name` is that of a neighbourhood; of an account elsewhere (`account`) its handle, as in
    `@mo@social.example`, and `profile` its page there."""

    name: str
    account: bool = False
    profile: str = ""

    @property
    def server(self) -> str:
        """The server of an account elsewhere."""
        return self.name.rpartition("@")[2]


def of(tx: Transaction, found: Sequence[Response | Saying]) -> dict[str, Whereabouts]:
    """Where each of those who gave these answers, or said these things, lives, by its id."""
    homes = nodes.known(tx, {one.node_id for one in found if one.node_id is not None})
    elsewhere = accounts.named(tx, {one.account_id for one in found if one.account_id is not None})
    there: dict[str | None, Whereabouts] = {key: Whereabouts(node.name) for key, node in homes.items()}
    for key, account in elsewhere.items():
        there[key] = Whereabouts(f"@{account.handle}", True, account.url or account.actor)
    return {one.id: there.get(one.account_id or one.node_id, here(tx)) for one in found}


def of_one(tx: Transaction, response: Response | Saying) -> Whereabouts:
    """Where somebody who answered or said something lives."""
    return of(tx, [response])[response.id]


def of_node(tx: Transaction, node_id: str | None) -> Whereabouts:
    """A neighbourhood; None is our own."""
    return Whereabouts(nodes.get(tx, node_id).name) if node_id is not None else here(tx)


def here(tx: Transaction) -> Whereabouts:
    """Our own neighbourhood."""
    return Whereabouts(tx.home.area.name)
