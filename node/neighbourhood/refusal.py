"""What a neighbour hears when something may not or cannot be done.

Each refusal carries a reason that a person can read. Every door maps these six once, to a page or to a
status.
"""


class Words(str):
    """A sentence for a person: English as it stands, with what a translator needs to say it in another
    language."""

    text: str
    values: dict[str, object]

    def __new__(cls, text: str, **values: object) -> "Words":
        words = super().__new__(cls, text % values if values else text)
        words.text = text
        words.values = values
        return words


def phrase(text: str, **values: object) -> Words:
    """Mark a sentence for translation; `%(name)s` in it is filled from `values`."""
    return Words(text, **values)


class Refusal(Exception):
    """Something a person asked for that is not going to happen, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason if isinstance(reason, Words) else Words(reason)


class NotAllowed(Refusal):
    """This person (or node) may not do this."""


class NotFound(Refusal):
    """It is not here, or not for this person to know of: the two are told apart nowhere."""


class Conflict(Refusal):
    """It can no longer be done, because of what happened meanwhile."""


class TooMany(Refusal):
    """Too often in a short time; `wait` says after how many seconds to try again."""

    def __init__(self, reason: str, wait: int) -> None:
        super().__init__(reason)
        self.wait = wait


class NotReachable(Refusal):
    """What was wanted is at another node, and that does not answer now."""


class Invalid(Refusal):
    """What was filled in cannot be used; `errors` says per field what to do."""

    def __init__(self, errors: dict[str, Words]) -> None:
        super().__init__(phrase("Something is not filled in right. Look at the marked fields."))
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{field}: {words}" for field, words in self.errors.items())
