"""What was said about a public post, as others may read it: its replies, and all of its conversation.

Ids alone: whoever wants the words asks their own home. Pure: no I/O.
"""

from collections.abc import Sequence
from typing import Any

from node.federation.vocabulary import AS
from node.neighbourhood.node import Home


def replies(uri: str, found: Sequence[str]) -> dict[str, Any]:
    """The public replies from elsewhere that a supervisor let through, the first said first. The page of it
    is inside: some software takes none without."""
    here = f"{uri}/replies"
    first = {key: value for key, value in page(uri, found).items() if key != "@context"}
    return {"@context": AS, "id": here, "type": "Collection", "totalItems": len(found), "first": first}


def page(uri: str, found: Sequence[str]) -> dict[str, Any]:
    """The one page of the replies."""
    here = f"{uri}/replies"
    page = {"id": f"{here}?page=1", "type": "CollectionPage", "partOf": here, "items": list(found)}
    return {"@context": AS, **page}


def context(home: Home, uri: str, found: Sequence[str]) -> dict[str, Any]:
    """The post, and what was said about it (FEP-7888); ours, for we decide what is in it."""
    said = [uri, *found]
    whole = {"id": f"{uri}/context", "type": "OrderedCollection", "attributedTo": home.actor}
    return {"@context": AS, **whole, "totalItems": len(said), "orderedItems": said}
