"""*Are you sure?* What is asked on a page of its own before something is done that cannot be undone."""

from dataclasses import dataclass, replace

from node.neighbourhood.refusal import Words, phrase


@dataclass(frozen=True)
class Sure:
    """The question, what it means, and the word of its button. `stop`: something is taken away."""

    title: Words
    text: Words
    yes: Words
    icon: str
    stop: bool = False

    def about(self, name: str) -> "Sure":
        """The same question, about this person."""
        title, text, yes = (
            phrase(words.text, name=name) if "%(name)s" in words.text else words
            for words in (self.title, self.text, self.yes)
        )
        return replace(self, title=title, text=text, yes=yes)
