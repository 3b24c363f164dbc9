"""Product files for tests of the rules: what is read of a text, and products to read it over."""

import io
from uuid import UUID

from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product_csv.columns import read_header
from commerce_api.domain.product_csv.groups import Groups
from commerce_api.domain.product_csv.lines import records
from commerce_api.domain.product_csv.reading import Facts, read_group
from commerce_api.domain.product_csv.sheet import Known, Sheet, SheetVariant, Wanted

LAMP = ProductId(UUID(int=1))
SMALL, LARGE = VariantId(UUID(int=11)), VariantId(UUID(int=12))
PICTURE = f"/media/{'a' * 64}.png"


def a_variant(**values):
    return SheetVariant(**{"others": {}, **values})


def a_sheet(*variants, **values):
    return Sheet(**{"handle": "lamp", "title": "Lamp", "variants": variants, "others": {}, **values})


def known(sheet, *variant_ids):
    return Known(id=LAMP, sheet=sheet, variant_ids=variant_ids)


TWO_SIZES = known(
    a_sheet(
        a_variant(sku="L-S", option_values=("S",), price=1_000),
        a_variant(sku="L-L", option_values=("L",), price=2_000),
        option_names=("Size",),
    ),
    SMALL,
    LARGE,
)


def opened(content):
    """The header of a file, what is wrong with it, and the records that follow."""
    text = content.encode() if isinstance(content, str) else content
    found = records(io.BytesIO(text) if isinstance(text, bytes) else text)
    return *read_header(next(found, None)), found


def groups(content):
    header, _, found = opened(content)
    return list(Groups(header, found))


def read(content, *products, **facts):
    """What a file says of each product, or what is wrong with it."""
    header, wrong, found = opened(content)
    assert wrong == []
    values = {"digits": 2, "sku_owners": {}, "pictures": {PICTURE}, **facts}
    about = Facts(known={product.sheet.handle: product for product in products}, **values)
    return [read_group(group, header, about) for group in Groups(header, found)]


def wanted(content, *products, **facts):
    """What a good file says of its only product."""
    (said,) = read(content, *products, **facts)
    assert isinstance(said, Wanted), said
    return said


def problems(content, *products, **facts):
    """What is wrong with a file's only product: line, column, code."""
    (said,) = read(content, *products, **facts)
    assert not isinstance(said, Wanted), said
    return [(problem.line, problem.column, problem.code.value) for problem in said]
