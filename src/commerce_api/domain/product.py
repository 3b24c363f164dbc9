"""Products and their variants: what is sold.

DRAFT ──publish──▶ ACTIVE ──archive──▶ ARCHIVED      An archived product is in no list any more; orders keep their own copy.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, TypeAlias

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.decision import Notice, Refusal
from commerce_api.domain.ids import (
    CategoryId,
    ChannelId,
    CollectionId,
    MediaId,
    ProductId,
    ProductTypeId,
    TaxClassId,
    VariantId,
)
from commerce_api.domain.value import value

MOST_OPTIONS: Final = 3
MOST_VARIANTS: Final = 2000


class RelationKind(StrEnum):
    CROSS_SELL = "CROSS_SELL"
    UP_SELL = "UP_SELL"
    ACCESSORY = "ACCESSORY"
    SUBSTITUTE = "SUBSTITUTE"


class ProductStatus(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


@value
class UnknownSku(Notice):
    """Nothing with the SKU {sku} is sold here."""

    sku: str


@value
class Variant:
    """`weight` in grams; quantities go from `min_quantity` in steps to `max_quantity`. `cost` is what a unit costs the shop, and
    in which currency. `translations` are option values by language.
    """

    id: VariantId
    sku: str | None = None
    option_values: tuple[str, ...] = ()
    barcode: str = ""
    weight: int = 0
    requires_shipping: bool = True
    taxable: bool = True
    stock_policy: StockPolicy = StockPolicy.DENY
    backorder_limit: int | None = None
    min_quantity: int = 1
    max_quantity: int | None = None
    quantity_step: int = 1
    cost: tuple[int, str] | None = None
    attributes: Mapping[str, Any]
    media_id: MediaId | None = None
    successor_id: VariantId | None = None
    translations: Mapping[str, tuple[str, ...]]
    revision: int = 0


@value
class Publication:
    """On sale in a channel in `[published_from, published_until)`."""

    channel_id: ChannelId
    published_from: datetime
    published_until: datetime | None = None


@value
class Picture:
    media_id: MediaId
    alt: str = ""


@value
class Relation:
    kind: RelationKind
    product_id: ProductId


@value
class Translation:
    language: str
    title: str
    description_html: str = ""
    option_names: tuple[str, ...] = ()
    seo_title: str = ""
    seo_description: str = ""


@value
class Product:
    id: ProductId
    handle: str
    product_type_id: ProductTypeId
    tax_class_id: TaxClassId
    title: str
    description_html: str = ""
    vendor: str = ""
    tags: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    seo_title: str = ""
    seo_description: str = ""
    attributes: Mapping[str, Any]
    status: ProductStatus = ProductStatus.DRAFT
    variants: tuple[Variant, ...] = ()
    publications: tuple[Publication, ...] = ()
    media: tuple[Picture, ...] = ()
    category_ids: tuple[CategoryId, ...] = ()
    collection_ids: tuple[CollectionId, ...] = ()
    relations: tuple[Relation, ...] = ()
    translations: tuple[Translation, ...] = ()
    revision: int = 1


@value
class CreateProduct:
    product: Product


@value
class UpdateProduct:
    """`changes` are fields of `Product` with their new values."""

    product_id: ProductId
    changes: Mapping[str, Any]
    expected_revision: int | None = None


@value
class SaveVariants:
    """Variants that are new, and `changes` to those that are there, by id."""

    product_id: ProductId
    added: tuple[Variant, ...] = ()
    changed: tuple[tuple[VariantId, Mapping[str, Any]], ...] = ()
    expected_revision: int | None = None


@value
class DeleteVariant:
    product_id: ProductId
    variant_id: VariantId
    expected_revision: int | None = None


@value
class PublishProduct:
    product_id: ProductId
    publication: Publication
    expected_revision: int | None = None


@value
class UnpublishProduct:
    product_id: ProductId
    channel_id: ChannelId
    expected_revision: int | None = None


@value
class ArchiveProduct:
    product_id: ProductId
    expected_revision: int | None = None


@value
class ProductCreated:
    product: Product


@value
class ProductUpdated:
    changes: Mapping[str, Any]


@value
class VariantSaved:
    variant: Variant


@value
class VariantDeleted:
    variant_id: VariantId


@value
class ProductPublished:
    publication: Publication


@value
class ProductUnpublished:
    channel_id: ChannelId


@value
class ProductArchived:
    pass


@value
class CatalogRefusal(Refusal):
    """The catalog does not allow this."""

    staff_only: ClassVar[bool] = True


@value
class HandleTaken(CatalogRefusal):
    """The handle {handle} is taken; choose another."""

    handle: str


@value
class SkuTaken(CatalogRefusal):
    """The SKU {sku} belongs to another variant."""

    sku: str


@value
class TooManyOptions(CatalogRefusal):
    """A product has at most three options."""


@value
class TooManyVariants(CatalogRefusal):
    """A product has at most 2000 variants."""


@value
class OptionsMismatch(CatalogRefusal):
    """A variant has one value for each option of its product."""


@value
class VariantExists(CatalogRefusal):
    """Another variant of the product has these option values."""


@value
class QuantityRulesConflict(CatalogRefusal):
    """The greatest quantity is not below the smallest, and both are at least one, as is the step."""


@value
class NothingToSell(CatalogRefusal):
    """A product needs a variant before it can be published."""


@value
class LastVariant(CatalogRefusal):
    """A published product keeps at least one variant; archive the product instead."""


@value
class ProductIsArchived(CatalogRefusal):
    """The product is archived and cannot be changed any more."""


@value
class PeriodEndsBeforeItBegins(CatalogRefusal):
    """The end comes after the beginning."""


@value
class RelatedToItself(CatalogRefusal):
    """A product does not go with itself."""


ProductCommand: TypeAlias = (
    UpdateProduct | SaveVariants | DeleteVariant | PublishProduct | UnpublishProduct | ArchiveProduct
)
ProductEvent: TypeAlias = (
    ProductCreated
    | ProductUpdated
    | VariantSaved
    | VariantDeleted
    | ProductPublished
    | ProductUnpublished
    | ProductArchived
)
