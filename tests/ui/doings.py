"""What the cast does with a post, and how it then stands."""

import re
from datetime import timedelta
from typing import Any

from node.acts import matches, posts, responses
from node.clock import now
from node.neighbourhood.post import Post, State
from node.neighbourhood.response import Response, ResponseState
from node.storage import posts as kept
from node.storage import responses as kept_responses
from tests import town
from tests.town import asks
from tests.ui.visits import Here, words


async def posted(here: Here, draft: Any = None, ago: timedelta = town.HOUR) -> Post:
    """Bea put something up, an hour ago."""
    return await here.database.writing(posts.post, here.cast.poster, draft or asks(), now() - ago)


async def answered(
    here: Here, post: Post, part: str = "helper", text: str = "Ik kan om tien uur."
) -> Response:
    return await here.database.writing(responses.answer, here.cast.all()[part], post.id, text, now())


async def agreed(here: Here, draft: Any = None) -> tuple[Post, Response]:
    post = await posted(here, draft)
    answer = await answered(here, post)
    await here.database.writing(matches.agree, here.cast.poster, post.id, answer.id, now())
    return post, answer


async def state(here: Here, post: Post) -> State:
    return (await here.database.reading(kept.get, post.id)).state


async def answer_of(here: Here, answer: Response) -> ResponseState:
    return (await here.database.reading(kept_responses.get, answer.id)).state


async def said(here: Here, part: str | None, path: str, status: int = 200) -> str:
    return words((await here.get(part, path, status)).text)


def ways(html: str, post: Post) -> set[str]:
    """What the page offers to do with the post."""
    main = html.partition("<main")[2].partition("</main>")[0]
    found = re.findall(rf'(?:action|href)="/o/{post.id}/([a-z0-9/]+)"', main)
    return {re.sub(r"[0-9a-f]{32}/", "", way) for way in found}
