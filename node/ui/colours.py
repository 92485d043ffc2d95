"""Colours as style sheets write them, and how well one is read on another."""

import colorsys
import re

NAMED = {"white": "#ffffff", "black": "#000000"}
_NUMBER = r"\s{0,4}([+-]?\d{1,3}(?:\.\d{1,6})?)(%|deg)?\s{0,4}"
_FUNCTION = re.compile(
    rf"(rgb|hsl)a?\({_NUMBER}[\s,]{_NUMBER}[\s,]{_NUMBER}(?:[,/]\s{{0,4}}(1(?:\.0{{1,6}})?|100%)\s{{0,4}})?\)"
)


def hexadecimal(written: str) -> str | None:
    """A colour as `#rrggbb`; None for what is no colour, or lets another through."""
    value = written.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{6}(ff)?", value):
        return value[:7]
    if re.fullmatch(r"#[0-9a-f]{3}f?", value):
        return "#" + "".join(digit * 2 for digit in value[1:4])
    found = _FUNCTION.fullmatch(value)
    return _mixed(found) if found else NAMED.get(value)


def contrast(one: str, other: str) -> float:
    """How well two colours are told apart, from 1 to 21 (WCAG 2.2)."""
    dark, bright = sorted((_light(one), _light(other)))
    return (bright + 0.05) / (dark + 0.05)


def _light(colour: str) -> float:
    """Relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(found: re.Match[str]) -> str:
    """Of red, green and blue, or of hue, saturation and lightness."""
    first, second, third = (float(found[i]) for i in (2, 4, 6))
    if found[1] == "hsl":
        parts = colorsys.hls_to_rgb(first % 360 / 360, _within(third / 100), _within(second / 100))
    else:
        scale = [100 if found[i] == "%" else 255 for i in (3, 5, 7)]
        parts = (first / scale[0], second / scale[1], third / scale[2])
    return "#" + "".join(f"{round(_within(part) * 255):02x}" for part in parts)


def _within(part: float) -> float:
    return min(max(part, 0.0), 1.0)
