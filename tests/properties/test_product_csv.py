"""import(export(x)) changes nothing, whatever the catalog holds."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product_csv.cells import guarded, unguarded
from commerce_api.domain.product_csv.changes import change_of
from commerce_api.domain.product_csv.columns import TRACKER, read_header
from commerce_api.domain.product_csv.groups import Groups
from commerce_api.domain.product_csv.lines import records
from commerce_api.domain.product_csv.reading import Facts, read_group
from commerce_api.domain.product_csv.sheet import Known, Sheet, SheetImage, SheetVariant, StockPolicy, Wanted
from commerce_api.domain.product_csv.writing import Layout, kept_columns, write_lines
from commerce_api.domain.rich_text import sanitized

printable = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")) | st.sampled_from(" ,;\"'=+-@\n\t")
texts = st.text(printable, max_size=12).map(str.strip)
words = texts.filter(bool)
amounts = st.none() | st.integers(0, 10**12)
pictures = st.integers(0, 9).map(lambda n: f"https://pictures.example/{n}.jpg") | st.just(f"/media/{'a' * 64}.svg")
kept_of_product = st.dictionaries(st.sampled_from(["Gift Card", "Google Shopping / MPN"]), words)


@st.composite
def variants(draw, option_values, sku):
    policy, price = draw(st.sampled_from(StockPolicy)), draw(amounts)
    others = draw(st.dictionaries(st.sampled_from(["Variant Weight Unit", "Price / Japan"]), words))
    if policy is not StockPolicy.UNTRACKED and draw(st.booleans()):
        others[TRACKER] = "shipwire"
    return SheetVariant(
        sku=sku,
        option_values=option_values,
        grams=draw(st.integers(0, 10**6)),
        stock_policy=policy,
        quantity=draw(st.none() | st.integers(-5, 10**6)),
        price=price,
        compare_at=None if price is None else draw(st.none() | st.integers(1, 10**12)),
        lowest=None if price is None else draw(amounts),
        cost=draw(amounts),
        requires_shipping=draw(st.booleans()),
        taxable=draw(st.booleans()),
        barcode=draw(texts),
        image=draw(st.just("") | pictures),
        others=others,
    )


@st.composite
def sheets(draw, handle):
    names = tuple(draw(st.lists(words, max_size=3, unique=True)))
    values = st.tuples(*(words for _ in names))
    combinations = draw(st.lists(values, max_size=4, unique=True)) if names else [()] * draw(st.integers(0, 1))
    if names == ("Title",):
        combinations = [one for one in combinations if one != ("Default Title",)]
    skus = draw(st.lists(words, min_size=len(combinations), max_size=len(combinations), unique=True))
    with_sku = [draw(st.sampled_from((f"{sku}|{handle}", None))) for sku in skus]
    tags = draw(st.lists(words.filter(lambda tag: "," not in tag), unique_by=str.casefold, max_size=4))
    images = draw(st.lists(pictures, unique=True, max_size=3))
    return Sheet(
        handle=handle,
        title=draw(words),
        body=sanitized(draw(texts)),
        vendor=draw(texts),
        type=draw(texts),
        tags=tuple(tags),
        status=draw(st.sampled_from(["ACTIVE", "DRAFT", "ARCHIVED"])),
        published=draw(st.booleans()),
        option_names=names,
        seo_title=draw(texts),
        seo_description=draw(texts),
        images=tuple(SheetImage(src=src, alt=draw(texts)) for src in images),
        variants=tuple(draw(variants(v, s)) for v, s in zip(combinations, with_sku, strict=True)),
        others=draw(kept_of_product),
    )


@st.composite
def catalogs(draw):
    handles = draw(st.lists(st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,3})?", fullmatch=True), unique=True, max_size=4))
    found, number = {}, 0
    for place, handle in enumerate(handles):
        sheet = draw(sheets(handle))
        ids = tuple(VariantId(f"v{number + n}") for n in range(len(sheet.variants)))
        found[handle] = Known(id=ProductId(f"p{place}"), sheet=sheet, variant_ids=ids)
        number += len(ids)
    return found


def written(catalog, layout):
    target = io.StringIO()
    lines = csv.writer(target, lineterminator="\n")
    lines.writerow(layout.columns)
    for known in catalog.values():
        lines.writerows(write_lines(known.sheet, layout))
    return target.getvalue().encode()


@settings(max_examples=100)
@given(catalogs())
def test_reading_what_was_written_changes_nothing(catalog):
    sheets_ = [known.sheet for known in catalog.values()]
    others = [o for sheet in sheets_ for o in (sheet.others, *(variant.others for variant in sheet.variants))]
    layout = Layout(
        kept=kept_columns(name for each in others for name in each), digits=2, address="https://shop.example"
    )
    facts = Facts(
        digits=2,
        known=catalog,
        sku_owners={v.sku: known.id for known in catalog.values() for v in known.sheet.variants if v.sku},
        pictures={f"/media/{'a' * 64}.svg"},
        address="https://shop.example",
    )

    found = records(io.BytesIO(written(catalog, layout)))
    header, problems = read_header(next(found))
    read = [read_group(group, header, facts) for group in Groups(header, found)]

    assert problems == []
    assert all(isinstance(wanted, Wanted) for wanted in read), read
    assert [change_of(wanted, catalog[wanted.sheet.handle]) for wanted in read] == [None] * len(catalog)


@given(st.text(st.sampled_from("'=+-@＝a1 \t"), max_size=6))  # noqa: RUF001
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "＝"))  # noqa: RUF001


@given(st.text(max_size=60) | st.from_regex(r"(<[a-z]+ ?[a-z]*=?\"?|</[a-z]+>|[a-z&;<]|<!--)*", fullmatch=True))
def test_cleaning_html_again_changes_nothing(html):
    once = sanitized(html)

    assert sanitized(once) == once
    assert "<script" not in once.lower()


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(content):
    found = records(io.BytesIO(b"Handle,Title,Variant Price,Image Src\n" + content))
    header, _ = read_header(next(found))
    facts = Facts(digits=2, known={}, sku_owners={}, pictures=set())

    for group in Groups(header, found):
        assert isinstance(read_group(group, header, facts), Wanted | tuple)
