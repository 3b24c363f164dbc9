"""How one action tells the customer, beside what the customer prefers (S2-08)."""

import strawberry

from commerce_api.domain import notify as domain
from commerce_api.domain.email import parse_email
from commerce_api.domain.intake import Intake

EmailChoice = strawberry.enum(
    domain.EmailChoice, name="EmailChoice", description="Whether a mail about an order is sent."
)
OrderMail = strawberry.enum(
    domain.OrderMail, name="OrderMail", description="Mails about orders that tell what happened."
)


@strawberry.input(
    description="How this one action is told by mail. What the customer prefers stays as it is.",
)
class NotifyInput:
    email: EmailChoice = strawberry.field(default=domain.EmailChoice.DEFAULT, description="Whether it is sent.")  # type: ignore[valid-type]  # made by a call
    to: str | None = strawberry.field(default=None, description="To this address instead of the order's, this once.")


def parse_notify(intake: Intake, raw: NotifyInput | None, *path: str) -> domain.Notify:
    """What stands in an input's `notify`."""
    if raw is None:
        return domain.AS_PREFERRED
    to = parse_email(intake, raw.to, *path, "to") if raw.to else ""
    if to and raw.email is domain.EmailChoice.SUPPRESS:
        intake.invalid("Nothing is sent, so there is no address to send it to; leave one of them out.", *path, "to")
    return domain.Notify(email=raw.email, to=to)
