"""Photos for tests: drawn, and as a browser sends them."""

from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from node.neighbourhood.photo import Photo
from node.neighbourhood.post import Post
from node.storage import photos
from tests.ui.visits import Here, words

WHITE, RED = (255, 255, 255), (200, 30, 30)


def drawn(size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Red on the left, white on the right."""
    image = Image.new("RGB", size, WHITE)
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image


def noise(size: tuple[int, int]) -> Image.Image:
    """What makes a large file, as a photo does."""
    return Image.effect_noise(size, 60).convert("RGB")


def file(image: Image.Image | None = None, kind: str = "JPEG", **more: Any) -> bytes:
    made = BytesIO()
    (image or drawn()).save(made, kind, **more)
    return made.getvalue()


def opened(raw: bytes) -> Image.Image:
    image = Image.open(BytesIO(raw))
    image.load()
    return image


async def sent(
    here: Here, part: str | None, path: str, raw: bytes, alt: str = "", name: str = "kat.jpg"
) -> httpx.Response:
    """As a browser sends a form with a file."""
    headers = {key: value for key, value in here.own_form.items() if key != "content-type"}
    async with here.browser(part) as browser:
        return await browser.post(path, data={"alt": alt}, files={"photo": (name, raw)}, headers=headers)


async def put(here: Here, post: Post, raw: bytes | None = None, alt: str = "", part: str = "poster") -> Photo:
    """A photo with a post, sent by its poster."""
    answer = await sent(here, part, f"/o/{post.id}/photos", raw or file(), alt)
    assert answer.status_code == 303, words(answer.text)
    return (await here.database.reading(photos.of_post, post.id))[-1]


def files(here: Here) -> list[str]:
    folder = here.settings.dir / "photos"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
