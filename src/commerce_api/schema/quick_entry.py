"""Lines that are pasted into a cart, as clients send them and see what became of them."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.domain.quick_entry import LONGEST, MOST_LINES, Entered, read_lines
from commerce_api.operations.quick_entry import Answer, EnterLines
from commerce_api.schema.cart import Cart
from commerce_api.schema.cart_inputs import CartInput
from commerce_api.schema.errors import UserError, errors_of, present, result_of, warnings_of


@strawberry.input(description="Lines of a SKU and a quantity, as they are pasted or typed.")
class AddCartLinesBySkuInput(CartInput):
    text: str = strawberry.field(
        description="At most 250 lines such as `MUG-1 3`, `MUG-1; x3`, `3 x MUG-1` or `MUG-1`, which is one; tabs, commas and "
        "semicolons separate too. Lines of the same SKU add up, and a SKU in small letters finds the one in capitals."
    )
    all_or_nothing: bool = strawberry.field(
        default=False, description="Take nothing if there is anything wrong with one line."
    )

    def parse(self) -> EnterLines | Refused:
        intake = Intake()
        lines = read_lines(intake.text(self.text, "text", most=LONGEST, required=True))
        if len(lines) > MOST_LINES:
            intake.invalid(
                "At most {most} lines, please; these are {given}.", "text", most=MOST_LINES, given=len(lines)
            )
        command = EnterLines(
            cart_id=self.changes().cart_id,
            lines=lines,
            all_or_nothing=self.all_or_nothing,
            expected_revision=self.expected_revision,
        )
        return intake.refused() if intake.problems else command


@strawberry.type(description="What became of a line that was pasted.")
class QuickEntryResult:
    line: int = strawberry.field(description="Its number in the text, from 1, empty lines counted.")
    sku: str | None = strawberry.field(
        description="As it was understood, in the letters of the catalog; null if it was not."
    )
    quantity: int | None = strawberry.field(description="As it was understood; null if it was not.")
    text: str | None = strawberry.field(description="The line itself, if it was not understood.")
    added: bool = strawberry.field(description="Whether it is in the cart.")
    error: UserError | None = strawberry.field(
        description="Why it is not; null too if nothing was taken because of other lines."
    )

    @classmethod
    def of(cls, answer: Answer) -> Self:
        line = answer.line
        return cls(
            line=line.number,
            sku=line.sku if isinstance(line, Entered) else None,
            quantity=line.quantity if isinstance(line, Entered) else None,
            text=None if isinstance(line, Entered) else line.text,
            added=answer.added,
            error=present(replace(answer.refusal, path=())) if answer.refusal else None,
        )


@strawberry.type(
    description="The cart as it is now and what became of each line, or the errors that prevented all of it."
)
class AddCartLinesBySkuPayload:
    cart: Cart | None = strawberry.field(description="Null if nothing happened.")
    results: list[QuickEntryResult] = strawberry.field(description="One for each line that is not empty.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to know about what happened.")

    @classmethod
    def of(cls, outcome: Any, at: datetime) -> Self:
        entered = result_of(outcome)
        return cls(
            cart=Cart.of(entered.cart, at) if entered else None,
            results=[QuickEntryResult.of(answer) for answer in (entered.answers if entered else ())],
            errors=errors_of(outcome),
            warnings=warnings_of(outcome),
        )
