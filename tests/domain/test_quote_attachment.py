import pytest

from commerce_api.domain.intake import PanInPlainInput
from commerce_api.domain.quote.attachment import (
    MOST_FILES,
    AttachmentNotTaken,
    FileType,
    TooManyAttachments,
    against_attaching,
    type_of,
)

CARD = "4242 4242 4242 4242"


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"%PDF-1.7", FileType.PDF),
        (b"\x89PNG\r\n\x1a\n", FileType.PNG),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        ("Zwei Stück,\r\nbitte".encode(), FileType.TEXT),
        (b"", None),
        (b"MZ\x00\x01", None),
        (b"\xff\xfe", None),
    ],
)
def test_what_a_file_is_stands_in_it(content, type_):
    assert type_of(content) is type_


def test_all_that_stands_against_a_file_is_told():
    assert list(against_attaching("a.txt", b"fine", MOST_FILES - 1)) == []
    assert list(against_attaching("a.exe", b"MZ\x00", MOST_FILES)) == [
        AttachmentNotTaken(),
        TooManyAttachments(most=MOST_FILES),
    ]
    assert list(against_attaching(CARD, b"fine", 0)) == [PanInPlainInput(path=("name",))]
    assert list(against_attaching("a.txt", CARD.encode(), 0)) == [PanInPlainInput()]
