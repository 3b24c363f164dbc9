"""Links to carts, as clients make and use them."""

from datetime import datetime
from typing import Any, Final, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cart_sharing import OpenSharedCart, ShareCart
from commerce_api.schema.cart import Cart
from commerce_api.schema.cart_inputs import CartInput
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.permissions import requires

_MOST_DAYS: Final = 30


@strawberry.input(
    description="Make a link that opens a cart: a guest's for whoever has it, a customer's for the customer."
)
class ShareCartInput(CartInput):
    days: int = strawberry.field(default=7, description="How many days it is good for, between 1 and 30.")
    by_mail: bool = strawberry.field(
        default=False,
        description="Mail it to the buyer instead of showing it.",
        directives=[requires(Permission.ACT_FOR_CUSTOMERS)],
    )

    def parse(self) -> ShareCart | Refused:
        intake = Intake()
        if not 1 <= self.days <= _MOST_DAYS:
            intake.invalid("Between {least} and {most}, please.", "days", least=1, most=_MOST_DAYS)
            return intake.refused()
        return ShareCart(
            cart_id=self.changes().cart_id,
            days=self.days,
            by_mail=self.by_mail,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="The link, or the errors that prevented it.")
class ShareCartPayload:
    cart: Cart | None = strawberry.field(description="The cart.")
    token: str | None = strawberry.field(
        description="To be put into a link of the storefront's, behind the `#`; shown this once. Null if it was mailed."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, at: datetime) -> Self:
        shared = result_of(outcome)
        return cls(
            cart=Cart.of(shared.cart, at) if shared else None,
            token=shared and shared.token,
            errors=errors_of(outcome),
        )


@strawberry.input(description="Open a cart by a link.")
class OpenSharedCartInput:
    token: str = strawberry.field(description="From the link.")

    def parse(self) -> OpenSharedCart:
        return OpenSharedCart(token=self.token)
