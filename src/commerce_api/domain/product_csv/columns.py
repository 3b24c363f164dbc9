"""The columns of the format: which are read, which are only kept, and what a header must look like."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from commerce_api.domain.product_csv.lines import Record
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.value import value

OPTIONS: Final = tuple((f"Option{n} Name", f"Option{n} Value") for n in (1, 2, 3))
TRACKER: Final = "Variant Inventory Tracker"
PRODUCT: Final = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "SEO Title",
    "SEO Description",
    "Status",
)
VARIANT: Final = (
    "Variant SKU",
    "Variant Grams",
    TRACKER,
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Variant Image",
    "Cost per item",
)
IMAGE: Final = ("Image Src", "Image Position", "Image Alt Text")
_READ: Final = frozenset((*PRODUCT, *VARIANT, *IMAGE, *(name for pair in OPTIONS for name in pair)))
_KEPT_OF_PRODUCT: Final = re.compile(
    r"Product Category|Standardized Product Type|Custom Product Type|Gift Card|Google Shopping / .+|Option[123] Linked To"
    r"|Included / .+|.+ \(product\.metafields\..+\)"
)
_KEPT_OF_VARIANT: Final = re.compile(
    r"Variant (Fulfillment Service|Weight Unit|Tax Code)|(Price|Compare At Price) / .+|Unit Price .+"
    r"|.+ \(variant\.metafields\..+\)"
)
_NAMES: Final = {name.casefold(): name for name in _READ}


@value
class Header:
    """Where each column stands."""

    width: int
    read: Mapping[str, int]
    kept_of_product: Mapping[str, int]
    kept_of_variant: Mapping[str, int]

    @property
    def has_options(self) -> bool:
        return "Option1 Name" in self.read and "Option1 Value" in self.read

    @property
    def has_variants(self) -> bool:
        return self.has_options or any(name in self.read for name in VARIANT)

    @property
    def has_images(self) -> bool:
        return "Image Src" in self.read


def read_header(record: Record | None) -> tuple[Header, list[Problem]]:
    """The header, and what is wrong with it; problems that stop the file come with a header that is of no use."""
    if record is None:
        problem = Problem(
            line=1, code=ProblemCode.FILE_EMPTY, message="The file is empty; it must begin with a header."
        )
        return _header(()), [problem]
    names = tuple(_NAMES.get(cell.strip().casefold(), cell.strip()) for cell in record.cells)
    return _header(names), [record.problem] if record.problem else list(_problems(record.line, names))


def _header(names: Iterable[str]) -> Header:
    places = {name: place for place, name in enumerate(names)}
    return Header(
        width=len(places),
        read={name: place for name, place in places.items() if name in _READ},
        kept_of_product={name: place for name, place in places.items() if _KEPT_OF_PRODUCT.fullmatch(name)},
        kept_of_variant={name: place for name, place in places.items() if _KEPT_OF_VARIANT.fullmatch(name)},
    )


def _problems(line: int, names: tuple[str, ...]) -> Iterator[Problem]:
    if "Handle" not in names:
        hint = " The cells must be separated by commas." if len(names) == 1 else ""
        message = f"There is no column “Handle”.{hint}"
        yield Problem(line=line, column="Handle", code=ProblemCode.COLUMN_MISSING, message=message)
    for name, times in Counter(names).items():
        if times > 1:
            message = f"The column “{name}” is there {times} times; only one of them can count."
            yield Problem(line=line, column=name, code=ProblemCode.COLUMN_REPEATED, message=message)
        known = name in _READ or _KEPT_OF_PRODUCT.fullmatch(name) or _KEPT_OF_VARIANT.fullmatch(name)
        if not known:
            message = f"“{name[:60]}” is not a column of the format and is left out."
            yield Problem(line=line, column=name[:60], code=ProblemCode.COLUMN_UNKNOWN, message=message)
