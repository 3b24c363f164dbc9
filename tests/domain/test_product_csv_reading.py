"""What the lines of a product say of it, over what is known of it already."""

from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.ids import ProductId
from commerce_api.domain.product_csv.columns import TRACKER
from commerce_api.domain.product_csv.reading import image_cells, own_picture
from commerce_api.domain.product_csv.sheet import Sheet, SheetImage, SheetVariant, Wanted
from tests.domain.product_files import (
    LAMP,
    LARGE,
    PICTURE,
    SMALL,
    TWO_SIZES,
    a_sheet,
    a_variant,
    groups,
    known,
    opened,
    problems,
    read,
    wanted,
)

ONE_SIZE = known(a_sheet(a_variant(sku="L-S", price=1_000)), SMALL)
FULL = known(
    a_sheet(
        a_variant(
            sku="L-S",
            grams=250,
            stock_policy=StockPolicy.BACKORDER,
            quantity=7,
            price=1_000,
            compare_at=1_200,
            lowest=900,
            cost=600,
            requires_shipping=True,
            taxable=True,
            barcode="123",
            image="https://pictures.example/1.jpg",
            others={"Variant Weight Unit": "g"},
        ),
        body="<p>Bright</p>",
        vendor="Lumen",
        type="Lamps",
        tags=("home", "light"),
        status="DRAFT",
        published=False,
        seo_title="Lamp!",
        seo_description="Buy it",
        images=(SheetImage(src="https://pictures.example/1.jpg", alt="On"),),
        others={"Gift Card": "false"},
    ),
    SMALL,
)


def test_a_new_product_is_what_its_lines_say():
    said = wanted(
        "Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
        f"{TRACKER},Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,"
        "Variant Requires Shipping,Variant Taxable,Image Src,Image Alt Text,Gift Card,Price / Japan,Status\n"
        'lamp,Lamp,<b>Bright</b><script>x</script>,Lumen,"home, Light,home",TRUE,Size,S,L-S,99.5,shopify,3,deny,'
        "10.00,12,true,true,https://pictures.example/1.jpg,On,no,900,draft\n"
        "lamp,,,,,,,L,,,,,,20.00,,,,,,,,\n"
    )

    assert said == Wanted(
        line=2,
        sheet=Sheet(
            handle="lamp",
            title="Lamp",
            body="<b>Bright</b>",
            vendor="Lumen",
            tags=("home", "Light"),
            status="DRAFT",
            option_names=("Size",),
            images=(SheetImage(src="https://pictures.example/1.jpg", alt="On"),),
            variants=(
                SheetVariant(
                    sku="L-S",
                    option_values=("S",),
                    grams=100,
                    stock_policy=StockPolicy.DENY,
                    quantity=3,
                    price=1_000,
                    compare_at=1_200,
                    requires_shipping=True,
                    taxable=True,
                    others={"Price / Japan": "900"},
                ),
                SheetVariant(option_values=("L",), price=2_000, others={}),
            ),
            others={"Gift Card": "no"},
        ),
        variant_ids=(None, None),
        variant_lines=(2, 3),
    )


@pytest.mark.parametrize("content", ["Handle\nlamp\n", "Handle,Title\nlamp,Lamp\n", "Handle,Variant SKU\nlamp,L-S\n"])
def test_columns_that_the_file_does_not_have_change_nothing(content):
    assert wanted(content, FULL).sheet == FULL.sheet


