"""Kinds of products, and what products of a kind can say of themselves."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import strawberry

from commerce_api.domain.attribute import Attribute
from commerce_api.domain.attribute import ProductType as ProductTypeFound
from commerce_api.schema.catalog_enums import AttributeKind
from commerce_api.schema.node import Node
from commerce_api.schema.scalars import LanguageCode


@strawberry.type(description="A name and a description in one language.")
class NameTexts:
    language: LanguageCode | None = strawberry.field(description="Null for the catalog's own language.")
    name: str = strawberry.field(description="The name.")
    description_html: str = strawberry.field(description="As clean HTML; may be empty.")

    @classmethod
    def of(cls, texts: Any, language: str | None = None) -> Self:
        return cls(
            language=None if language is None else LanguageCode(language),
            name=texts.get("name", ""),
            description_html=texts.get("description_html", ""),
        )

    @classmethod
    def all_of(cls, translations: Mapping[str, Any]) -> list[Self]:
        return [cls.of(texts, language) for language, texts in sorted(translations.items())]


@strawberry.type(description="Something that products of a type, or their variants, can say of themselves.")
class AttributeDefinition(Node):
    prefix: ClassVar[str] = "att"

    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people, in the catalog's own language.")
    kind: AttributeKind = strawberry.field(description="What values it has.")
    choices: list[str] = strawberry.field(description="What a CHOICE offers.")
    of_variant: bool = strawberry.field(description="Whether variants have it, or products.")
    required: bool = strawberry.field(description="Whether it has to be given.")
    facet: bool = strawberry.field(description="Whether shoppers filter by it.")
    translations: list[NameTexts] = strawberry.field(description="Its name in other languages.")

    @classmethod
    def of(cls, found: Attribute) -> Self:
        return cls(
            key=found.id,
            code=found.code,
            name=found.name,
            kind=found.kind,
            choices=list(found.choices),
            of_variant=found.of_variant,
            required=found.required,
            facet=found.facet,
            translations=NameTexts.all_of(found.translations),
        )


@strawberry.type(description="A kind of product, with what its products can say of themselves.")
class ProductType(Node):
    prefix: ClassVar[str] = "pty"

    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    attributes: list[AttributeDefinition] = strawberry.field(description="In their order, at most 100.")
    revision: int = strawberry.field(description="Grows with every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, found: ProductTypeFound) -> Self:
        attributes = [AttributeDefinition.of(each) for each in found.attributes]
        return cls(key=found.id, code=found.code, name=found.name, attributes=attributes, revision=found.revision)
