"""What can be wrong with a file, told with the line, the column and what to do."""

from enum import StrEnum

from commerce_api.domain.value import value


class ProblemCode(StrEnum):
    """Those of the file stop the import, those of a line leave its product as it is, the rest are only told."""

    BAD_ENCODING = "BAD_ENCODING"
    BAD_QUOTES = "BAD_QUOTES"
    CELL_COUNT = "CELL_COUNT"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_REPEATED = "COLUMN_REPEATED"
    COLUMN_UNKNOWN = "COLUMN_UNKNOWN"
    COLUMN_WITHHELD = "COLUMN_WITHHELD"
    FILE_EMPTY = "FILE_EMPTY"
    HANDLE_APART = "HANDLE_APART"
    INVALID_VALUE = "INVALID_VALUE"
    LINE_TOO_LONG = "LINE_TOO_LONG"
    OPTIONS_REPEATED = "OPTIONS_REPEATED"
    PICTURE_UNKNOWN = "PICTURE_UNKNOWN"
    REQUIRED = "REQUIRED"
    SKU_REPEATED = "SKU_REPEATED"
    SKU_TAKEN = "SKU_TAKEN"
    STOCK_ALLOCATED = "STOCK_ALLOCATED"
    TOO_LONG = "TOO_LONG"
    TOO_MANY_LINES = "TOO_MANY_LINES"
    VARIANT_UNCLEAR = "VARIANT_UNCLEAR"


_OF_FILE = frozenset(
    {ProblemCode.COLUMN_MISSING, ProblemCode.COLUMN_REPEATED, ProblemCode.FILE_EMPTY, ProblemCode.LINE_TOO_LONG}
)
_HARMLESS = frozenset({ProblemCode.COLUMN_UNKNOWN, ProblemCode.COLUMN_WITHHELD})


@value
class Problem:
    """`line` counts from 1 as editors do; a record that spans lines is named by its first."""

    line: int
    column: str | None = None
    code: ProblemCode
    message: str

    @property
    def stops_the_file(self) -> bool:
        return self.code in _OF_FILE

    @property
    def harmless(self) -> bool:
        return self.code in _HARMLESS
