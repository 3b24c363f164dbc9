"""A product to its lines: the first says everything of the product, each also one variant and one image."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.product_csv.cells import amount_cell, flag_cell, guarded
from commerce_api.domain.product_csv.columns import COSTS, OPTIONS, TRACKER
from commerce_api.domain.product_csv.sheet import Sheet, SheetImage, SheetVariant
from commerce_api.domain.value import value

_BEFORE_KEPT: Final = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    *(name for pair in OPTIONS for name in pair),
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
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "SEO Title",
    "SEO Description",
)


@value
class Layout:
    """`address` stands before pictures of our own; without `costs` there is no column for them."""

    kept: tuple[str, ...] = ()
    digits: int
    address: str = ""
    costs: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        costs = COSTS if self.costs else ()
        return (
            *_BEFORE_KEPT,
            *(name for name in self.kept if name not in _BEFORE_KEPT),
            "Variant Image",
            *costs,
            "Status",
        )


def write_lines(sheet: Sheet, layout: Layout) -> Iterator[list[str]]:
    columns = layout.columns
    for number, (variant, image) in enumerate(zip_longest(sheet.variants, sheet.images)):
        cells = {"Handle": sheet.handle}
        if number == 0:
            cells |= _product_cells(sheet)
        if variant:
            cells |= _variant_cells(variant, layout)
        if image:
            cells |= _image_cells(image, number, layout)
        yield [cells.get(column, "") for column in columns]
    if not sheet.variants and not sheet.images:
        yield [_product_cells(sheet).get(column, "") for column in columns]


def _product_cells(sheet: Sheet) -> dict[str, str]:
    names = sheet.option_names or ("Title",)
    return {
        "Handle": sheet.handle,
        "Title": guarded(sheet.title),
        "Body (HTML)": guarded(sheet.body),
        "Vendor": guarded(sheet.vendor),
        "Type": guarded(sheet.type),
        "Tags": guarded(", ".join(sheet.tags)),
        "Published": flag_cell(sheet.published),
        "SEO Title": guarded(sheet.seo_title),
        "SEO Description": guarded(sheet.seo_description),
        "Status": sheet.status.lower(),
        **{column: guarded(name) for (column, _), name in zip(OPTIONS, names, strict=False)},
        **_guarded(sheet.others),
    }


def _variant_cells(variant: SheetVariant, layout: Layout) -> dict[str, str]:
    values = variant.option_values or ("Default Title",)
    tracked = variant.stock_policy is not StockPolicy.UNTRACKED
    return {
        **{column: guarded(text) for (_, column), text in zip(OPTIONS, values, strict=False)},
        "Variant SKU": guarded(variant.sku or ""),
        "Variant Grams": str(variant.grams),
        "Variant Inventory Qty": "" if variant.quantity is None else str(variant.quantity),
        "Variant Inventory Policy": "continue" if variant.stock_policy is StockPolicy.BACKORDER else "deny",
        "Variant Price": amount_cell(variant.price, layout.digits),
        "Variant Compare At Price": amount_cell(variant.compare_at, layout.digits),
        "Variant Requires Shipping": flag_cell(variant.requires_shipping),
        "Variant Taxable": flag_cell(variant.taxable),
        "Variant Barcode": guarded(variant.barcode),
        "Variant Image": _address(variant.image, layout),
        "Cost per item": amount_cell(variant.cost, layout.digits),
        "Variant Lowest Price": amount_cell(variant.lowest, layout.digits),
        **_guarded(variant.others),
        TRACKER: variant.others.get(TRACKER, "shopify") if tracked else "",
    }


def _image_cells(image: SheetImage, number: int, layout: Layout) -> dict[str, str]:
    return {
        "Image Src": _address(image.src, layout),
        "Image Position": str(number + 1),
        "Image Alt Text": guarded(image.alt),
    }


def _address(src: str, layout: Layout) -> str:
    return f"{layout.address}{src}" if src.startswith("/media/") else src


def _guarded(others: Mapping[str, str]) -> dict[str, str]:
    return {name: guarded(text) for name, text in others.items()}


def kept_columns(names: Iterable[str]) -> tuple[str, ...]:
    """In the alphabet's order, so that the same catalog is the same file."""
    return tuple(sorted(set(names)))