def test_an_empty_cell_empties_what_may_be_empty():
    header = (
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,SEO Title,SEO Description,Status,Variant SKU,Variant Grams,"
        f"{TRACKER},Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,"
        "Variant Requires Shipping,Variant Taxable,Variant Barcode,Variant Image,Cost per item,Image Src,Gift Card,"
        "Variant Weight Unit"
    )
    said = wanted(f"{header}\nlamp,Lamp{',' * 23}\n", FULL)

    # What was counted stays as it was counted; prices and all words go.
    assert said.sheet == a_sheet(a_variant(quantity=7))
    assert said.variant_ids == (SMALL,)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Title", "", "REQUIRED"),
        ("Title", "x" * 256, "TOO_LONG"),
        ("Title", "x\x07", "INVALID_VALUE"),
        ("Title", "4242 4242 4242 4242", "INVALID_VALUE"),
        ("Tags", ",".join(map(str, range(251))), "INVALID_VALUE"),
        ("Tags", "x" * 256, "INVALID_VALUE"),
        ("Status", "sold out", "INVALID_VALUE"),
        ("Published", "yes", "INVALID_VALUE"),
        ("Gift Card", "x\x07", "INVALID_VALUE"),
        ("Variant Inventory Policy", "wait", "INVALID_VALUE"),
        ("Variant Grams", "-1", "INVALID_VALUE"),
        ("Variant Grams", "heavy", "INVALID_VALUE"),
        ("Variant Inventory Qty", "1000000001", "INVALID_VALUE"),
        ("Variant Price", "-0.01", "INVALID_VALUE"),
        ("Variant Price", "0.001", "INVALID_VALUE"),
        ("Variant Price", "1e3", "INVALID_VALUE"),
        ("Variant Price", "99999999999999", "INVALID_VALUE"),
        ("Image Src", "javascript:alert(1)", "INVALID_VALUE"),
        ("Image Src", "https://[::1", "INVALID_VALUE"),
        ("Image Src", "https:///nowhere", "INVALID_VALUE"),
        ("Image Src", "https://pictures.example/a b", "INVALID_VALUE"),
        ("Image Src", f"/media/{'b' * 64}.png", "PICTURE_UNKNOWN"),
        ("Variant Image", "ftp://pictures.example/1.jpg", "INVALID_VALUE"),
    ],
)
def test_a_cell_that_cannot_be_is_told_with_its_line_and_column(column, cell, code):
    columns = {"Handle": "lamp", "Title": "Lamp", column: f'"{cell}"'}

    assert problems(f"{','.join(columns)}\n{','.join(columns.values())}\n") == [(2, column, code)]


@pytest.mark.parametrize("handle", ["a b", "-a", "a/b", "x" * 256])
def test_a_handle_is_made_of_letters_and_digits_with_dashes_between_them(handle):
    assert problems(f"Handle,Title\n{handle},Lamp\n") == [(2, "Handle", "INVALID_VALUE")]


def test_a_comma_in_a_number_is_answered_with_how_to_write_it():
    ((problem,),) = read('Handle,Title,Variant Price\nlamp,Lamp,"1,50"\n')

    assert problem.message == "“1,50” is not a number. Write a point, no comma."


def test_all_that_is_wrong_with_a_product_is_told_in_the_order_of_its_lines():
    content = "Handle,Title,Variant SKU,Variant Price,Image Src\nlamp,,A,x,ftp://a\nlamp,,A,1,\n"

    assert [(line, column) for line, column, _ in problems(content)] == [
        (2, "Variant Price"),
        (2, "Title"),
        (2, "Image Src"),
        (3, "Variant SKU"),
        (3, "Variant SKU"),
        (3, "Option1 Value"),
    ]


def test_what_the_groups_found_wrong_is_all_that_is_told():
    assert problems("Handle,Title\nlamp,\nlamp,Lamp,too many\n") == [(3, None, "CELL_COUNT")]


# Options.


@pytest.mark.parametrize("value", ["Default Title", ""])
def test_title_with_default_title_means_that_there_are_no_options(value):
    said = wanted(f"Handle,Title,Option1 Name,Option1 Value,Variant Price\nlamp,Lamp,Title,{value},1\n")

    assert (said.sheet.option_names, said.sheet.variants[0].option_values) == ((), ())


def test_title_with_any_other_value_is_an_option_like_others():
    said = wanted("Handle,Title,Option1 Name,Option1 Value\nlamp,Lamp,Title,First edition\n")

    assert (said.sheet.option_names, said.sheet.variants[0].option_values) == (("Title",), ("First edition",))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("Size,S,Size,S", [(2, "Option1 Name", "INVALID_VALUE")]),
        ("Size,,,", [(2, "Option1 Value", "REQUIRED")]),
        ("Size,S,,\nlamp,,,S,,", [(3, "Option1 Value", "OPTIONS_REPEATED")]),
    ],
)
def test_options_differ_in_their_names_and_variants_in_their_values(cells, expected):
    header = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value"

    assert problems(f"{header}\nlamp,Lamp,{cells}\n") == expected


