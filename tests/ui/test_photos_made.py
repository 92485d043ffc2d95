"""What becomes of a file that was sent: a photo that says nothing but how it looks, or plain words."""

import json
import os
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest
import uvloop
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from node.neighbourhood import photo as rules
from node.neighbourhood.photo import BYTES
from node.neighbourhood.refusal import Invalid
from node.pictures import photo as child
from node.ui.darkroom import Darkroom
from node.ui.language import translate
from node.ui.photobox import Made, PhotoBox
from tests.ui.photograph import WHITE, drawn, file, opened


async def make(raw: bytes) -> Made:
    return await PhotoBox(Path("nowhere"), Darkroom()).make(raw)


async def refused(raw: bytes) -> str:
    """What is said of a file that is not taken."""
    with pytest.raises(Invalid) as why:
        await make(raw)
    return translate(why.value.errors["photo"])


def test_both_sides_of_the_wall_know_the_same_sizes() -> None:
    assert (child.LARGE, child.SMALL) == (rules.LARGE, rules.SMALL)
    assert set(child.READERS) == set(rules.Content)


def test_it_is_made_on_the_loop_that_a_node_runs_on() -> None:
    found: list[Made] = []

    def run() -> None:
        loop = uvloop.new_event_loop()
        found.append(loop.run_until_complete(make(file())))
        loop.close()

    running = Thread(target=run)
    running.start()
    running.join()
    assert found[0].width == 800


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
async def test_M01_what_is_no_photo_is_told_plainly(what: str) -> None:
    raw, said = OTHERS[what]
    assert said in await refused(raw)


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
async def test_M01_what_is_a_photo_and_something_else_too_is_refused(what: str) -> None:
    assert "iets anders in dit bestand" in await refused(MORE[what])


def test_M01_letters_that_stand_in_a_photo_by_chance_make_it_nothing_else() -> None:
    assert rules.content_of(file() + b"\x00<sVg\x13<scripts") == "jpeg"


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
    assert said in await refused(raw)


def test_M02_the_child_has_little_memory_and_time_and_no_way_out() -> None:
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
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, check=True, text=True)
    assert json.loads(said.stdout) == {
        "AS": 256 * 1024**2,
        "CPU": 5,
        "NOFILE": 0,
        "FSIZE": 0,
        "NPROC": 0,
        "socket": 24,
    }
