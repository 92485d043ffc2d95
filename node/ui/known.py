"""How far somebody is known, in words: each step with what it gives, and what it rests on."""

from node.neighbourhood.refusal import phrase
from node.neighbourhood.trust import Level, Proof
from node.ui.words import Sign

LEVELS = {
    Level.MAIL: Sign(
        phrase("By mail address"), "send", phrase("You can ask, offer, answer and talk with neighbours.")
    ),
    Level.PHONE: Sign(
        phrase("By telephone"), "phone", phrase("We rang you. You can do the same as by mail address.")
    ),
    Level.KNOWN: Sign(
        phrase("Known in the neighbourhood"),
        "shield-check",
        phrase("You can also mind children, and vouch for a neighbour."),
    ),
    Level.ORGANISATION: Sign(
        phrase("Speaks for an organisation"),
        "landmark",
        phrase("You can do all that a known neighbour can."),
    ),
}
PROOFS = {
    Proof.PHONE: Sign(phrase("We rang, and this person answered"), "phone"),
    Proof.LETTER: Sign(phrase("A letter came through the letter box"), "file-text"),
    Proof.SEEN: Sign(phrase("Seen at the desk"), "user"),
    Proof.ORGANISATION: Sign(phrase("Speaks for an organisation we know"), "landmark"),
}
AT_THE_DESK = (Proof.SEEN, Proof.PHONE, Proof.ORGANISATION)  # what somebody there can write down
