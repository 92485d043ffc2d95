"""Photos, as whose they are reads of them."""

from msgspec import Struct

from node.api.operation import Moment


class OwnPhoto(Struct):
    """A photo with a post of one's own (`post_id`), or with what one began to write. Its picture, a JPEG of
    `width` by `height`, is at `/media/`, its id, `.jpg`, for who may see the post."""

    id: str
    post_id: str | None
    alt: str
    width: int
    height: int
    added: Moment
