"""Documents that the server is started with: read from files, found good for a contract, and then chosen by hash or id."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from graphql import GraphQLError

from commerce_api.domain.value import value
from commerce_api.schema.errors import RequestError
from commerce_api.web.asked import hash_of
from commerce_api.web.documents import Documents
from commerce_api.web.guard import Rejected

_APOLLO: Final = "apollo-persisted-query-manifest"
_ENDINGS: Final = (".json", ".graphql", ".gql")
_HASH_LENGTH: Final = 64


@value
class Entry:
    """A document in a file, or in a line of a manifest, where it has an id."""

    file: Path
    text: str
    id: str | None = None
    line: int | None = None

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line or 1}"


Found: TypeAlias = Entry | str
"""A document, or what is wrong where one should be."""


def register(path: Path, *, shop: Documents, staff: Documents) -> list[str]:
    """Have the documents in the contracts that they are good for. All that is wrong, with file and line."""
    found = [each for file in _files(path) for each in _read(file)]
    entries = [each for each in found if isinstance(each, Entry)]
    problems = [each for each in found if isinstance(each, str)]
    problems += _clashes(entries)
    for entry in entries:
        problems += _registered(entry, shop, staff)
    return problems if found else [f"{path}: there is no document in it"]


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.suffix in _ENDINGS) if path.is_dir() else [path]


def _read(file: Path) -> Iterable[Found]:
    try:
        text = file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        return [f"{file}: it cannot be read as UTF-8: {error}"]
    return _manifest(file, text) if file.suffix == ".json" else [Entry(file=file, text=text)]


def _manifest(file: Path, text: str) -> Iterator[Found]:
    """As Apollo's tools write them, or as an object of documents by id, as Relay's compiler and GraphQL Code Generator do."""
    try:
        given = json.loads(text)
    except ValueError as error:
        yield f"{file}:{getattr(error, 'lineno', 1)}: this is not JSON: {error}"
        return
    match given:
        case {"format": str(format_), "version": version} if (format_, version) != (_APOLLO, 1):
            yield f"{file}:1: of manifests with a `format`, only version 1 of `{_APOLLO}` can be read"
        case {"format": str(), "version": 1, "operations": list(operations)}:
            yield from _entries(file, text, [_pair(operation) for operation in operations])
        case dict():
            yield from _entries(file, text, list(given.items()))
        case _:
            yield f"{file}:1: a manifest is a JSON object"


def _pair(operation: Any) -> tuple[Any, Any]:
    known = operation if isinstance(operation, dict) else {}
    return known.get("id"), known.get("body")


def _entries(file: Path, source: str, pairs: list[tuple[Any, Any]]) -> Iterator[Found]:
    at = 0
    for number, (id_, text) in enumerate(pairs, start=1):
        if not (isinstance(id_, str) and id_ and isinstance(text, str)):
            yield f"{file}:{source.count(chr(10), 0, at) + 1}: document {number} has no id or no text"
            continue
        at = max(source.find(json.dumps(id_), at), at)
        line = source.count("\n", 0, at) + 1
        if len(id_) == _HASH_LENGTH and id_ != hash_of(text):
            yield f"{file}:{line}: the id is not the SHA-256 hash of the document; has it been changed since it was written?"
        else:
            yield Entry(file=file, text=text, id=id_, line=line)


def _clashes(entries: Iterable[Entry]) -> Iterator[str]:
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.id and first.setdefault(entry.id, entry).text != entry.text:
            yield f"{entry.place}: the id {entry.id} is that of another document, in {first[entry.id].place}"


def _registered(entry: Entry, shop: Documents, staff: Documents) -> list[str]:
    problems = _problems(entry, staff)
    if not problems:
        _problems(entry, shop)  # the shop's contract has less: what is not good for it is for staff
    return problems


def _problems(entry: Entry, documents: Documents) -> list[str]:
    try:
        documents.register(entry.text, [entry.id] if entry.id else [])
    except Rejected as rejected:
        return [_told(entry, error) for error in rejected.errors]
    except RequestError as error:
        return [_told(entry, error)]
    return []


def _told(entry: Entry, error: GraphQLError) -> str:
    line = error.locations[0].line if error.locations else 1
    return (
        f"{entry.file}:{line}: {error.message}"
        if entry.line is None
        else f"{entry.place}: {error.message} (line {line} of the document)"
    )
