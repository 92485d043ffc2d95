"""Photos with a post: what is taken in and what becomes of it, who sees it, and that it goes."""

import json
import os
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

from node.neighbourhood.photo import BYTES, Photo
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Invalid
from node.storage import photos
from node.storage import posts as kept
from node.ui.darkroom import Darkroom
from node.ui.photobox import Made, PhotoBox
from tests import town
from tests.ui.doings import posted
from tests.ui.visits import Here, words

WHITE, RED = (255, 255, 255), (200, 30, 30)


def drawn(size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Red on the left, white on the right."""
    image = Image.new("RGB", size, WHITE)
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image


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


async def refused(here: Here, post: Post, raw: bytes, name: str = "kat.jpg") -> str:
    """What the poster reads of a file that is not taken in. Nothing of it stays."""
    answer = await sent(here, "poster", f"/o/{post.id}/photos", raw, name=name)
    assert answer.status_code == 422, words(answer.text)
    assert files(here) == []
    assert await here.database.reading(photos.ids) == set()
    return words(answer.text)


def files(here: Here) -> list[str]:
    folder = here.settings.dir / "photos"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def make(raw: bytes) -> Made:
    return await PhotoBox(Path("nowhere"), Darkroom()).make(raw)


# What comes of it


async def test_a_photo_comes_stands_there_and_goes(here: Here) -> None:
    post = await posted(here, town.asks(audience="public"))
    photo = await put(here, post, file(drawn((3000, 2000))), "Een kat met een witte poot")
    for part in (None, "helper", "poster"):
        page = (await here.get(part, f"/o/{post.id}")).text
        assert f'src="/media/{photo.id}.jpg"' in page
        assert 'alt="Een kat met een witte poot"' in page
    large = await here.get(None, photo.url)
    assert large.headers["content-type"] == "image/jpeg"
    assert opened(large.content).size == (1200, 800) == (photo.width, photo.height)
    assert opened((await here.get(None, photo.small_url)).content).size == (400, 267)
    front = (await here.get(None, "/")).text
    assert (
        f'src="{photo.small_url}" width="1200" height="800" alt="Een kat met een witte poot" loading="lazy"'
        in front
    )
    await here.post("poster", f"/photos/{photo.id}/remove")
    await here.get("poster", photo.url, 404)
    assert "/media/" not in (await here.get("poster", f"/o/{post.id}")).text
    assert (await here.database.reading(kept.get, post.id)).photos == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_M01_M06_the_type_is_what_is_in_it_and_the_name_means_nothing(here: Here, kind: str) -> None:
    post = await posted(here)
    for number, name in enumerate(("../../x.html", "a\0b.svg", "x" * 300 + ".gif")):
        answer = await sent(here, "poster", f"/o/{post.id}/photos", file(kind=kind), name=name)
        assert answer.status_code == 303, words(answer.text)
        assert len(files(here)) == 2 * (number + 1)
    folder = here.settings.dir / "photos"
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in files(here):
        stem, ending = name.split(".")
        assert ending == "jpg"
        assert set(stem.removesuffix("-small")) <= set("0123456789abcdef")
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert opened((folder / name).read_bytes()).format == "JPEG"


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
OTHERS = {
    "svg": (SVG, "Dit is geen foto."),
    "html": (b"<!doctype html><script>alert(1)</script>", "Dit is geen foto."),
    "pdf": (b"%PDF-1.7\n1 0 obj <</S /JavaScript /JS (app.alert(1))>>", "Dit is geen foto."),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(400), "Instellingen, Camera, Structuren"),
    "film": (b"\0\0\0\x18ftypisom" + bytes(400), "Dit soort foto (HEIC) of film"),
    "gif": (file(kind="GIF"), "beweegt"),
    "tiff": (file(kind="TIFF"), "Dit is geen foto."),
    "bmp": (file(kind="BMP"), "Dit is geen foto."),
    "activity": (b'{"type":"Person","id":"https://centrum.example/ap/u/x"}', "Dit is geen foto."),
    "nothing": (b"", "Kies eerst een foto."),
    "cut short": (file()[:3000], "niet te lezen"),
    "its beginning alone": (b"\xff\xd8\xff\xe0\0\x10JFIF", "niet te lezen"),
    "a png in name": (b"\x89PNG\r\n\x1a\n" + os.urandom(2000), "niet te lezen"),
    "a webp in name": (b"RIFF\xff\xff\xff\xffWEBPVP8 " + os.urandom(2000), "niet te lezen"),
    "too many bytes": (file() + bytes(BYTES), "te groot"),
}


@pytest.mark.parametrize("what", OTHERS)
async def test_M01_what_is_no_photo_is_told_plainly(here: Here, what: str) -> None:
    raw, said = OTHERS[what]
    assert said in await refused(here, await posted(here), raw)


def zipped() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return made.getvalue()


MORE = {
    "a zip behind it": file() + zipped(),
    "a zip with a remark": file() + zipped()[:-2] + b"\x04\0abcd",
    "a page in its remark": file(comment=b"<script>alert(1)</script>"),
    "a page behind it": file() + b"<HTML><body onload=alert(1)>",
    "a drawing behind a png": file(kind="PNG") + SVG,
    "a pdf at its head": file(comment=b"%PDF-1.7"),
}


@pytest.mark.parametrize("what", MORE)
async def test_M01_what_is_a_photo_and_something_else_too_is_refused(here: Here, what: str) -> None:
    assert "iets anders in dit bestand" in await refused(here, await posted(here), MORE[what])


async def test_M01_what_a_telephone_puts_behind_a_photo_is_left_out() -> None:
    """A film of the moment, or a second picture (MPO)."""
    film = b"\0\0\0\x18ftypmp42" + b"canary" * 100
    made = await make(file() + film)
    assert b"canary" not in made.large + made.small
    two = BytesIO()
    drawn().save(two, "MPO", save_all=True, append_images=[drawn((300, 300))])
    assert (await make(two.getvalue())).width == 800


def located(canary: bytes) -> bytes:
    """A photo that says all that a telephone says, and more."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model], exif[Base.ImageDescription] = "canary", "canary", "canary"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 22.0, 13.37)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSMapDatum] = "canary"
    exif.get_ifd(IFD.Exif)[Base.UserComment] = canary
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + canary + b"</x:xmpmeta>"
    return file(exif=exif, icc_profile=profile, xmp=xmp, comment=canary, dpi=(300, 300)) + canary


async def test_M04_where_and_when_it_was_taken_is_in_none_of_its_bytes() -> None:
    """Nor by what, its colours' profile, remarks, and what stands behind it."""
    raw = located(b"canary")
    assert raw.count(b"canary") >= 5
    made = await make(raw)
    for one in (made.large, made.small):
        for left in (b"canary", b"Exif", b"ICC_PROFILE", b"adobe", b"GPS", b"Ducky", b"MPF"):
            assert left not in one
        image = opened(one)
        assert not image.getexif()
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
    text = BytesIO()
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Location", "canary")
    said.add_itxt("XML:com.adobe.xmp", "canary", zip=True)
    drawn().save(text, "PNG", pnginfo=said, exif=opened(raw).info["exif"])
    assert b"canary" not in (await make(text.getvalue())).large


@pytest.mark.parametrize("turned", range(1, 9))
async def test_M04_it_stands_upright_before_how_it_was_held_is_forgotten(turned: int) -> None:
    upright = drawn((400, 200))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what undoes it: PIL.Image.Transpose
    held = upright if turned == 1 else upright.transpose(Image.Transpose(back[turned]))
    exif = Image.Exif()
    exif[Base.Orientation] = turned
    made = await make(file(held, exif=exif))
    assert (made.width, made.height) == (400, 200)
    for image in (opened(made.large), opened(made.small)):
        at = image.width // 4, image.height // 2
        assert image.getpixel(at)[1] < 100, "red on the left"  # type: ignore[index]  # Pillow says: or a number


async def test_a_photo_with_broken_exif_is_taken_as_it_is() -> None:
    raw = file(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x01" * 40)
    assert (await make(raw)).width == 800


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "L", "1", "I;16", "CMYK"])
async def test_any_sort_of_colours_becomes_a_photo(mode: str) -> None:
    image = drawn().convert("L").convert("I").convert(mode) if mode == "I;16" else drawn().convert(mode)
    made = await make(file(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert opened(made.large).mode == "RGB"


async def test_where_one_can_look_through_it_is_white() -> None:
    made = await make(file(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG"))
    assert opened(made.large).getpixel((5, 5)) == WHITE


# Too much


def png(width: int, height: int, depth: int = 8, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    raw = bytearray(file(drawn((16, 16))))
    at = raw.index(b"\xff\xc0") + 5
    raw[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(raw)


def webp_of(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size + file(kind="WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def moving(kind: str) -> bytes:
    frames = [Image.new("L", (8, 8), number % 255) for number in range(200)]
    return file(frames[0], kind, save_all=True, append_images=frames[1:])


BOMBS = {
    "png of 50,000 by 50,000": (png(50_000, 50_000, 1, zlib.compress(bytes(10_000))), "te groot"),
    "png as long as it can be": (png(2**31 - 1, 1), "te groot"),
    "jpeg of 65,500 by 65,500": (jpeg_of(65_500, 65_500), "te groot"),
    "webp of 16,000 by 16,000": (webp_of(16_000, 16_000), "te groot"),
    "png of little that unpacks to much": (png(4000, 4000, 8, zlib.compress(bytes(10**8), 9)), ""),
    "png that moves": (moving("PNG"), "beweegt"),
    "webp that moves": (moving("WEBP"), "beweegt"),
    "gif that moves": (moving("GIF"), "beweegt"),
}


@pytest.mark.parametrize("what", BOMBS)
async def test_M03_what_would_unfold_to_too_much_is_refused_before_it_does(what: str) -> None:
    raw, said = BOMBS[what]
    if not said:
        assert (await make(raw)).width <= 1200
        return
    with pytest.raises(Invalid) as why:
        await make(raw)
    from node.ui.language import translate

    assert said in translate(why.value.errors["photo"])


async def test_M02_the_child_has_little_memory_and_time_and_no_way_out() -> None:
    """Asked of the child itself, as it stands when it reads a photo."""
    asks = (
        "import resource, socket, json, os\n"
        "from node.pictures import limits\n"
        "limits.bound()\n"
        "limits.shut()\n"
        "found = {name: resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[0] for name in "
        "('AS', 'CPU', 'NOFILE', 'FSIZE', 'NPROC')}\n"
        "try:\n    socket.socket()\nexcept OSError as error:\n    found['socket'] = error.errno\n"
        "print(json.dumps(found))"
    )
    import subprocess
    import sys

    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, check=True, text=True)
    assert json.loads(said.stdout) == {
        "AS": 256 * 1024**2,
        "CPU": 5,
        "NOFILE": 0,
        "FSIZE": 0,
        "NPROC": 0,
        "socket": 24,
    }
