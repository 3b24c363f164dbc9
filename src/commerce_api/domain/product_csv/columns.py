"""The columns of the format: which are read, which are only kept, and what a header must look like."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from commerce_api.domain.intake import has_card_number
from commerce_api.domain.product_csv.lines import Record
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.value import replace, value

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
COSTS: Final = ("Cost per item", "Variant Lowest Price")
"""For those alone who may see costs. The second is of this house."""
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
    *COSTS,
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
_NEWER: Final = {
    "url handle": "Handle",
    "description": "Body (HTML)",
    "published on online store": "Published",
    "sku": "Variant SKU",
    "barcode": "Variant Barcode",
    "price": "Variant Price",
    "compare-at price": "Variant Compare At Price",
    "charge tax": "Variant Taxable",
    "tax code": "Variant Tax Code",
    "unit price total measure": "Unit Price Total Measure",
    "unit price total measure unit": "Unit Price Total Measure Unit",
    "unit price base measure": "Unit Price Base Measure",
    "unit price base measure unit": "Unit Price Base Measure Unit",
    "inventory tracker": TRACKER,
    "inventory quantity": "Variant Inventory Qty",
    "continue selling when out of stock": "Variant Inventory Policy",
    "weight value (grams)": "Variant Grams",
    "weight unit for display": "Variant Weight Unit",
    "requires shipping": "Variant Requires Shipping",
    "fulfillment service": "Variant Fulfillment Service",
    "product image url": "Image Src",
    "variant image url": "Variant Image",
    "product category": "Product Category",
    "gift card": "Gift Card",
}
"""The names of newer files, which also have new names for the handle; in others, a column “Price” is just one more column."""


@value
class Header:
    """Where each column stands."""

    width: int
    read: Mapping[str, int]
    kept_of_product: Mapping[str, int]
    kept_of_variant: Mapping[str, int]
    given: Mapping[str, str]
    """By a column's name here, what the file calls it."""

    def told(self, problem: Problem) -> Problem:
        """The same problem, under the name that its column has in the file."""
        return replace(problem, column=self.given.get(problem.column or "", problem.column))

    @property
    def has_options(self) -> bool:
        return "Option1 Name" in self.read and "Option1 Value" in self.read

    @property
    def has_variants(self) -> bool:
        return self.has_options or any(name in self.read for name in VARIANT)

    @property
    def has_images(self) -> bool:
        return "Image Src" in self.read


def read_header(record: Record | None, *, costs: bool = True) -> tuple[Header, list[Problem]]:
    """The header, and what is wrong with it; problems that stop the file come with a header that is of no use. Without `costs`
    their columns are left out.
    """
    if record is None:
        problem = Problem(
            line=1, code=ProblemCode.FILE_EMPTY, message="The file is empty; it must begin with a header."
        )
        return _header((), ()), [problem]
    given = tuple("[redacted]" if has_card_number(cell) else cell.strip() for cell in record.cells)
    known = _NAMES | _NEWER if any(name.casefold() == "url handle" for name in given) else _NAMES
    names = tuple(known.get(name.casefold(), name) for name in given)
    withheld = frozenset() if costs else frozenset(COSTS)
    problems = [record.problem] if record.problem else list(_problems(record.line, names, withheld))
    return _header(names, given, withheld), problems


def _header(names: Iterable[str], given: Iterable[str], withheld: AbstractSet[str] = frozenset()) -> Header:
    places = {name: place for place, name in enumerate(names)}
    return Header(
        width=len(places),
        read={name: place for name, place in places.items() if name in _READ - withheld},
        kept_of_product={name: place for name, place in places.items() if _KEPT_OF_PRODUCT.fullmatch(name)},
        kept_of_variant={name: place for name, place in places.items() if _KEPT_OF_VARIANT.fullmatch(name)},
        given=dict(zip(names, given, strict=True)),
    )


def _problems(line: int, names: tuple[str, ...], withheld: AbstractSet[str]) -> Iterator[Problem]:
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
        if name in withheld:
            message = f"Who may not see costs cannot change them either: “{name}” is left out."
            yield Problem(line=line, column=name, code=ProblemCode.COLUMN_WITHHELD, message=message)
