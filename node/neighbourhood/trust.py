"""How far somebody is known in the neighbourhood: a ladder of four steps, from a mail address to an
organisation.

Everybody in can ask and help. What asks for more says so: minding a child asks for `KNOWN`.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import IntEnum, StrEnum

from node.neighbourhood.category import Category
from node.neighbourhood.refusal import NotAllowed, phrase

VOUCHERS = 2  # residents who vouch, to be known without anything else
VOUCHES_MOST = 10  # that one resident gives at a time


class Level(IntEnum):
    """A step of the ladder."""

    MAIL = 0
    PHONE = 1
    KNOWN = 2
    ORGANISATION = 3


class Proof(StrEnum):
    """What was seen of somebody, by whoever writes it down."""

    PHONE = "phone"  # we rang the number, and this person answered
    LETTER = "letter"  # the code came through their own letter box
    SEEN = "seen"  # at the desk, in person
    ORGANISATION = "organisation"  # speaks for a party that is known


Vouch = tuple[str, str]  # who vouches, for whom; both said yes
_STEPS = {
    Proof.ORGANISATION: Level.ORGANISATION,
    Proof.SEEN: Level.KNOWN,
    Proof.LETTER: Level.KNOWN,
    Proof.PHONE: Level.PHONE,
}


def own_level(proofs: Collection[Proof], has_role: bool) -> Level:
    """What somebody reaches without their neighbours. An operator who gave a role knew to whom."""
    steps = [_STEPS[proof] for proof in proofs]
    return max([Level.KNOWN if has_role else Level.MAIL, *steps])


def levels(own: Mapping[str, Level], vouches: Iterable[Vouch]) -> dict[str, Level]:
    """Everybody's step: `own` by resident, and who vouches for whom.

    A vouch counts while its voucher is known by more than a circle: two who only vouch for each other stay
    where they are, and who is no longer known takes their word along.
    """
    found, said = dict(own), set(vouches)
    grew = True
    while grew:
        grew = False
        for person, level in list(found.items()):
            counted = sum(
                found.get(voucher, Level.MAIL) >= Level.KNOWN for voucher, who in said if who == person
            )
            if level < Level.KNOWN and counted >= VOUCHERS:
                found[person], grew = Level.KNOWN, True
    return found


def needed(category: Category | str) -> Level:
    """The step that somebody needs to help with this."""
    return Level.KNOWN if category == Category.CHILDCARE else Level.MAIL


def require_known(level: Level, category: Category | str) -> None:
    """Refuse who is not known well enough for this. Raises NotAllowed."""
    if level < needed(category):
        raise NotAllowed(
            phrase(
                "For minding children your neighbours have to know you a little more. "
                "On the page with your details you read how."
            )
        )