# Which variant is meant.


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Size,L,L-S", (SMALL,)),  # its SKU counts more than its values
        ("Size,L,", (LARGE,)),
        ("Size,L,NEW", (LARGE,)),
        ("Size,M,NEW", (None,)),
        ("Size,M,L-L\nlamp,,L,", (LARGE, None)),  # who is named by SKU is not meant by values
    ],
)
def test_a_variant_is_known_by_its_sku_or_else_by_its_options(line, expected):
    assert wanted(f"Handle,Option1 Name,Option1 Value,Variant SKU\nlamp,{line}\n", TWO_SIZES).variant_ids == expected


def test_without_options_the_others_stay_in_their_places():
    said = wanted("Handle,Variant SKU,Variant Price\nlamp,L-L,25\n", TWO_SIZES)

    assert said.variant_ids == (SMALL, LARGE)
    assert [variant.price for variant in said.sheet.variants] == [1_000, 2_500]
    assert [variant.option_values for variant in said.sheet.variants] == [("S",), ("L",)]


def test_without_options_and_sku_the_only_variant_is_meant():
    assert wanted("Handle,Variant Price\nlamp,25\n", ONE_SIZE).variant_ids == (SMALL,)


@pytest.mark.parametrize(
    ("content", "products"),
    [
        ("Handle,Variant Price\nlamp,25\n", [TWO_SIZES]),
        ("Handle,Variant SKU,Variant Price\nlamp,NEW,25\n", [TWO_SIZES]),
    ],
)
def test_without_options_it_must_be_clear_which_variant_is_meant(content, products):
    assert problems(content, *products) == [(2, "Variant SKU", "VARIANT_UNCLEAR")]


def test_a_new_product_without_options_has_one_variant():
    content = "Handle,Title,Variant SKU,Variant Price\nlamp,Lamp,A,1\nlamp,,B,2\n"

    assert problems(content) == [(3, "Variant SKU", "VARIANT_UNCLEAR"), (3, "Option1 Value", "OPTIONS_REPEATED")]


@pytest.mark.parametrize(
    ("owner", "expected"), [(ProductId(UUID(int=2)), [(2, "Variant SKU", "SKU_TAKEN")]), (LAMP, None)]
)
def test_a_sku_belongs_to_one_product(owner, expected):
    (said,) = read("Handle,Variant SKU\nlamp,L-S\n", ONE_SIZE, sku_owners={"L-S": owner})

    assert (None if isinstance(said, Wanted) else [(p.line, p.column, p.code.value) for p in said]) == expected


def test_a_file_without_variants_leaves_them_as_they_are():
    said = wanted("Handle,Title\nlamp,Bright Lamp\n", TWO_SIZES)

    assert (said.sheet.variants, said.variant_ids) == (TWO_SIZES.sheet.variants, TWO_SIZES.variant_ids)
    assert said.variant_lines == (2, 2)


def test_a_line_that_only_has_a_picture_is_no_variant():
    content = "Handle,Variant SKU,Image Src\nlamp,,https://pictures.example/1.jpg\n"
    nothing_sold = known(a_sheet())

    assert wanted(content, nothing_sold).sheet.variants == ()
    assert len(wanted(content, ONE_SIZE).sheet.variants) == 1


# Amounts, stock and pictures.


@pytest.mark.parametrize(("digits", "minor"), [(0, 1_500), (2, 150_000), (3, 1_500_000)])
def test_a_price_has_the_digits_of_its_currency(digits, minor):
    said = wanted("Handle,Title,Variant Price,Cost per item\nlamp,Lamp,1500,1\n", digits=digits)

    assert (said.sheet.variants[0].price, said.sheet.variants[0].cost) == (minor, 10**digits)


