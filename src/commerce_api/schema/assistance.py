"""Help from staff, as clients see it."""

from typing import Self

import strawberry

from commerce_api.domain import assistance as domain
from commerce_api.operations.assistance import SetAssistance


@strawberry.type(description="What a customer lets staff do in the customer's name.")
class Assistance:
    allowed: bool = strawberry.field(description="Whether they may fill carts and place orders.")
    with_cards: bool = strawberry.field(description="Whether they may pay with kept cards, which they see masked.")

    @classmethod
    def of(cls, assistance: domain.Assistance) -> Self:
        return cls(allowed=assistance.allowed, with_cards=assistance.with_cards)


@strawberry.input(description="What staff may do in your name from now on.")
class SetAssistanceInput:
    allowed: bool = strawberry.field(description="Fill carts and place orders.")
    with_cards: bool = strawberry.field(default=False, description="And pay with the cards that you keep.")
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input answers again without acting again."
    )

    def parse(self) -> SetAssistance:
        wanted = domain.Assistance(allowed=self.allowed, with_cards=self.allowed and self.with_cards)
        return SetAssistance(assistance=wanted, expected_revision=self.expected_revision)
