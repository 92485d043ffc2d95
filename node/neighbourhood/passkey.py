"""Passkeys: who needs one, and when it has to be shown again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from node.neighbourhood.refusal import Invalid, phrase

FRESH = timedelta(minutes=10)  # what an operator decides is decided by somebody who was there just now (C09)
GRACE = timedelta(days=14)  # to make one, after a role was given
NAME_LENGTH = 40


@dataclass(frozen=True)
class Shown:
    """How a session stands to its owner's passkeys: whether there are any that know their owner, and when one
    was shown in this session. `asked`: in a demo town nobody is asked for one."""

    there: bool = False
    at: datetime | None = None
    asked: bool = True

    def fresh(self, at: datetime) -> bool:
        """Whether one was shown just now."""
        return self.at is not None and at - FRESH < self.at <= at

    def rests(self, by: datetime | None, at: datetime) -> bool:
        """Whether the roles of this person rest in this session: they do until a passkey was shown in it.
        Who has none yet has until `by` to make one."""
        if not self.asked or self.at is not None:
            return False
        return self.there or (by is not None and by <= at)

    def wanted(self, at: datetime) -> bool:
        """Whether what is weighty has to wait until the passkey is shown again."""
        return self.asked and self.there and not self.fresh(at)


def checked_name(name: str) -> str:
    """What somebody calls a passkey, to know it again. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH or any(not sign.isprintable() for sign in name):
        raise Invalid({"name": phrase("Give it a short name, to know it again: my phone.")})
    return name
