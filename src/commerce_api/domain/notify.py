"""Whether something that happens to an order is told by mail: as its customer prefers, or this once in another way (S2-08)."""

from dataclasses import field
from typing import ClassVar, Final

from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.value import value


class OrderMail(DescribedEnum):
    ORDER_CONFIRMATION = "ORDER_CONFIRMATION", "An order was placed."
    ORDER_CHANGED = "ORDER_CHANGED", "An order was changed."
    ORDER_CANCELED = "ORDER_CANCELED", "An order was canceled."


class EmailChoice(DescribedEnum):
    DEFAULT = "DEFAULT", "As the customer prefers."
    SEND = "SEND", "Send it, whatever the customer prefers."
    SUPPRESS = "SUPPRESS", "Do not send it."


@value
class Notify:
    """For one action only; what the customer prefers stays as it is. Without `to` it goes where mail about the order goes."""

    email: EmailChoice = EmailChoice.DEFAULT
    to: str = field(default="", repr=False)

    @property
    def overrides(self) -> bool:
        return self.email is not EmailChoice.DEFAULT or bool(self.to)


AS_PREFERRED: Final = Notify()


@value
class NotifyOverridden:
    """An event: once, the mail went or stayed away, or went elsewhere, because the one whom the log names wanted it so."""

    mail: OrderMail
    email: EmailChoice
    to: str = field(repr=False)


@value
class MailRequired(Refusal):
    """Registered customers get this mail in any case: the channel says so."""

    staff_only: ClassVar[bool] = True


@value
class Addressee:
    """Where the mail goes; empty: nowhere. With `preferred_by` it goes only if this customer likes such mail."""

    to: str
    preferred_by: CustomerId | None = None


def addressee(
    notify: Notify, mail: OrderMail, email: str, customer_id: CustomerId | None, required: frozenset[OrderMail]
) -> Addressee | Refusal:
    """`required` are mails that the law, or the channel, has every registered customer get."""
    has_to = mail in required and customer_id is not None
    if notify.email is EmailChoice.SUPPRESS:
        return MailRequired(path=("notify", "email")) if has_to else Addressee(to="")
    freely = has_to or notify.email is EmailChoice.SEND
    return Addressee(to=notify.to or email, preferred_by=None if freely else customer_id)
