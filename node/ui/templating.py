"""How templates become pages: what they may name, in which language, and that all they print is escaped."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from node.ui import dates, rhythm, words, worry
from node.ui.assets import THEME, Assets
from node.ui.feed import feed_of
from node.ui.fragments import Lasting
from node.ui.heard import heard
from node.ui.kinds import paths
from node.ui.language import gettext, language, languages, ngettext, translate
from node.ui.spoken import script_words
from node.ui.written import foreign, lang

TEMPLATES = Path(__file__).parent / "templates"


class Templates(Environment):
    """No template has globals of its own: all share one dict, in which a name is found fast."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals


def environment(assets: Assets) -> Environment:
    """What every page is made with. All that is printed is escaped; a name that is not known is an error."""
    made = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension brings it
    made.globals |= {
        "asset": assets.url,
        "theme": assets.url(THEME) if THEME in assets.extra else "",
        "dates": dates,
        "lasting": Lasting(),
        "federates": True,
        "language": language,
        "languages": languages,
        "rhythm": rhythm.said,
        "worry_title": worry.title,
        "translate": translate,
        "foreign": foreign,
        "lang": lang,
    }
    made.globals |= {f.__name__: f for f in (paths, feed_of, heard, script_words, *words.FOR_TEMPLATES)}
    return made
