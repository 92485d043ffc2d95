"""What went wrong with another node, in words for an operator.

The federation door writes down what it met in the words of machines. Each of them has a sentence here: a test
reads that door, and fails on a text that has none.
"""

import re

from node.neighbourhood.refusal import Words, phrase
from node.ui.language import gettext

OTHER_PLACE = phrase("It gives another address than its own. Ask its operator for the right one.")
NOT_OURS = phrase("What stands at that address is no Buurtknoop, or one that we do not understand.")
NOBODY = phrase("There is nobody at that address any more.")
NO_ADDRESS = phrase("That is no address of a node. Look at it once more.")
BROKE_OFF = phrase("The line broke off.")
SENTENCES = [  # what a part of a text means; the first that fits
    (r"did not answer within|answered 408|(?<!Connect)Timeout", phrase("It takes too long to answer.")),
    (
        r"answered 401",
        phrase("It does not believe that it is us. Is our clock right? Did it see our keys?"),
    ),
    (r"answered 403", phrase("It does not want to hear from us. Maybe it blocked us.")),
    (r"answered (404|410)", NOBODY),
    (r"answered 429", phrase("We spoke too often in a short time. It asks us to wait.")),
    (r"answered 5\d\d", phrase("It is there, but something is broken with it.")),
    (r"answered 3\d\d", OTHER_PLACE),
    (r"answered 4\d\d", phrase("It does not understand this message.")),
    (r"answered (more than|in a form)|answered \d", NOT_OURS),
    (
        r"no ActivityPub document|not readable JSON|not a JSON object|more than \d+ members|deeper than",
        NOT_OURS,
    ),
    (r"is not a hub", phrase("At that address is no hub of a municipality.")),
    (r"is not a neighbourhood's node", phrase("At that address is no Buurtknoop of a neighbourhood.")),
    (r"this is our own address", phrase("This is our own address.")),
    (r"only https on its usual port", phrase("An address has to begin with https, and has no port in it.")),
    (r"is no web address|can be asked in no way", NO_ADDRESS),
    (
        r"leads (on and on|away from https|nowhere)",
        phrase("It sends us on to somewhere else, and there we do not go."),
    ),
    (
        r"does not name .* as its key|neither an actor nor this key",
        phrase("It shows another key than the one it signs with. Ask its operator."),
    ),
    (
        r"does not say that it",
        phrase("It does not say that it was us before. Fill in `formerly` there first."),
    ),
    (r"is no time|another kind of document|is no account|is not where a node can", NOT_OURS),
    (r"has no actor|is no actor", phrase("At that address is no Buurtknoop.")),
    (r"another collection|another origin|no id of its own", OTHER_PLACE),
    (
        r"cannot be written|cannot be signed",
        phrase("We could not write this message ourselves. Is this an older version?"),
    ),
    (r"words were erased", phrase("Its words are forgotten already.")),
    (r"SSL|Certificate", phrase("Its line is not safe: something is wrong with its certificate.")),
    (r"InvalidURL|Unicode|UnsupportedProtocol", NO_ADDRESS),
    (
        r"Connect|Network|Proxy|OSError|gaierror",
        phrase("It cannot be reached. It is switched off, or its address is not right."),
    ),
    (r": \w+$", BROKE_OFF),  # the name of any other failure of the line
]
ELSE = phrase("It did not work.")


def heard(error: str | None) -> Words | str:
    """The sentence for what went wrong; a refusal of our own is one already."""
    error = error or ""
    found = next((words for part, words in SENTENCES if re.search(part, error)), None)
    if found is None and error.endswith("."):
        return gettext(error)
    return found or ELSE