@pytest.mark.parametrize(("price", "before", "expected"), [("10", "0", None), ("", "12", None), ("10", "12", 1_200)])
def test_what_it_cost_before_is_told_only_next_to_what_it_costs(price, before, expected):
    said = wanted(f"Handle,Title,Variant Price,Variant Compare At Price\nlamp,Lamp,{price},{before}\n")

    assert said.sheet.variants[0].compare_at == expected


@pytest.mark.parametrize(("price", "lowest", "expected"), [("10", "9.50", 950), ("10", "", None), ("", "9", None)])
def test_the_lowest_price_is_told_next_to_a_price(price, lowest, expected):
    said = wanted(f"Handle,Title,Variant Price,Variant Lowest Price\nlamp,Lamp,{price},{lowest}\n")

    assert said.sheet.variants[0].lowest == expected


@pytest.mark.parametrize(
    ("tracker", "policy", "expected", "others"),
    [
        ("", "continue", StockPolicy.UNTRACKED, {}),
        ("shopify", "", StockPolicy.DENY, {}),
        ("shopify", "continue", StockPolicy.BACKORDER, {}),
        ("shipwire", "deny", StockPolicy.DENY, {TRACKER: "shipwire"}),
    ],
)
def test_stock_counts_where_anybody_tracks_it(tracker, policy, expected, others):
    said = wanted(f"Handle,Title,{TRACKER},Variant Inventory Policy\nlamp,Lamp,{tracker},{policy}\n")

    (variant,) = said.sheet.variants
    assert (variant.stock_policy, variant.others) == (expected, others)


def test_without_a_column_for_the_tracker_a_tracked_variant_stays_tracked():
    said = wanted("Handle,Variant Inventory Policy\nlamp,deny\n", FULL)

    assert said.sheet.variants[0].stock_policy is StockPolicy.DENY


@pytest.mark.parametrize(("grams", "expected"), [("0.4", 0), ("0.5", 1), ("12.5", 13)])
def test_fractions_of_a_gram_are_rounded(grams, expected):
    assert wanted(f"Handle,Title,Variant Grams\nlamp,Lamp,{Decimal(grams)}\n").sheet.variants[0].grams == expected


def test_pictures_stand_by_their_positions_and_each_once():
    one, two, three = (f"https://pictures.example/{number}.jpg" for number in (1, 2, 3))
    lines = [(three, "3"), (one, "1"), (two, ""), (one, "4"), ("", "")]
    content = "Handle,Title,Image Src,Image Position\n" + "".join(f"lamp,Lamp,{s},{p}\n" for s, p in lines)

    assert [image.src for image in wanted(content).sheet.images] == [one, three, two]


def test_a_picture_that_is_kept_here_is_known_by_its_path():
    at = "https://shop.example"
    content = f"Handle,Title,Image Src,Variant Image\nlamp,Lamp,{at}{PICTURE},{PICTURE}\n"

    sheet = wanted(content, address=at).sheet
    assert ([image.src for image in sheet.images], sheet.variants[0].image) == ([PICTURE], PICTURE)


@pytest.mark.parametrize(
    ("src", "expected"),
    [
        (f"https://shop.example{PICTURE}", PICTURE),
        (f"https://other.example{PICTURE}", f"https://other.example{PICTURE}"),
        ("https://shop.example/media/../secret", "https://shop.example/media/../secret"),
    ],
)
def test_only_our_own_pictures_are_ours(src, expected):
    assert own_picture(src, "https://shop.example") == expected
    assert own_picture(PICTURE, "") == PICTURE


@pytest.mark.parametrize(
    ("columns", "expected"), [("Variant Image,Image Src", ["v", "i"]), ("Image Src,Title", ["v"]), ("Title,Vendor", [])]
)
def test_the_pictures_that_a_product_names_are_looked_up(columns, expected):
    content = f"Handle,{columns}\nlamp,v,i\nlamp,,\n"
    header, _, _ = opened(content)

    assert list(image_cells(groups(content)[0], header)) == expected
