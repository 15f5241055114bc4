"""Document properties: core (Dublin Core), extended and custom; one unit each, "property title"."""

from __future__ import annotations

from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.escapes import unescape
from gateway.documents.xml import Attributes, Handler, Opening, local

_FIELDS = (
    *("dc:title", "dc:subject", "dc:creator", "dc:description", "dc:identifier", "dc:publisher", "dc:contributor"),
    *("cp:keywords", "cp:lastModifiedBy", "cp:category", "cp:contentStatus"),
    *("ep:Company", "ep:Manager", "ep:HyperlinkBase", "ep:Template"),
)


class PropertiesText(Handler):
    """Reads core and extended properties by their names, and every custom one with its name."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._pieces: list[str] | None = None
        self._place = ""
        for name in _FIELDS:
            place = f"property {name.partition(':')[2]}"
            self.opening[name], self.closing[name] = self._begin(place), self._end
        self.opening["op:property"], self.closing["op:property"] = self._custom, self._end

    def text(self, data: str) -> None:
        """A property's value."""
        if self._pieces is not None:
            self._pieces.append(data)

    def _begin(self, place: str) -> Opening:
        def begin(_: Attributes) -> None:
            self._place, self._pieces = place, []

        return begin

    def _custom(self, attributes: Attributes) -> None:
        name = local(attributes, "name")
        self._context.sink.unit(f"property name '{name}'", name)
        self._place, self._pieces = f"property {name}", []

    def _end(self) -> None:
        self._context.sink.unit(self._place, unescape("".join(self._pieces or ())))
        self._pieces = None
