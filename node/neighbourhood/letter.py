"""Letters: which go before which, and which may leave at night."""

from enum import IntEnum


class Queue(IntEnum):
    """The four queues of letters: one further down never goes before, nor holds up, one further up (R09)."""

    DOOR = 0  # to get in, or that somebody else may be about to: also at night
    PEOPLE = 1  # somebody did something that concerns you: an answer, an agreement, a message
    NOTICES = 2  # time or an office asks for your attention
    DIGESTS = 3  # what you asked to hear of the neighbourhood


PROMPT = (Queue.DOOR, Queue.PEOPLE)
PATIENT = (Queue.NOTICES, Queue.DIGESTS)
"""So many an hour, and over a connection of their own."""

DIGEST, FOUND = "digest", "found"  # what is new, once a day or week; what somebody waits for

_QUEUES = {
    **dict.fromkeys(("signin", "return asked", "way in made", "letter locked"), Queue.DOOR),
    **dict.fromkeys(
        (
            *("ends soon", "ends tomorrow", "not chosen", "worked out", "helped", "tomorrow"),
            *("board", "choose", "follow asked", "reply waits", "member asks", "node asks", "node moved"),
            *("held", "nobody looks", "vouch asked", "day past", "idle", "idle last"),
        ),
        Queue.NOTICES,
    ),
    DIGEST: Queue.DIGESTS,
    FOUND: Queue.DIGESTS,
}


def queue_of(what: str) -> Queue:
    """Where a letter waits, by what it is about."""
    return _QUEUES.get(what, Queue.PEOPLE)
