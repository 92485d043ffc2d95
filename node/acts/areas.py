"""What a map says about which areas touch: kept to propose neighbours, and nothing more."""

from collections.abc import Sequence
from datetime import datetime

from node.neighbourhood.activity import Happening
from node.neighbourhood.outline import Outline
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import borders, log, outlines
from node.storage.borders import Border
from node.storage.database import Transaction


def learn(tx: Transaction, by: Resident, areas: Sequence[Border], at: datetime) -> None:
    """Keep what a map says, in the place of what one said before. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    borders.replace(tx, list(areas))
    log.record(tx, Happening.MAP_READ, by.id, by.id, at)


def draw(tx: Transaction, by: Resident, areas: Sequence[Outline], at: datetime) -> None:
    """Keep the outlines of a map, in the place of those of one before. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    outlines.replace(tx, areas)
    log.record(tx, Happening.MAP_READ, by.id, by.id, at)
