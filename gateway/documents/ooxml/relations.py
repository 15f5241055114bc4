"""Which part refers to which ("word/_rels/document.xml.rels"), and which targets lie outside. Knows no contents."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from gateway.documents.xml import Attributes, Handler

_RELS = re.compile(r"(.*?)/?_rels/([^/]*)\.rels\Z", re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # two letters or more: one is a drive
_DRIVE = re.compile(r"/*[a-z][:|]", re.IGNORECASE)
_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind`: the type's last word, "hyperlink" …; `target`: a part's key, or as it stands where it is `external`."""

    kind: str
    target: str
    external: bool

    @property
    def remote(self) -> bool:
        """The target is on another machine: a URL, a UNC path. A path on a drive is not."""
        return self.external and is_remote(self.target)


def is_remote(target: str) -> bool:
    """True for a URL or a UNC path that leads to another machine."""
    path = target.strip().replace("\\", "/")
    if path[:5].lower() != "file:":
        return path.startswith("//") or bool(_SCHEME.match(path))
    path = path[5:]
    slashes = len(path) - len(path.lstrip("/"))
    return slashes != 3 and slashes >= 2 and not _DRIVE.match(path)  # file://host/, file:////host/, file:///C:/


class Relations:
    """All relationships of a package, by the key of the part that has them ("" for the package itself)."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Relation]] = {}
        self._count = 0

    def reader(self, key: str) -> Handler | None:
        """A handler that takes in a .rels part; None where the name is not one."""
        match = _RELS.match(key)
        if match is None:
            return None
        folder, name = match.groups()
        return _RelationsHandler(self, folder, f"{folder}/{name}".lstrip("/"))

    def add(self, source: str, identity: str, relation: Relation) -> None:
        """Note one."""
        self._count += 1
        if self._count <= _LIMIT:
            self._of.setdefault(source, {})[identity] = relation

    def of(self, key: str) -> Mapping[str, Relation]:
        """Those of a part, by id."""
        return self._of.get(key, {})

    def first(self, key: str, kind: str) -> str:
        """The key of the first target of a kind, "" for none."""
        return next((relation.target for relation in self.of(key).values() if relation.kind == kind), "")

    def first_of_target(self, key: str, kind: str, wanted: str) -> str:
        """The `wanted` target of the first part that has `key` as its target of `kind`: a sibling."""
        for relations in self._of.values():
            if any(relation.kind == kind and relation.target == key for relation in relations.values()):
                return next((relation.target for relation in relations.values() if relation.kind == wanted), "")
        return ""

    def all(self) -> Iterator[Relation]:
        """Every relationship of the package."""
        for relations in self._of.values():
            yield from relations.values()


class _RelationsHandler(Handler):
    def __init__(self, relations: Relations, folder: str, source: str) -> None:
        super().__init__()
        self._relations, self._folder, self._source = relations, folder, source
        self.opening["rel:Relationship"] = self._relation

    def _relation(self, attributes: Attributes) -> None:
        external = attributes.get("TargetMode", "").lower() == "external"
        target = attributes.get("Target", "")
        kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
        relation = Relation(kind, target if external else self._key(target), external)
        self._relations.add(self._source, attributes.get("Id", ""), relation)

    def _key(self, target: str) -> str:
        path = unquote(target.replace("\\", "/").partition("#")[0])
        return posixpath.normpath(posixpath.join("/" + self._folder, path)).lstrip("/").lower()
