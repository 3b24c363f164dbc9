"""What is different between two versions of an order, as clients see it."""

from typing import Any, Self

import strawberry

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.custom_field import FieldOwner
from commerce_api.domain.money import decimal_of
from commerce_api.domain.order import difference_words
from commerce_api.domain.order.differences import (
    Difference,
    Form,
    OrderDifferenceKind,
    Part,
    differences,
    is_field,
    seen,
)
from commerce_api.persistence.readers.custom_fields import fields_of
from commerce_api.persistence.readers.order_versions import Past
from commerce_api.schema.context import Context, Info
from commerce_api.schema.node import global_id
from commerce_api.schema.scalars import JSON

strawberry.enum(OrderDifferenceKind, description="What happened to a part of an order.")
_OWNERS = (FieldOwner.ORDER, FieldOwner.ORDER_LINE)
_PREFIXES = {Part.LINE: "oln", Part.SHIP_GROUP: "osg", Part.PAYMENT: "pay"}


@strawberry.type(description="Something that is different between two versions of an order.")
class OrderDifference:
    found: strawberry.Private[Difference]
    currency: strawberry.Private[str]
    kind: OrderDifferenceKind = strawberry.field(description="What happened.")
    path: list[str] = strawberry.field(
        description="Where, in names of fields: `lines`, the id of the line, `quantity`. Lines, ship groups and payments are "
        "told by their ids, which stay the same as long as they exist."
    )
    before: JSON | None = strawberry.field(description="What it was: as the field of this name is, or null.")
    after: JSON | None = strawberry.field(description="What it is now: as the field of this name is, or null.")

    @strawberry.field(
        description="The same in words, in the language of the request: `Line 2 (Kettle): quantity 3 → 2`."
    )
    def label(self, info: Info) -> str:
        return difference_words.label(self.found, self.currency, info.context.scope.language)

    @classmethod
    def of(cls, found: Difference, currency: str) -> Self:
        return cls(
            found=found,
            currency=currency,
            kind=found.kind,
            path=list(_path(found)),
            before=_value(found, found.before, currency),
            after=_value(found, found.after, currency),
        )


async def between(context: Context, before: Past, after: Past) -> list[OrderDifference]:
    found = differences(before.snapshot, after.snapshot)
    fields = await context.load_many(fields_of, _OWNERS) if any(map(is_field, found)) else ()
    known = [field for of_one in fields for field in of_one or ()]
    told = seen(found, known, context.scope.language, by_staff=context.actor.at_desk)
    return [OrderDifference.of(each, after.order["currency"]) for each in told]


def _path(found: Difference) -> list[str]:
    path = [found.part.value] if found.part.value else []
    if found.id and found.part in _PREFIXES:
        path.append(global_id(_PREFIXES[found.part], found.id))
    elif found.id:
        path.append(str(found.number - 1))
    if found.line_id:
        path += ["lines", global_id("oln", found.line_id)]
    if found.aspect is None:
        return path
    code = [found.aspect.key] if found.aspect.form is Form.FIELD else []
    return [*path, *found.aspect.name.split("."), *code]


def _value(found: Difference, kept: Any, currency: str) -> JSON | None:
    if kept is None:
        return None
    if difference_words.form_of(found) is Form.AMOUNT:
        amount = decimal_of(kept, DIGITS[currency])
        return JSON({"amount": str(amount), "currencyCode": currency})
    if difference_words.form_of(found) is Form.ADDRESS:
        return JSON({_camel(name): part for name, part in kept.items()})
    return JSON(kept)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
