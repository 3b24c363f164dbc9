"""What staff send to arrange products."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import strawberry
from strawberry import UNSET

from commerce_api.domain.attribute import Attribute, ProductType
from commerce_api.domain.category import Category, Collection
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import AttributeId, CategoryId, CollectionId, ProductTypeId
from commerce_api.domain.typed_value import CODE
from commerce_api.operations.categories import CreateCategory, CreateCollection, Delete, UpdateArrangement
from commerce_api.operations.media import RegisterMedia
from commerce_api.operations.product_types import SaveProductType
from commerce_api.schema.catalog_enums import AttributeKind
from commerce_api.schema.catalog_intake import NEW, CatalogIntake, given
from commerce_api.schema.node import key_of
from commerce_api.schema.product_inputs import EXPECTED_REVISION, IDEMPOTENCY_KEY
from commerce_api.schema.scalars import LanguageCode


@strawberry.input(description="A name and a description in another language.")
class NameTranslationInput:
    language: LanguageCode = strawberry.field(description="Which language.")
    name: str = strawberry.field(description="The name.")
    description_html: str = strawberry.field(default="", description="HTML; whatever could do harm is taken out.")


def _arrangement_readers(intake: CatalogIntake) -> Mapping[str, Callable[[Any], Any]]:
    return {
        "name": lambda raw: intake.text(raw, "name", required=True),
        "handle": str,
        "description_html": lambda raw: intake.html(raw, "descriptionHtml"),
        "translations": lambda raws: {
            raw.language: {
                "name": intake.text(raw.name, "translations", str(place), "name", required=True),
                "description_html": intake.html(raw.description_html, "translations", str(place), "descriptionHtml"),
            }
            for place, raw in enumerate(raws)
        },
    }


def _category_readers(intake: CatalogIntake) -> Mapping[str, Callable[[Any], Any]]:
    return {
        **_arrangement_readers(intake),
        "parent_id": lambda raw: intake.refer(raw, "cat", "parentId"),
        "position": lambda raw: intake.number(raw, "position", least=-1_000_000, most=1_000_000),
    }


def _collection_readers(intake: CatalogIntake) -> Mapping[str, Callable[[Any], Any]]:
    return {
        **_arrangement_readers(intake),
        "product_ids": lambda raws: intake.refer_all(raws[:1000], "prd", "productIds"),
    }


@strawberry.input(description="A place in the tree of categories.")
class CreateCategoryInput:
    name: str = strawberry.field(description="In the catalog's own language.")
    handle: str | None = strawberry.field(default=UNSET, description="Unique; made of the name unless given.")
    parent_id: strawberry.ID | None = strawberry.field(default=UNSET, description="What it is below; null for the top.")
    position: int | None = strawberry.field(default=UNSET, description="Its place among its neighbors; 0.")
    description_html: str | None = strawberry.field(
        default=UNSET, description="HTML; whatever could do harm is taken out."
    )
    translations: list[NameTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> CreateCategory | Refused:
        intake = CatalogIntake()
        values = {"translations": {}, **given(self, _category_readers(intake))}
        values["handle"] = intake.handle(values.get("handle"), self.name, "handle")
        if intake.problems:
            return intake.refused()
        return CreateCategory(category=Category(id=CategoryId(NEW), **values), references=tuple(intake.references))


@strawberry.input(description="What is to change about a category; a new parent moves it with all below it.")
class UpdateCategoryInput:
    id: strawberry.ID = strawberry.field(description="Which category.")
    name: str | None = strawberry.field(default=UNSET, description="In the catalog's own language.")
    handle: str | None = strawberry.field(default=UNSET, description="Unique name for addresses.")
    parent_id: strawberry.ID | None = strawberry.field(default=UNSET, description="What it is below; null for the top.")
    position: int | None = strawberry.field(default=UNSET, description="Its place among its neighbors.")
    description_html: str | None = strawberry.field(
        default=UNSET, description="HTML; whatever could do harm is taken out."
    )
    translations: list[NameTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> UpdateArrangement | Refused:
        intake = CatalogIntake()
        return _update(self, intake, _category_readers(intake), "cat")


@strawberry.input(description="Products put together by hand.")
class CreateCollectionInput:
    name: str = strawberry.field(description="In the catalog's own language.")
    handle: str | None = strawberry.field(default=UNSET, description="Unique; made of the name unless given.")
    product_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="In their order, at most 1000."
    )
    description_html: str | None = strawberry.field(
        default=UNSET, description="HTML; whatever could do harm is taken out."
    )
    translations: list[NameTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> CreateCollection | Refused:
        intake = CatalogIntake()
        values = {"translations": {}, **given(self, _collection_readers(intake))}
        values["handle"] = intake.handle(values.get("handle"), self.name, "handle")
        if intake.problems:
            return intake.refused()
        collection = Collection(id=CollectionId(NEW), **values)
        return CreateCollection(collection=collection, references=tuple(intake.references))


@strawberry.input(description="What is to change about a collection.")
class UpdateCollectionInput:
    id: strawberry.ID = strawberry.field(description="Which collection.")
    name: str | None = strawberry.field(default=UNSET, description="In the catalog's own language.")
    handle: str | None = strawberry.field(default=UNSET, description="Unique name for addresses.")
    product_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="All, in their order, at most 1000."
    )
    description_html: str | None = strawberry.field(
        default=UNSET, description="HTML; whatever could do harm is taken out."
    )
    translations: list[NameTranslationInput] | None = strawberry.field(default=UNSET, description="All of them.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> UpdateArrangement | Refused:
        intake = CatalogIntake()
        return _update(self, intake, _collection_readers(intake), "col")


def _update(
    input: Any, intake: CatalogIntake, readers: Mapping[str, Callable[[Any], Any]], prefix: str
) -> UpdateArrangement | Refused:
    changes = given(input, readers)
    if "handle" in changes:
        changes["handle"] = intake.handle(changes["handle"], "", "handle")
    if intake.problems:
        return intake.refused()
    return UpdateArrangement(
        id=key_of(input.id, prefix) or NEW,
        changes=changes,
        expected_revision=input.expected_revision,
        references=tuple(intake.references),
    )


@strawberry.input(description="What to delete.")
class DeleteInput:
    id: strawberry.ID = strawberry.field(description="Which one.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self, prefix: str) -> Delete:
        return Delete(id=key_of(self.id, prefix) or NEW, expected_revision=self.expected_revision)


@strawberry.input(description="Something that products of a type, or their variants, can say of themselves.")
class AttributeDefinitionInput:
    code: str = strawberry.field(description="Stable name: small letters, digits and underscores.")
    name: str = strawberry.field(description="Name for people.")
    kind: AttributeKind = strawberry.field(description="What values it has.")
    choices: list[str] = strawberry.field(default_factory=list, description="What a CHOICE offers.")
    of_variant: bool = strawberry.field(default=False, description="Whether variants have it, or products.")
    required: bool = strawberry.field(default=False, description="Whether it has to be given.")
    facet: bool = strawberry.field(default=False, description="Whether shoppers filter by it.")
    translations: list[NameTranslationInput] = strawberry.field(default_factory=list, description="Of its name.")


@strawberry.input(description="A kind of product. Given an id, it is changed as a whole; without one it is made.")
class SaveProductTypeInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Of the one to change.")
    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    attributes: list[AttributeDefinitionInput] = strawberry.field(
        default_factory=list, description="All of them in their order, at most 100."
    )
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> SaveProductType | Refused:
        intake = CatalogIntake()
        codes = [raw.code for raw in self.attributes]
        if len(set(codes)) < len(codes) or len(codes) > 100:  # noqa: PLR2004 - said in the description
            intake.invalid("At most 100, each with a code of its own.", "attributes")
        product_type = ProductType(
            id=ProductTypeId(key_of(self.id or "", "pty") or NEW),
            code=intake.code(self.code, "code"),
            name=intake.text(self.name, "name", required=True),
            attributes=tuple(_attribute(raw, intake, place) for place, raw in enumerate(self.attributes)),
        )
        if intake.problems:
            return intake.refused()
        return SaveProductType(
            product_type=product_type, create=self.id is None, expected_revision=self.expected_revision
        )


def _attribute(raw: AttributeDefinitionInput, intake: CatalogIntake, place: int) -> Attribute:
    path = ("attributes", str(place))
    if not CODE.fullmatch(raw.code):
        intake.invalid("A small letter, then small letters, digits and underscores, at most 50.", *path, "code")
    if (raw.kind is AttributeKind.CHOICE) is not bool(raw.choices):
        intake.invalid("A CHOICE has choices, and nothing else has.", *path, "choices")
    return Attribute(
        id=AttributeId(NEW),
        code=raw.code,
        name=intake.text(raw.name, *path, "name", required=True),
        kind=raw.kind,
        choices=intake.texts(raw.choices, *path, "choices"),
        of_variant=raw.of_variant,
        required=raw.required,
        facet=raw.facet,
        translations={each.language: {"name": intake.text(each.name, *path, "name")} for each in raw.translations},
    )


@strawberry.input(description="A picture that is elsewhere on the web.")
class RegisterMediaInput:
    url: str = strawberry.field(description="Where it is, by https or http.")
    width: int | None = strawberry.field(default=None, description="In pixels, if known.")
    height: int | None = strawberry.field(default=None, description="In pixels, if known.")

    def parse(self) -> RegisterMedia | Refused:
        intake = CatalogIntake()
        url = intake.text(self.url, "url", most=2000, required=True)
        if not _is_web_address(url):
            intake.invalid("An address that starts with https:// or http://.", "url")
        for name, size in (("width", self.width), ("height", self.height)):
            if size is not None:
                intake.number(size, name, least=1, most=100_000)
        return intake.refused() if intake.problems else RegisterMedia(url=url, width=self.width, height=self.height)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
