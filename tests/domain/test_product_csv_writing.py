"""What a product is in a file, and what importing it would change."""

from dataclasses import replace

import pytest

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.product_csv.changes import change_of
from commerce_api.domain.product_csv.columns import TRACKER
from commerce_api.domain.product_csv.sheet import SheetImage, Wanted
from commerce_api.domain.product_csv.writing import Layout, kept_columns, write_lines
from tests.domain.product_files import LARGE, PICTURE, SMALL, TWO_SIZES, a_sheet, a_variant

LAYOUT = Layout(digits=2, address="https://shop.example")


def told(sheet, layout=LAYOUT):
    """The cells of each line that are not empty."""
    return [
        {column: cell for column, cell in zip(layout.columns, cells, strict=True) if cell}
        for cells in write_lines(sheet, layout)
    ]


def test_the_first_line_says_everything_and_each_line_holds_a_variant_and_a_picture():
    sheet = a_sheet(
        a_variant(
            sku="=1", option_values=("S",), stock_policy=StockPolicy.DENY, quantity=3, price=1_000, lowest=900, cost=1
        ),
        vendor="Lumen",
        option_names=("Size",),
        images=(SheetImage(src=PICTURE, alt="On"), SheetImage(src="https://pictures.example/1.jpg")),
    )

    assert told(sheet) == [
        {
            "Handle": "lamp",
            "Title": "Lamp",
            "Vendor": "Lumen",
            "Published": "true",
            "Option1 Name": "Size",
            "Option1 Value": "S",
            "Variant SKU": "'=1",
            "Variant Grams": "0",
            TRACKER: "shopify",
            "Variant Inventory Qty": "3",
            "Variant Inventory Policy": "deny",
            "Variant Price": "10.00",
            "Variant Requires Shipping": "false",
            "Variant Taxable": "false",
            "Image Src": f"https://shop.example{PICTURE}",
            "Image Position": "1",
            "Image Alt Text": "On",
            "Cost per item": "0.01",
            "Variant Lowest Price": "9.00",
            "Status": "active",
        },
        {"Handle": "lamp", "Image Src": "https://pictures.example/1.jpg", "Image Position": "2"},
    ]


def test_variants_without_pictures_have_lines_of_their_own():
    assert [(line["Variant SKU"], line.get("Image Src")) for line in told(TWO_SIZES.sheet)] == [
        ("L-S", None),
        ("L-L", None),
    ]


def test_a_product_with_nothing_to_sell_is_a_line_too():
    assert told(a_sheet(status="DRAFT", published=False)) == [
        {"Handle": "lamp", "Title": "Lamp", "Published": "false", "Option1 Name": "Title", "Status": "draft"}
    ]


def test_costs_have_no_column_for_those_who_may_not_read_them():
    costs = {"Cost per item", "Variant Lowest Price"}

    assert costs <= set(LAYOUT.columns)
    assert not costs & set(Layout(digits=2, costs=False).columns)


def test_columns_that_are_kept_stand_once_and_in_the_order_of_the_alphabet():
    kept = kept_columns(["Price / Japan", "Gift Card", "Gift Card", TRACKER])

    assert kept == ("Gift Card", "Price / Japan", TRACKER)
    assert Layout(digits=2, kept=kept).columns.count(TRACKER) == 1


def changed(*variants, ids=(SMALL, LARGE), **values):
    """What changes if TWO_SIZES becomes this."""
    sheet = replace(TWO_SIZES.sheet, variants=variants or TWO_SIZES.sheet.variants, **values)
    return change_of(Wanted(line=2, sheet=sheet, variant_ids=ids, variant_lines=(2,) * len(ids)), TWO_SIZES)


S, L = TWO_SIZES.sheet.variants


def test_a_product_that_is_as_it_was_changes_nothing():
    assert changed() is None


@pytest.mark.parametrize(
    ("change", "parts", "described"),
    [
        (changed(title="Light"), ("product",), True),
        (changed(published=False), ("publication",), True),
        (changed(images=(SheetImage(src=PICTURE),)), ("images",), True),
        (changed(replace(S, grams=5), L), ("variants",), True),
        (changed(replace(S, price=1), L), ("prices",), False),
        (changed(replace(S, compare_at=9_999), L), ("prices",), False),
        (changed(replace(S, quantity=5), L), ("stock",), False),
        (changed(S, ids=(SMALL,)), ("retired",), True),
        (changed(L, S, ids=(LARGE, SMALL)), ("variants",), True),
        (changed(S, L, a_variant(option_values=("M",)), ids=(SMALL, LARGE, None)), ("variants",), True),
    ],
)
def test_a_change_names_what_is_not_as_it_was(change, parts, described):
    """A price or a count alone is no other product."""
    assert (change.parts, change.described) == (parts, described)


def test_of_variants_only_those_that_differ_are_written():
    change = changed(S, replace(L, price=1, grams=5))

    assert (change.variants, change.prices, change.stock, change.retired) == ((1,), (1,), (), ())


def test_variants_that_are_not_named_any_more_are_retired():
    assert changed(S, ids=(SMALL,)).retired == (LARGE,)


def test_of_a_new_product_everything_is_new():
    sheet = a_sheet(a_variant(price=1_000, quantity=3), images=(SheetImage(src=PICTURE),))
    change = change_of(Wanted(line=2, sheet=sheet, variant_ids=(None,), variant_lines=(2,)), None)

    assert change.parts == ("product", "publication", "images", "variants", "prices", "stock")
