"""What staff send to change products."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET

from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import MediaId, ProductId, ProductTypeId, TaxClassId, VariantId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.product import (
    ArchiveProduct,
    CreateProduct,
    DeleteVariant,
    Picture,
    Product,
    Publication,
    PublishProduct,
    Relation,
    SaveVariants,
    Translation,
    UnpublishProduct,
    UpdateProduct,
    Variant,
)
from commerce_api.operations.products import Change
from commerce_api.schema.attribute_inputs import AttributeValueInput
from commerce_api.schema.catalog_enums import RelationKind, StockPolicy
from commerce_api.schema.catalog_intake import NEW, CatalogIntake, given
from commerce_api.schema.node import key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import LanguageCode, MoneyInput

MOST_VARIANTS_AT_ONCE = 100
IDEMPOTENCY_KEY = "A key of your own; with it the request can be repeated safely."
EXPECTED_REVISION = "The revision that you loaded; refused if it has changed since."


@strawberry.input(description="What something says of itself.")
class AttributeInput:
    code: str = strawberry.field(description="The attribute's code.")
    value: AttributeValueInput = strawberry.field(description="Its value.")


@strawberry.input(description="A picture of a product.")
class ProductMediaInput:
    media_id: strawberry.ID = strawberry.field(description="A picture that was uploaded or registered before.")
    alt: str = strawberry.field(default="", description="What it shows, for those who do not see it.")


@strawberry.input(description="Another product that goes with this one.")
class ProductRelationInput:
    kind: RelationKind = strawberry.field(description="In which way.")
    product_id: strawberry.ID = strawberry.field(description="Which one.")


@strawberry.input(description="A product's texts in another language.")
class ProductTranslationInput:
    language: LanguageCode = strawberry.field(description="Which language.")
    title: str = strawberry.field(description="The title.")
    description_html: str = strawberry.field(default="", description="HTML; whatever could do harm is taken out.")
    option_names: list[str] = strawberry.field(default_factory=list, description="All of them in order, or none.")
    seo_title: str = strawberry.field(default="", description="For search engines.")
    seo_description: str = strawberry.field(default="", description="For search engines.")


@strawberry.input(description="A variant's option values in another language.")
class VariantTranslationInput:
    language: LanguageCode = strawberry.field(description="Which language.")
    option_values: list[str] = strawberry.field(description="All of them in order.")


@strawberry.input(description="A variant that is new, or what is to change about one.")
class VariantInput:
    id: strawberry.ID | None = strawberry.field(
        default=None, description="Of one that is there; without it, a new one."
    )
    sku: str | None = strawberry.field(default=UNSET, description="Unique among living variants.")
    option_values: list[str] | None = strawberry.field(default=UNSET, description="One for each option of the product.")
    barcode: str | None = strawberry.field(default=UNSET, description="GTIN or the like.")
    weight: int | None = strawberry.field(default=UNSET, description="In grams.")
    requires_shipping: bool | None = strawberry.field(
        default=UNSET, description="Whether it is sent. It is unless you say."
    )
    taxable: bool | None = strawberry.field(default=UNSET, description="Whether it is taxed. It is unless you say.")
    stock_policy: StockPolicy | None = strawberry.field(default=UNSET, description="DENY unless you say.")
    backorder_limit: int | None = strawberry.field(
        default=UNSET, description="So many may be sold before they are here."
    )
    min_quantity: int | None = strawberry.field(
        default=UNSET, description="The smallest quantity that can be bought; 1."
    )
    max_quantity: int | None = strawberry.field(default=UNSET, description="The greatest per order; null for any.")
    quantity_step: int | None = strawberry.field(default=UNSET, description="Quantities go up in these steps; 1.")
    cost: MoneyInput | None = strawberry.field(
        default=UNSET,
        description="What a unit costs the shop, without tax: limits of staff with the floor COST hold prices above it. Null: nobody "
        "knows.",
        directives=[requires(Permission.READ_COSTS)],
    )
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="All of them.")
    media_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Its own picture.")
    successor_id: strawberry.ID | None = strawberry.field(default=UNSET, description="The variant that replaces it.")
    translations: list[VariantTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")


def attributes_of(raws: list[AttributeInput]) -> dict[str, Any]:
    return {raw.code: raw.value.plain() for raw in raws}


def _variant_readers(intake: CatalogIntake, path: tuple[str, ...]) -> Mapping[str, Callable[[Any], Any]]:
    def number(name: str) -> Callable[[Any], Any]:
        return lambda raw: None if raw is None else intake.number(raw, *path, name)

    return {
        "sku": lambda raw: intake.text(raw, *path, "sku", most=100) or None,
        "option_values": lambda raw: intake.texts(raw, *path, "optionValues"),
        "barcode": lambda raw: intake.text(raw, *path, "barcode", most=50),
        "weight": number("weight"),
        "requires_shipping": bool,
        "taxable": bool,
        "stock_policy": StockPolicy,
        "backorder_limit": number("backorderLimit"),
        "min_quantity": number("minQuantity"),
        "max_quantity": number("maxQuantity"),
        "quantity_step": number("quantityStep"),
        "cost": lambda raw: raw and intake.money(raw, *path, "cost"),
        "attributes": attributes_of,
        "media_id": lambda raw: intake.refer(raw, "med", *path, "mediaId"),
        "successor_id": lambda raw: intake.refer(raw, "var", *path, "successorId"),
        "translations": lambda raws: {
            raw.language: intake.texts(raw.option_values, *path, "translations", str(place), "optionValues")
            for place, raw in enumerate(raws)
        },
    }


def _new_variant(raw: VariantInput, intake: CatalogIntake, path: tuple[str, ...]) -> Variant:
    values = {"attributes": {}, "translations": {}, **given(raw, _variant_readers(intake, path))}
    return Variant(id=VariantId(NEW), **values)


@strawberry.input(description="A product, a draft until it is published.")
class CreateProductInput:
    title: str = strawberry.field(description="In the catalog's own language.")
    product_type_id: strawberry.ID = strawberry.field(description="Decides which attributes it has.")
    tax_class_id: strawberry.ID = strawberry.field(description="Decides how it is taxed.")
    handle: str | None = strawberry.field(default=UNSET, description="Unique; made of the title unless given.")
    description_html: str | None = strawberry.field(
        default=UNSET, description="HTML; whatever could do harm is taken out."
    )
    vendor: str | None = strawberry.field(default=UNSET, description="Who makes it or sells it.")
    tags: list[str] | None = strawberry.field(default=UNSET, description="Free keywords.")
    option_names: list[str] | None = strawberry.field(
        default=UNSET, description="What its variants differ in, at most three."
    )
    seo_title: str | None = strawberry.field(default=UNSET, description="For search engines.")
    seo_description: str | None = strawberry.field(default=UNSET, description="For search engines.")
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="All of them.")
    category_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="All categories that it is in."
    )
    collection_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="All collections that it is in."
    )
    media: list[ProductMediaInput] | None = strawberry.field(default=UNSET, description="All pictures in their order.")
    relations: list[ProductRelationInput] | None = strawberry.field(default=UNSET, description="All that goes with it.")
    translations: list[ProductTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")
    variants: list[VariantInput] = strawberry.field(default_factory=list, description="At most 100; add more later.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        intake = CatalogIntake()
        values = {"attributes": {}, **given(self, _product_readers(intake))}
        values["handle"] = intake.handle(values.get("handle"), self.title, "handle")
        if len(self.variants) > MOST_VARIANTS_AT_ONCE:
            intake.invalid(f"At most {MOST_VARIANTS_AT_ONCE} at once.", "variants")
        variants = [
            _new_variant(raw, intake, ("variants", str(place)))
            for place, raw in enumerate(self.variants[:MOST_VARIANTS_AT_ONCE])
        ]
        product = Product(id=ProductId(NEW), variants=tuple(variants), **values)
        return _change(intake, CreateProduct(product=product))


@strawberry.input(description="What is to change about a product; what is left out stays.")
class UpdateProductInput:
    product_id: strawberry.ID = strawberry.field(description="Which product.")
    title: str | None = strawberry.field(default=UNSET, description="In the catalog's own language.")
    product_type_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Decides which attributes it has."
    )
    tax_class_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Decides how it is taxed.")
    handle: str | None = strawberry.field(default=UNSET, description="Unique name for addresses.")
    description_html: str | None = strawberry.field(
        default=UNSET, description="HTML; whatever could do harm is taken out."
    )
    vendor: str | None = strawberry.field(default=UNSET, description="Who makes it or sells it.")
    tags: list[str] | None = strawberry.field(default=UNSET, description="Free keywords.")
    option_names: list[str] | None = strawberry.field(default=UNSET, description="As many as its variants have values.")
    seo_title: str | None = strawberry.field(default=UNSET, description="For search engines.")
    seo_description: str | None = strawberry.field(default=UNSET, description="For search engines.")
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="All of them.")
    category_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="All categories that it is in."
    )
    collection_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="All collections that it is in."
    )
    media: list[ProductMediaInput] | None = strawberry.field(default=UNSET, description="All pictures in their order.")
    relations: list[ProductRelationInput] | None = strawberry.field(default=UNSET, description="All that goes with it.")
    translations: list[ProductTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        intake = CatalogIntake()
        changes = given(self, _product_readers(intake))
        if "handle" in changes:
            changes["handle"] = intake.handle(changes["handle"], "", "handle")
        command = UpdateProduct(
            product_id=_product(self.product_id), changes=changes, expected_revision=self.expected_revision
        )
        return _change(intake, command)


def _product_readers(intake: CatalogIntake) -> Mapping[str, Callable[[Any], Any]]:
    return {
        "title": lambda raw: intake.text(raw, "title", required=True),
        "handle": str,
        "product_type_id": lambda raw: ProductTypeId(intake.refer(raw, "pty", "productTypeId") or NEW),
        "tax_class_id": lambda raw: TaxClassId(intake.refer(raw, "txc", "taxClassId") or NEW),
        "description_html": lambda raw: intake.html(raw, "descriptionHtml"),
        "vendor": lambda raw: intake.text(raw, "vendor"),
        "tags": lambda raw: intake.texts(raw, "tags"),
        "option_names": lambda raw: intake.texts(raw, "optionNames"),
        "seo_title": lambda raw: intake.text(raw, "seoTitle"),
        "seo_description": lambda raw: intake.text(raw, "seoDescription", most=500),
        "attributes": attributes_of,
        "category_ids": lambda raw: intake.refer_all(raw, "cat", "categoryIds"),
        "collection_ids": lambda raw: intake.refer_all(raw, "col", "collectionIds"),
        "media": lambda raws: tuple(_picture(raw, intake, place) for place, raw in enumerate(raws)),
        "relations": lambda raws: tuple(_relation(raw, intake, place) for place, raw in enumerate(raws)),
        "translations": lambda raws: tuple(_translation(raw, intake, place) for place, raw in enumerate(raws)),
    }


def _picture(raw: ProductMediaInput, intake: CatalogIntake, place: int) -> Picture:
    path = ("media", str(place))
    key = intake.refer(raw.media_id, "med", *path, "mediaId") or NEW
    return Picture(media_id=MediaId(key), alt=intake.text(raw.alt, *path, "alt", most=500))


def _relation(raw: ProductRelationInput, intake: CatalogIntake, place: int) -> Relation:
    key = intake.refer(raw.product_id, "prd", "relations", str(place), "productId") or NEW
    return Relation(kind=raw.kind, product_id=ProductId(key))


def _translation(raw: ProductTranslationInput, intake: CatalogIntake, place: int) -> Translation:
    path = ("translations", str(place))
    return Translation(
        language=raw.language,
        title=intake.text(raw.title, *path, "title", required=True),
        description_html=intake.html(raw.description_html, *path, "descriptionHtml"),
        option_names=intake.texts(raw.option_names, *path, "optionNames"),
        seo_title=intake.text(raw.seo_title, *path, "seoTitle"),
        seo_description=intake.text(raw.seo_description, *path, "seoDescription", most=500),
    )


def _product(raw: str) -> ProductId:
    """A wrong id is that of no product; the operation says so."""
    return ProductId(key_of(raw, "prd") or NEW)


def _change(intake: CatalogIntake, command: Any) -> Change | Refused:
    if intake.problems:
        return intake.refused()
    return Change(command=command, references=tuple(intake.references))


@strawberry.input(description="Variants of a product to add and to change, all or none.")
class SaveVariantsInput:
    product_id: strawberry.ID = strawberry.field(description="Which product.")
    variants: list[VariantInput] = strawberry.field(description="1 to 100 of them; first those with an id.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        intake = CatalogIntake()
        if not 1 <= len(self.variants) <= MOST_VARIANTS_AT_ONCE:
            intake.invalid(f"Between 1 and {MOST_VARIANTS_AT_ONCE}, please.", "variants")
        inputs = [(raw, ("variants", str(place))) for place, raw in enumerate(self.variants[:MOST_VARIANTS_AT_ONCE])]
        changed = tuple(
            (VariantId(key_of(raw.id, "var") or NEW), given(raw, _variant_readers(intake, path)))
            for raw, path in inputs
            if raw.id is not None
        )
        added = tuple(_new_variant(raw, intake, path) for raw, path in inputs if raw.id is None)
        command = SaveVariants(
            product_id=_product(self.product_id),
            changed=changed,
            added=added,
            expected_revision=self.expected_revision,
        )
        return _change(intake, command)


@strawberry.input(description="A variant to take away; orders keep their own copy of it.")
class DeleteVariantInput:
    product_id: strawberry.ID = strawberry.field(description="Which product.")
    variant_id: strawberry.ID = strawberry.field(description="Which of its variants.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        variant_id = VariantId(key_of(self.variant_id, "var") or NEW)
        command = DeleteVariant(
            product_id=_product(self.product_id), variant_id=variant_id, expected_revision=self.expected_revision
        )
        return Change(command=command)


@strawberry.input(description="From when until when a channel sells a product.")
class PublishProductInput:
    product_id: strawberry.ID = strawberry.field(description="Which product.")
    channel_id: strawberry.ID = strawberry.field(description="Which channel.")
    published_from: datetime = strawberry.field(description="From this moment on; it may be to come.")
    published_until: datetime | None = strawberry.field(default=None, description="Until before this moment.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        intake = CatalogIntake()
        publication = Publication(
            channel_id=intake.refer(self.channel_id, "chn", "channelId") or NEW,  # type: ignore[arg-type]  # a NewType
            published_from=self.published_from,
            published_until=self.published_until,
        )
        command = PublishProduct(
            product_id=_product(self.product_id), publication=publication, expected_revision=self.expected_revision
        )
        return _change(intake, command)


@strawberry.input(description="A channel that is not to sell a product any more.")
class UnpublishProductInput:
    product_id: strawberry.ID = strawberry.field(description="Which product.")
    channel_id: strawberry.ID = strawberry.field(description="Which channel.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        intake = CatalogIntake()
        channel_id: Any = intake.refer(self.channel_id, "chn", "channelId") or NEW
        command = UnpublishProduct(
            product_id=_product(self.product_id), channel_id=channel_id, expected_revision=self.expected_revision
        )
        return _change(intake, command)


@strawberry.input(description="A product to put away for good.")
class ArchiveProductInput:
    product_id: strawberry.ID = strawberry.field(description="Which product.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> Change | Refused:
        command = ArchiveProduct(product_id=_product(self.product_id), expected_revision=self.expected_revision)
        return Change(command=command)
