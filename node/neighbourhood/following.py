"""Following: which districts somebody wants to see on their own front page."""

from enum import StrEnum


class Wish(StrEnum):
    """What a resident said about a district. Without a word those next door are shown, others are not."""

    FOLLOW = "follow"
    MUTE = "mute"


class Ring(StrEnum):
    """How near a post's home is: here, next door, or elsewhere in the municipality."""

    HERE = "here"
    NEXT_DOOR = "next door"
    TOWN = "town"
