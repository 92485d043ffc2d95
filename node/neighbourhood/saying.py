"""Sayings: what one person wrote under a post, in an answer to it, or to the other in a conversation. It can
be reported, like a post, by whoever may read it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.neighbourhood.post import Kind, Post, State
from node.neighbourhood.response import Response, ResponseState
from node.neighbourhood.thread import Message, Side


class Where(StrEnum):
    """Where it was said, and so who reads it."""

    COMMENT = "comment"  # under a notice: all who see that
    ANSWER = "answer"  # to a request, an offer or an event: the poster and a broker
    MESSAGE = "message"  # in a conversation: the two


@dataclass(frozen=True)
class Saying:
    """An answer to a post, or (`message`) what one of the two wrote after it."""

    post: Post
    response: Response
    message: Message | None = None

    @property
    def where(self) -> Where:
        if self.message is not None:
            return Where.MESSAGE
        return Where.COMMENT if self.post.kind is Kind.NOTICE else Where.ANSWER

    @property
    def public(self) -> bool:
        """Whether all who see the post read it."""
        return self.where is Where.COMMENT

    @property
    def side(self) -> Side:
        """Who of the two wrote it."""
        return self.message.side if self.message is not None else Side.HELPER

    @property
    def id(self) -> str:
        return self.message.id if self.message is not None else self.response.id

    @property
    def uri(self) -> str:
        return self.message.uri if self.message is not None else self.response.uri

    @property
    def text(self) -> str:
        return self.message.text if self.message is not None else self.response.text

    @property
    def created(self) -> datetime:
        return self.message.created if self.message is not None else self.response.created

    @property
    def author(self) -> str | None:
        """The resident of ours who wrote it; None when that one lives elsewhere."""
        return self.response.resident if self.side is Side.HELPER else self.post.author

    @property
    def name(self) -> str:
        """What its writer is called here."""
        return self.response.name if self.side is Side.HELPER else self.post.author_name

    @property
    def node_id(self) -> str | None:
        """The node of its writer, when that is another."""
        return self.response.node_id if self.side is Side.HELPER else self.post.node_id

    @property
    def account_id(self) -> str | None:
        """The account on other software that wrote it, if one did."""
        return self.response.account_id if self.side is Side.HELPER else None

    @property
    def there(self) -> bool:
        """Whether there are words to be read: nobody took them back or hid them, nor the notice they stand
        under."""
        shown = self.response.state is ResponseState.ACCEPTED and self.post.title != ""
        if self.public and (not shown or self.post.state is State.WITHDRAWN):
            return False
        return self.text != ""
