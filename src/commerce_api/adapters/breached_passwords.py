"""Passwords that stand in published breaches, looked up in a file of this machine; nothing of a password leaves it.

The file is in the widely used form: a line for each password with its SHA-1 in hexadecimal digits, sorted, perhaps with a colon
and a count behind it. Or a folder with such a file for each five first digits, named by them, whose lines lack these digits.
"""

from collections.abc import Container
from hashlib import sha1
from mmap import ACCESS_READ, mmap
from pathlib import Path

_PREFIX = 5


class BreachedPasswords:
    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, path: Path | None) -> Container[str]:
        """None at all without a file."""
        return cls(path) if path else frozenset()

    def __contains__(self, password: object) -> bool:
        digest = sha1(str(password).encode(), usedforsecurity=False).hexdigest().upper()
        if not self._path.is_dir():
            return _holds(self._path, digest.encode())
        named = (self._path / f"{digest[:_PREFIX]}{ending}" for ending in (".txt", ""))
        found = next((file for file in named if file.is_file()), None)
        return found is not None and _holds(found, digest[_PREFIX:].encode())


def _holds(file: Path, wanted: bytes) -> bool:
    if file.stat().st_size == 0:
        return False
    with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as lines:
        return _searched(lines, wanted)


def _searched(lines: mmap, wanted: bytes) -> bool:
    """Half of what is left at each step: 30 looks into a file of a billion lines."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = max(lines.rfind(b"\n", low, middle) + 1, low)
        end = lines.find(b"\n", middle)
        end = len(lines) if end < 0 else end
        found = lines[start:end].partition(b":")[0].strip().upper()
        if found == wanted:
            return True
        low, high = (end + 1, high) if found < wanted else (low, start)
    return False
