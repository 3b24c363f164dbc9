"""What is said of a placed order and is no part of what was agreed on."""

from typing import Any, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.intake import Intake
from commerce_api.domain.order import attributes as domain
from commerce_api.domain.permissions import Permission
from commerce_api.operations.order_attributes import SetOrderAttributes
from commerce_api.schema.errors import UserError, errors_of
from commerce_api.schema.field_values import FieldValueInput, parse_fields
from commerce_api.schema.node import key_of
from commerce_api.schema.order import Order
from commerce_api.schema.particulars import Priority, parse_tags
from commerce_api.schema.permissions import requires

_DESK: Any = [requires(Permission.EDIT_ORDERS)]


@strawberry.input(description="What is said of an order. What is left out stays as it is.")
class SetOrderAttributesInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    priority: Priority | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=None, description="What staff attend to first.", directives=_DESK
    )
    tags: list[str] | None = strawberry.field(
        default=None,
        description="Words of staff, at most 20. Replaces those that there are.",
        directives=_DESK,
    )
    fields: list[FieldValueInput] | None = strawberry.field(
        default=None, description="Custom fields that are not commercial; those that are not named stay as they are."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if it is another by now, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> SetOrderAttributes | Refused:
        intake = Intake()
        key = key_of(self.order_id, "ord")
        said = domain.SetOrderAttributes(
            priority=self.priority,
            tags=parse_tags(intake, self.tags, "tags"),
            fields=parse_fields(intake, self.fields, "fields"),
        )
        command = SetOrderAttributes(
            order_id=OrderId(key) if key else None, expected_revision=self.expected_revision, said=said
        )
        return intake.refused() if intake.problems else command


@strawberry.type(description="The order as it is now, or the errors that prevented it.")
class SetOrderAttributesPayload:
    order: Order | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, order: Order | None) -> Self:
        return cls(order=order, errors=errors_of(outcome))
