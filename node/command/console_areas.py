"""The commands for what lies where: `geo`. `areas` does them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from node.command.answers import Answer
from node.command.console import on_a_node, perform


@click.group()
def geo() -> None:
    """Which neighbourhoods touch ours, as a map says. It only proposes: two operators make a border."""


@geo.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--year", default="", metavar="YYYY", help="Of which year the map is.")
@on_a_node
def geo_import(file: Path, year: str, directory: Path, as_json: bool) -> None:
    """Read which areas touch from a CSV FILE, in the place of what was read before."""
    from node import settings
    from node.command import adjacency

    if year and not (len(year) == 4 and year.isascii() and year.isdigit()):
        raise click.UsageError("--year is a year, such as 2024.")
    found = [vars(border) for border in adjacency.read(file, settings.read(directory).area, year)]
    perform("geo import", directory, as_json, words=_areas, areas=found)


@geo.command("draw")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@on_a_node
def geo_draw(file: Path, directory: Path, as_json: bool) -> None:
    """Read the outlines of the areas of our municipality from a GeoJSON FILE, for the page with the map."""
    from node import settings
    from node.command import boundaries

    found = [vars(outline) for outline in boundaries.read(file, settings.read(directory).area)]
    perform("geo draw", directory, as_json, words=_drawn, areas=found)


@geo.command("list")
@on_a_node
def geo_list(**given: Any) -> None:
    """The neighbourhoods that touch ours, and whether we know their node."""
    perform("geo list", words=_areas, **given)


def _drawn(answer: Answer) -> Iterable[str]:
    yield f"{answer['kept']} areas are kept; the map stands at {answer['page']}"


def _areas(answer: Answer) -> Iterable[str]:
    if not answer["areas"]:
        yield "nothing is known: `buurtknoop geo import FILE` reads which areas touch"
    for area in answer["areas"]:
        stands = f"{area['standing']}: {area['node']}" if area["node"] else "no node known"
        yield f"{area['code']:<12}{area['name'] or '(not in the file)'} ({stands})"
