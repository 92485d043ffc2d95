"""Fetch the fonts and icons that come from elsewhere. A maintainer runs this; a node never does.

    python deploy/vendor.py

Needs the ordinary `npm` client. Each package is named with its exact version; its files are copied, the
icons we use are put together in one template, and `node/ui/static/vendored.toml` keeps name, version,
licence and SHA-256 of every file.
"""

import re
import subprocess
import tarfile
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

UI = Path(__file__).resolve().parent.parent / "node" / "ui"
FONT = ("@fontsource/atkinson-hyperlegible-next", "5.3.0", "OFL-1.1")
ICONS = ("lucide-static", "1.62.0", "ISC AND MIT")
SUBSETS = ("latin", "latin-ext")
WEIGHTS = ("400", "700")
NAMES = """
a-large-small arrow-left arrow-right baby calendar-days camera car check circle-check circle-dashed
circle-x clock coffee copy ellipsis eye eye-off file-text flag forward globe hand-heart hand-helping
handshake heart hourglass house id-card info landmark languages laptop lock log-out map-pin
megaphone message-circle minus moon package pause paw-print pencil phone search send
share-2 shield-check shopping-basket sprout trash-2 triangle-alert undo-2 user user-plus users
utensils wifi-off wrench x
""".split()


def fetch(package: tuple[str, str, str]) -> dict[str, bytes]:
    """The files of a package by their path in it."""
    name, version, _ = package
    with TemporaryDirectory() as room:
        subprocess.run(
            ["npm", "pack", "--silent", f"{name}@{version}"], cwd=room, check=True, capture_output=True
        )
        with tarfile.open(next(Path(room).glob("*.tgz"))) as packed:
            files = {m.name.removeprefix("package/"): packed.extractfile(m) for m in packed if m.isfile()}
            return {path: file.read() for path, file in files.items() if file}


def write(target: Path, content: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def font() -> list[Path]:
    """The regular and the bold, in two subsets, and their licence."""
    package = fetch(FONT)
    names = [f"atkinson-hyperlegible-next-{s}-{w}-normal.woff2" for s in SUBSETS for w in WEIGHTS]
    fonts = UI / "static" / "fonts"
    return [write(fonts / name, package[f"files/{name}"]) for name in names] + [
        write(fonts / "LICENSE-OFL.txt", package["LICENSE"])
    ]


def shape(svg: str) -> str:
    """What is drawn, without the frame that the macro `icon` puts around it."""
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return re.sub(r"\s+", " ", inner).replace("> <", "><").replace(" />", "/>").strip()


def icons() -> list[Path]:
    """One template with the shape of every icon by name, and their licence."""
    package = fetch(ICONS)
    name, version, licence = ICONS
    rows = [f"  {n!r}: {shape(package[f'icons/{n}.svg'].decode())!r}," for n in sorted(NAMES)]
    head = f"{{# {name} {version}, {licence}: see static/LICENSE-lucide.txt. Written by deploy/vendor.py. #}}"
    text = "\n".join([head, "{% set shapes = {", *rows, "} %}", ""])
    return [
        write(UI / "templates" / "icons.html", text.encode()),
        write(UI / "static" / "LICENSE-lucide.txt", package["LICENSE"]),
    ]


def entry(package: tuple[str, str, str], files: list[Path]) -> str:
    name, version, licence = package
    sums = [f'"{f.relative_to(UI).as_posix()}" = "{sha256(f.read_bytes()).hexdigest()}"' for f in files]
    head = f'[[package]]\nname = "{name}"\nversion = "{version}"\nlicence = "{licence}"\nsource = "npm"\n'
    return "\n".join([head, "[package.files]", *sums, ""])


def main() -> None:
    text = "# Written by deploy/vendor.py; paths are from node/ui. A test compares every SHA-256.\n\n"
    (UI / "static" / "vendored.toml").write_text(text + entry(FONT, font()) + "\n" + entry(ICONS, icons()))


if __name__ == "__main__":
    main()
