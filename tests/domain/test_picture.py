import pytest

from commerce_api.domain.picture import PictureFacts, PictureType, address_of, facts_of

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
JPEG = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08" + (480).to_bytes(2, "big") + (640).to_bytes(2, "big") + b"\0" * 9
GIF = b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
WEBP_X = b"RIFF....WEBPVP8X" + b"\0" * 8 + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
WEBP_L = b"RIFF....WEBPVP8L" + b"\0" * 4 + b"\x2f" + (639 | 479 << 14).to_bytes(4, "little")
WEBP = b"RIFF....WEBPVP8 " + b"\0" * 10 + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
SVG = b'<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480.5"></svg>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, PictureType.PNG),
        (JPEG, PictureType.JPG),
        (GIF, PictureType.GIF),
        (WEBP, PictureType.WEBP),
        (WEBP_X, PictureType.WEBP),
        (WEBP_L, PictureType.WEBP),
        (SVG, PictureType.SVG),
    ],
)
def test_a_picture_tells_its_type_and_size(content, kind):
    assert facts_of(content) == PictureFacts(type=kind, width=640, height=480)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\0\0\0\x1cftypavif", PictureType.AVIF),
        (b"<svg></svg>", PictureType.SVG),
        (b"\xff\xd8\xff\xd9", PictureType.JPG),
        (b"\xff\xd8\xff\xe0\0\x10" + b"\0" * 20, PictureType.JPG),
    ],
)
def test_a_picture_may_keep_its_size_to_itself(content, kind):
    assert facts_of(content) == PictureFacts(type=kind)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"PK\x03\x04",
        PNG[:16] + b"\0" * 8,
        PNG[:16] + b"\xff" * 8,
        b"<svg><script>1</script></svg>",
        b"<svg><a onclick = 'x'/></svg>",
        b"<svg><foreignObject/></svg>",
        b'<svg><a href="JavaScript:x"/></svg>',
        b'<!DOCTYPE svg [<!ENTITY x "y">]><svg/>',
    ],
)
def test_what_is_no_harmless_picture_is_none(content):
    assert facts_of(content) is None


def test_a_picture_is_found_under_its_hash():
    assert address_of("ab", "image/jpeg") == "/media/ab.jpg"
