"""What clients send to move backorders to a cart of their own, and what they get."""

from datetime import datetime
from typing import Any, Self

import strawberry

from commerce_api.domain.ids import CartId
from commerce_api.operations.cart_splitting import SplitCart
from commerce_api.schema.cart import Cart
from commerce_api.schema.cart_inputs import CartInput
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.node import key_of


@strawberry.input(description="Which cart to divide.")
class SplitCartBackordersInput(CartInput):
    def parse(self) -> SplitCart:
        key = key_of(self.cart_id, "crt")
        return SplitCart(cart_id=CartId(key) if key else None, expected_revision=self.expected_revision)


@strawberry.type(description="Both carts as they are now, or the errors that prevented it.")
class SplitCartBackordersPayload:
    cart: Cart | None = strawberry.field(description="With what can come at once; null if nothing happened.")
    backorders: Cart | None = strawberry.field(description="The new one, with what is still to come in.")
    token: str | None = strawberry.field(
        description="Proof that the new cart is yours, to be sent as `X-Cart-Token`; shown this once. Null for a customer's cart."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, at: datetime) -> Self:
        done = result_of(outcome)
        return cls(
            cart=Cart.of(done.first, at) if done else None,
            backorders=Cart.of(done.second, at) if done else None,
            token=done.token if done else None,
            errors=errors_of(outcome),
        )
