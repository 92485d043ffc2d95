"""Photos with a post: what is taken in, what becomes of it, who sees it, and that it goes."""

from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from tests import town
from tests.ui.doings import posted
from tests.ui.visits import Here, words


def jpeg(size: tuple[int, int] = (800, 600), **more: Any) -> bytes:
    made = BytesIO()
    Image.effect_mandelbrot(size, (-2.0, -1.5, 1.0, 1.5), 40).convert("RGB").save(made, "JPEG", **more)
    return made.getvalue()


async def sent(
    here: Here, part: str | None, path: str, raw: bytes, alt: str = "", name: str = "a.jpg"
) -> httpx.Response:
    headers = {key: value for key, value in here.own_form.items() if key != "content-type"}
    async with here.browser(part) as browser:
        return await browser.post(path, data={"alt": alt}, files={"photo": (name, raw)}, headers=headers)


async def test_a_photo_comes_stands_there_and_goes(here: Here) -> None:
    post = await posted(here, town.asks(audience="public"))
    answer = await sent(here, "poster", f"/o/{post.id}/photos", jpeg(), "Een kat")
    assert answer.status_code == 303, words(answer.text)
    page = (await here.get(None, f"/o/{post.id}")).text
    print(page)
