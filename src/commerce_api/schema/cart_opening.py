"""What clients send to begin a cart."""

import strawberry

from commerce_api.domain.address_rules import parse_phone
from commerce_api.domain.cart import MergeStrategy
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cart_opening import BindCart, CreateCart
from commerce_api.schema.cart_inputs import CartInput
from commerce_api.schema.node import key_of
from commerce_api.schema.ordering_inputs import CartLineInput, check_count, parse_lines
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode


@strawberry.input(
    description="A new cart. Signed in, it is your own; otherwise its token is the proof that it is yours."
)
class CreateCartInput:
    lines: list[CartLineInput] = strawberry.field(default_factory=list, description="What to begin with, at most 200.")
    currency: CurrencyCode | None = strawberry.field(default=None, description="Instead of the request's currency.")
    email: str | None = strawberry.field(default=None, description="Of the buyer.")
    phone: str | None = strawberry.field(default=None, description="Of the buyer, with + and the country's prefix.")
    customer_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The customer whose cart it will be, filled with what the account knows: mail, phone, default addresses "
        "and, if the customer agreed to that, the card that is offered first. Null: a guest's.",
        directives=[requires(Permission.ACT_FOR_CUSTOMERS)],
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; repeating the request gives the same cart and token again."
    )

    def parse(self, *, currency: str, language: str) -> CreateCart | Refused:
        intake = Intake()
        check_count(intake, self.lines, "lines", least=0)
        lines = parse_lines(intake, self.lines)
        customer_id = key_of(self.customer_id, "cus") if self.customer_id else None
        if self.customer_id and customer_id is None:
            intake.add(NotFound(path=("customerId",)))
        command = CreateCart(
            currency=self.currency,
            usual_currency=currency,
            language=language,
            lines=lines,
            email=parse_email(intake, self.email, "email") if self.email else "",
            phone=parse_phone(intake, intake.text(self.phone, "phone", most=40), "ZZ", "phone"),
            customer_id=CustomerId(customer_id) if customer_id else None,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Make a guest's cart a customer's own.")
class BindCartInput(CartInput):
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    strategy: MergeStrategy | None = strawberry.field(
        default=None, description="What becomes of the two if the customer has an open cart; needed only then."
    )

    def parse(self) -> BindCart:
        customer, wanted = key_of(self.customer_id, "cus"), self.changes()
        return BindCart(
            cart_id=wanted.cart_id,
            customer_id=CustomerId(customer) if customer else None,
            strategy=self.strategy,
            expected_revision=self.expected_revision,
        )
