"""For whom a cart is made, and what is known of them beforehand (S1-03)."""

from collections.abc import Iterator
from dataclasses import field

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.address import Address
from commerce_api.domain.cart import (
    CartCommand,
    PaymentInstruction,
    SetBillingAddress,
    SetBuyer,
    SetPaymentInstructions,
    SetShippingAddress,
    ValueSource,
)
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.payment import PaymentMethodKind
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.persistence.readers.assistance import Account, account_of
from commerce_api.persistence.unit_of_work import UnitOfWork

_KNOWN, _SAID = ValueSource.ACCOUNT, ValueSource.ENTERED


@value
class Buyer:
    """Without an `id` a guest. The rest is from the account, and can all be replaced in the cart."""

    id: CustomerId | None = None
    language: str | None = None
    currency: str | None = None
    email: str = ""
    phone: str = ""
    shipping: Address | None = None
    billing: Address | None = None
    payment: PaymentInstruction | None = field(default=None, repr=False)

    def known(self, email: str, phone: str) -> Iterator[CartCommand]:
        """What goes into the new cart; what was said comes before what is known."""
        if email or phone or self.email or self.phone:
            yield SetBuyer(
                email=email or self.email,
                phone=phone or self.phone,
                email_source=_KNOWN if self.email and not email else _SAID,
                phone_source=_KNOWN if self.phone and not phone else _SAID,
            )
        if self.shipping:
            yield SetShippingAddress(address=self.shipping, source=_KNOWN)
        if self.billing:
            yield SetBillingAddress(address=self.billing, source=_KNOWN)
        if self.payment:
            yield SetPaymentInstructions(instructions=(self.payment,))


async def buyer_of(uow: UnitOfWork, customer_id: CustomerId | None, channel: Channel) -> Buyer | Refused:
    """Who asks, or for whom staff ask. Shoppers fill in their carts themselves."""
    actor = uow.by.actor
    if not actor.is_staff:
        return Buyer(id=actor.customer_id)
    if actor.delegation is None and not actor.may_in(Permission.ACT_FOR_CUSTOMERS, channel.id):
        return refuse(Forbidden())
    served = customer_id or actor.on_behalf_of
    if served is None:
        return Buyer()
    account = await account_of(uow.connection, served, actor)
    if account is None:
        return refuse(NotFound(path=("customerId",)))
    return await acting.against(uow, served, ("customerId",)) or _buyer(uow, account, channel)


def _buyer(uow: UnitOfWork, account: Account, channel: Channel) -> Buyer:
    token = account.card_token
    paying = PaymentInstruction(id=uow.new_id(), method=PaymentMethodKind.CARD, card_token=token, source=_KNOWN)
    return Buyer(
        id=account.id,
        language=account.language if account.language in channel.languages else None,
        currency=account.currency if account.currency in channel.currencies else None,
        email=account.email,
        phone=account.phone,
        shipping=account.shipping,
        billing=account.billing,
        payment=paying if token else None,
    )
