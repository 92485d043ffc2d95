"""A form as it lies before somebody: what it would send, found in the page as a browser finds it."""

from html.parser import HTMLParser


class Sheet(HTMLParser):
    """The fields of the form of a page that goes to `action`, and the buttons it can be sent with."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.wrong: set[str] = set()
        self._action, self._inside, self._open = action, False, ""
        self.feed(page)
        assert self._seen, f"no form for {action}"

    _seen = False

    def filled(self, button: str = "", **typed: str) -> dict[str, str]:
        """What is sent when the button with this value is pressed, with some fields typed over."""
        assert not button or ("go", button) in self.buttons, self.buttons
        unknown = set(typed) - set(self.fields) - {"category", "decide"}  # these can be left open
        assert not unknown, unknown
        return {**self.fields, **typed, **({"go": button} if button else {})}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("action") == self._action
            self._seen |= self._inside
        if not self._inside:
            return
        name = found.get("name", "")
        if "aria-invalid" in found:
            self.wrong.add(name)
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.fields[name] = found.get("value", "")
        elif tag == "button":
            self.buttons.append((name, found.get("value", "")))
        elif tag in ("textarea", "select"):
            self._open = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in found:
            self.fields[self._open] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._inside and self._open and self.lasttag == "textarea":
            self.fields[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._open:
            self.fields[self._open] = self.fields[self._open].removeprefix("\n")
        if tag in ("textarea", "select"):
            self._open = ""
        if tag == "form":
            self._inside = False
