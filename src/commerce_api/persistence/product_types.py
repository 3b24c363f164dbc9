"""Product types from their rows."""

from collections.abc import Sequence
from typing import Final

from commerce_api.domain.attribute import Attribute, ProductType
from commerce_api.domain.typed_value import AttributeKind
from commerce_api.persistence.sql import Row

ATTRIBUTE: Final = ("id", "code", "name", "kind", "choices", "of_variant", "required", "facet", "translations")


def product_type_of(row: Row, rows: Sequence[Row]) -> ProductType:
    return ProductType(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        revision=row["revision"],
        attributes=tuple(
            Attribute(
                **{name: each[name] for name in ATTRIBUTE}
                | {"kind": AttributeKind(each["kind"]), "choices": tuple(each["choices"])}
            )
            for each in rows
        ),
    )
