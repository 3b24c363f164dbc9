"""Files that go with a quote: a drawing, a signed paper. What they are is told from their content alone."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from commerce_api.domain.decision import Refusal
from commerce_api.domain.intake import PanInPlainInput, has_card_number
from commerce_api.domain.value import value

MOST_BYTES: Final = 5_000_000
MOST_FILES: Final = 20
_PRINTED: Final = frozenset("\n\r\t")


class FileType(StrEnum):
    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain; charset=utf-8"


@value
class AttachmentNotTaken(Refusal):
    """Send a PDF, a picture as PNG or JPEG, or plain text in UTF-8, please."""


@value
class TooManyAttachments(Refusal):
    """A quote has at most {most} files."""

    most: int


_BEGINNINGS: Final = ((b"%PDF-", FileType.PDF), (b"\x89PNG\r\n\x1a\n", FileType.PNG), (b"\xff\xd8\xff", FileType.JPEG))


def type_of(content: bytes) -> FileType | None:
    found = next((type_ for beginning, type_ in _BEGINNINGS if content.startswith(beginning)), None)
    return found or (FileType.TEXT if _text(content) else None)


def _text(content: bytes) -> str | None:
    """None if it is no text, or there is nothing in it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if all(sign.isprintable() or sign in _PRINTED for sign in text) else None


def against_attaching(name: str, content: bytes, files: int) -> Iterator[Refusal]:
    """What stands against a file beside those that there are."""
    if has_card_number(name) or has_card_number(_text(content) or ""):
        yield PanInPlainInput(path=("name",) if has_card_number(name) else ())
    if type_of(content) is None:
        yield AttachmentNotTaken()
    if files >= MOST_FILES:
        yield TooManyAttachments(most=MOST_FILES)
