"""What the format can say of a product. Two sheets are equal if nothing would change by importing one over the other."""

from collections.abc import Mapping

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.value import value


@value
class SheetImage:
    """`src` is an address elsewhere, or `/media/…` for a picture that is kept here."""

    src: str
    alt: str = ""


@value
class SheetVariant:
    """Amounts in minor units of the currency that the file is read in; None where the file says nothing.

    `others` are columns that mean nothing here and are kept for the next export.
    """

    sku: str | None = None
    option_values: tuple[str, ...] = ()
    grams: int = 0
    stock_policy: StockPolicy = StockPolicy.UNTRACKED
    quantity: int | None = None
    price: int | None = None
    compare_at: int | None = None
    lowest: int | None = None
    cost: int | None = None
    requires_shipping: bool = False
    taxable: bool = False
    barcode: str = ""
    image: str = ""
    others: Mapping[str, str]


@value
class Sheet:
    """`published` is meant for the channel that the file is read in, now."""

    handle: str
    title: str = ""
    body: str = ""
    vendor: str = ""
    type: str = ""
    tags: tuple[str, ...] = ()
    status: str = "ACTIVE"
    published: bool = True
    option_names: tuple[str, ...] = ()
    seo_title: str = ""
    seo_description: str = ""
    images: tuple[SheetImage, ...] = ()
    variants: tuple[SheetVariant, ...] = ()
    others: Mapping[str, str]


@value
class Known:
    """A product that is there already; `variant_ids` stand in the order of `sheet.variants`."""

    id: ProductId
    sheet: Sheet
    variant_ids: tuple[VariantId, ...]


@value
class Wanted:
    """What a file says of a product; None where a variant is new."""

    line: int
    sheet: Sheet
    variant_ids: tuple[VariantId | None, ...]
    variant_lines: tuple[int, ...]
