"""What the script in the browser says, handed to it by the page in the language of the page."""

from functools import cache
from html import escape

from node.neighbourhood.refusal import phrase
from node.ui.language import language, translate

WORDS = {  # by the name under which `enhance.js` finds them
    "kept": phrase("That went wrong. Your text is safe."),
    "later": phrase("As soon as there is internet again, it is sent by itself."),
    "again": phrase("Press the button again when there is internet."),
    "drop": phrase("Do not send it after all"),
    "sent": phrase("What you wrote before is sent now."),
    "failed": phrase("What you wrote before could not be sent. Look at it again."),
    "look": phrase("Have a look"),
    "back": phrase("Your text of before is here again."),
    "left": phrase("There is room for {n} more letters."),
    "old": phrase("No internet. You read what you saw on {when}."),
    "fresh": phrase("There is something new. Show it"),
}


def script_words() -> str:
    """The words as attributes of the script, in the language now spoken."""
    return _spoken(language().code)


@cache
def _spoken(_: str) -> str:
    return "".join(f' data-{name}="{escape(translate(words))}"' for name, words in WORDS.items())
