"""Taking in a list of blocks that somebody else made: looked at first, then all of it in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from node.acts import blocks
from node.acts import nodes as borders
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.block import Block, Severity, Source, subjects_of
from node.neighbourhood.blocklist import Listed
from node.neighbourhood.node import Node
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import accounts, log, nodes
from node.storage import blocks as kept
from node.storage.database import Transaction


@dataclass(frozen=True)
class Weighed:
    """What a list would do here. `fresh`: what is new of it; `known`: how many stand here already, and stay
    as they are; `ours`: how many name ourselves; `nodes` and `accounts`: whom we know and would lose."""

    fresh: list[Listed]
    known: int
    ours: int
    nodes: list[Node]
    accounts: list[Account]

    @property
    def followers(self) -> int:
        """How many follow us now, and would no longer."""
        return sum(one.follows for one in self.accounts)


def weighed(tx: Transaction, wanted: Sequence[Listed]) -> Weighed:
    """Look what a list would do. What our operator or the hub chose before is never changed by a list."""
    ourselves = set(subjects_of(tx.home.origin))
    others = [one for one in wanted if one.subject not in ourselves]
    there = kept.there(tx, [one.subject for one in others])
    fresh = [one for one in others if one.subject not in there]
    hard = {one.subject for one in fresh if one.severity is Severity.BLOCK}
    struck = [
        node
        for node in nodes.everyone(tx)
        if not node.blocked and not hard.isdisjoint(subjects_of(node.origin, node.actor))
    ]
    reached = accounts.reached(tx, hard)
    return Weighed(fresh, len(others) - len(fresh), len(wanted) - len(others), struck, reached)


def take_in(tx: Transaction, by: Resident, wanted: Sequence[Listed], at: datetime) -> Weighed:
    """Take in all that is new on a list. Only an operator. Who is named twice, or again, stays as it was."""
    require(by, Deed.RUN_BORDERS)
    found = weighed(tx, wanted)
    made = [Block(one.subject, one.severity, one.why, Source.LIST, at, by.id) for one in found.fresh]
    kept.add_all(tx, made)
    if made:
        log.record(tx, Happening.BLOCKS_READ, by.id, by.id, at, str(len(made)))
    for node in found.nodes:
        borders.block(tx, by, node.id, at)
    ids = [one.id for one in found.accounts]
    spoke = accounts.who_spoke(tx, ids)
    for account in found.accounts:
        if account.id in spoke:
            blocks.silence(tx, account, at)
    accounts.shut_out(tx, ids)
    return found
