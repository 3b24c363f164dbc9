"""Which pictures can be kept and served: told from their first bytes, never from what a file is called."""

import re
from enum import StrEnum
from typing import Final

from commerce_api.domain.value import value

MOST_BYTES: Final = 10_000_000
_LONGEST_SIDE: Final = 20_000


class PictureType(StrEnum):
    """The media types that are served; the names are the endings of addresses."""

    AVIF = "image/avif"
    GIF = "image/gif"
    JPG = "image/jpeg"
    PNG = "image/png"
    SVG = "image/svg+xml"
    WEBP = "image/webp"

    @property
    def ending(self) -> str:
        return self.name.lower()


@value
class PictureRegistered:
    """Anybody may see it now who knows its address."""


@value
class PictureFacts:
    """Width and height in pixels where the first bytes tell them."""

    type: PictureType
    width: int | None = None
    height: int | None = None


_SVG = re.compile(rb"\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)
_ACTIVE_SVG = re.compile(
    rb"<\s*(\w+:)?(script|foreignobject|iframe|handler)|\son\w+\s*=|javascript:|<!doctype|<!entity", re.IGNORECASE
)
_VIEW_BOX = re.compile(rb"""<svg[^>]*\sviewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+(\d+)(?:\.\d+)?[\s,]+(\d+)""")


def address_of(sha256: str, content_type: str) -> str:
    """Where the server answers with a picture."""
    return f"/media/{sha256}.{PictureType(content_type).ending}"


def facts_of(content: bytes) -> PictureFacts | None:
    """What a picture is; None if it is none of those that can be served, or an SVG that could act."""
    for type_, begins, size in _KINDS:
        if begins.match(content):
            width, height = size(content)
            plausible = all(side is None or 0 < side <= _LONGEST_SIDE for side in (width, height))
            return PictureFacts(type=type_, width=width, height=height) if plausible else None
    if _SVG.match(content) and not _ACTIVE_SVG.search(content):
        box = _VIEW_BOX.search(content)
        width, height = (int(box[1]), int(box[2])) if box else (None, None)
        return PictureFacts(type=PictureType.SVG, width=width, height=height)
    return None


def _png_size(content: bytes) -> tuple[int | None, int | None]:
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _gif_size(content: bytes) -> tuple[int | None, int | None]:
    return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")


def _jpeg_size(content: bytes) -> tuple[int | None, int | None]:
    """Go from segment to segment until the one that starts the frame."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004 - each segment starts with this byte
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 - the frame headers
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None, None


def _webp_size(content: bytes) -> tuple[int | None, int | None]:
    if content[12:16] == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if content[12:16] == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF


_KINDS = (
    (PictureType.PNG, re.compile(rb"\x89PNG\r\n\x1a\n....IHDR", re.DOTALL), _png_size),
    (PictureType.GIF, re.compile(rb"GIF8[79]a"), _gif_size),
    (PictureType.JPG, re.compile(rb"\xff\xd8\xff"), _jpeg_size),
    (PictureType.WEBP, re.compile(rb"RIFF.{4}WEBPVP8", re.DOTALL), _webp_size),
    (PictureType.AVIF, re.compile(rb".{4}ftypavi[fs]", re.DOTALL), lambda _: (None, None)),
)
