"""Customers and their addresses as clients see them."""

from datetime import datetime
from typing import ClassVar, Self

import strawberry

from commerce_api.domain import customer as domain
from commerce_api.domain.address_book import AddressEntry
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.assistance import assistance_of
from commerce_api.persistence.readers.carts import CartFilter
from commerce_api.persistence.readers.credentials import second_factors_of
from commerce_api.persistence.readers.customer_details import accounts_of, challenges_of, contacts_of
from commerce_api.persistence.readers.customer_fields import fields_of_customers
from commerce_api.persistence.readers.customer_terms import agreed_with, open_with
from commerce_api.persistence.readers.customers import addresses_of, consents_of
from commerce_api.persistence.readers.payments import kept_cards
from commerce_api.persistence.readers.quotes import QuoteFilter
from commerce_api.persistence.readers.recent_orders import recently_ordered
from commerce_api.schema.address import Address
from commerce_api.schema.assistance import Assistance, AssistedSession, sessions_of
from commerce_api.schema.cart import Cart
from commerce_api.schema.cart_lists import cart_connection
from commerce_api.schema.context import Info
from commerce_api.schema.customer_details import Contact, CustomerAccount, CustomerChallenge
from commerce_api.schema.customer_fields import CustomerField
from commerce_api.schema.customer_terms import CustomerTerms
from commerce_api.schema.node import Node
from commerce_api.schema.order import Order
from commerce_api.schema.order_list import orders_of_customer
from commerce_api.schema.ordered_before import OrderedBefore
from commerce_api.schema.pagination import Connection
from commerce_api.schema.payment import PaymentMethod
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote import Quote
from commerce_api.schema.quote_lists import quote_connection
from commerce_api.schema.scalars import CurrencyCode, LanguageCode
from commerce_api.schema.second_factor import SecondFactor

ConsentKind = strawberry.enum(
    domain.ConsentKind, name="ConsentKind", description="What a customer can agree to, or not."
)
CustomerStatus = strawberry.enum(
    domain.CustomerStatus, name="CustomerStatus", description="Whether a customer may sign in."
)


@strawberry.type(description="An address in a customer's address book.")
class CustomerAddress(Node):
    prefix: ClassVar[str] = "adr"

    address: Address = strawberry.field(description="The address itself.")
    default_shipping: bool = strawberry.field(description="Offered first for shipping.")
    default_billing: bool = strawberry.field(description="Offered first for the bill.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, entry: AddressEntry) -> Self:
        return cls(
            key=entry.id,
            address=Address.of(entry.address),
            default_shipping=entry.default_shipping,
            default_billing=entry.default_billing,
            revision=entry.revision,
        )


@strawberry.type(description="What a customer decided last about one kind of consent.")
class Consent:
    kind: ConsentKind = strawberry.field(description="What it is about.")  # type: ignore[valid-type]  # made by a call
    granted: bool = strawberry.field(description="Agreed, or not (any more).")
    version: str = strawberry.field(description="Of the text that was agreed to; empty if it has none.")
    source: str = strawberry.field(description="Where it was said, such as `registration`.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, consent: domain.Consent) -> Self:
        return cls(
            kind=consent.kind,
            granted=consent.granted,
            version=consent.version,
            source=consent.source,
            at=consent.at,
        )


@strawberry.type(description="Somebody with an account.")
class Customer(Node):
    prefix: ClassVar[str] = "cus"

    email: str = strawberry.field(description="Mail address; identifies the account.")
    logon: str | None = strawberry.field(
        description="What the customer may sign in with instead of the mail address; null: nothing."
    )
    email_verified: bool = strawberry.field(description="Whether the address was confirmed by a link sent to it.")
    first_name: str = strawberry.field(description="Given name.")
    last_name: str = strawberry.field(description="Family name.")
    phone: str = strawberry.field(description="E.164, or empty.")
    language: LanguageCode | None = strawberry.field(description="Language for mail; null: the channel's own.")
    currency: CurrencyCode | None = strawberry.field(description="Preferred currency; null: the channel's own.")
    order_mail: bool = strawberry.field(description="Whether mail is wanted that tells what becomes of orders.")
    accepted_terms_version: str | None = strawberry.field(description="Version of the terms agreed to last.")
    created_at: datetime = strawberry.field(description="When the account was made.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")
    status: CustomerStatus = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="Whether the customer may sign in.", directives=[requires(Permission.FIND_CUSTOMERS)]
    )
    status_reason: str = strawberry.field(
        description="Why the customer may not sign in, or may again; empty if nobody said.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )

    @strawberry.field(description="What signing in takes beside the password; null: nothing.")
    async def second_factor(self, info: Info) -> SecondFactor | None:
        state = await info.context.load(second_factors_of, self.key)
        return SecondFactor.of(state) if state else None

    @strawberry.field(description="Terms on which the customer may pay later; null: none were agreed on.")
    async def terms(self, info: Info) -> CustomerTerms | None:
        agreed = await info.context.load(agreed_with, self.key)
        return CustomerTerms.of(agreed, await info.context.load(open_with, self.key) or {}) if agreed else None

    @strawberry.field(description="What staff may do in the customer's name.")
    async def assistance(self, info: Info) -> Assistance | None:
        found = await info.context.load(assistance_of, self.key)
        return Assistance.of(found) if found else None

    @strawberry.field(description="What was ordered lately, each variant once, the last ordered first, at most 50.")
    async def recently_ordered(self, info: Info) -> list[OrderedBefore]:
        return [OrderedBefore.of(row) for row in await info.context.load(recently_ordered, self.key) or ()]

    @strawberry.field(description="Sessions in which staff were in the shop in the customer's name, the last first.")
    async def assisted_sessions(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[AssistedSession]:
        return await sessions_of(info.context, self.key, (first, after, last, before))

    @strawberry.field(description="The address book, at most 100 entries, oldest first.")
    async def addresses(self, info: Info) -> list[CustomerAddress]:
        return [CustomerAddress.of(entry) for entry in await info.context.load(addresses_of, self.key) or ()]

    @strawberry.field(
        description="What custom fields say of the customer, each with why it is asked and until when it is kept, in the order of "
        "`customFields(owner: CUSTOMER)`."
    )
    async def fields(self, info: Info) -> list[CustomerField]:
        found = await info.context.load(fields_of_customers, self.key) or ()
        return [CustomerField.of(said, info.context.scope.language) for said in found]

    @strawberry.field(description="Other ways to reach the customer.", directives=[requires(Permission.FIND_CUSTOMERS)])
    async def contacts(self, info: Info) -> list[Contact]:
        return [Contact.of(one) for one in await info.context.load(contacts_of, self.key) or ()]

    @strawberry.field(
        description="The company's account that the customer buys for; null: none.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def account(self, info: Info) -> CustomerAccount | None:
        found = await info.context.load(accounts_of, self.key)
        return CustomerAccount.of(found) if found else None

    @strawberry.field(
        description="What a caller is asked to be known by; null: nothing.",
        directives=[requires(Permission.MANAGE_CUSTOMERS)],
    )
    async def challenge(self, info: Info) -> CustomerChallenge | None:
        found = await info.context.load(challenges_of, self.key)
        return CustomerChallenge.of(found) if found else None

    @strawberry.field(description="Carts that are not over, saved ones too, the last changed first.")
    async def carts(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Cart]:
        arguments = (first, after, last, before)
        return await cart_connection(info.context, CartFilter(), arguments, customer_id=self.key)

    @strawberry.field(description="Carts put aside under a name, the last changed first.")
    async def saved_carts(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Cart]:
        arguments = (first, after, last, before)
        return await cart_connection(info.context, CartFilter(saved=True), arguments, customer_id=self.key)

    @strawberry.field(description="What was ordered, the last placed first.")
    async def orders(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Order]:
        arguments = (first, after, last, before)
        return await orders_of_customer(info.context, self.key, arguments)

    @strawberry.field(description="What was offered at guaranteed prices, the newest first.")
    async def quotes(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Quote]:
        arguments = (first, after, last, before)
        return await quote_connection(info.context, QuoteFilter(), arguments, customer_id=self.key)

    @strawberry.field(description="Cards kept for the next time, masked, the default first.")
    async def payment_methods(self, info: Info) -> list[PaymentMethod]:
        rows = await info.context.load(kept_cards, self.key) or ()
        return [PaymentMethod.of(row, info.context.scope.at) for row in rows]

    @strawberry.field(description="The decisions in force, one for each kind that was ever decided.")
    async def consents(self, info: Info) -> list[Consent]:
        return [Consent.of(consent) for consent in await info.context.load(consents_of, self.key) or ()]

    @classmethod
    def of(cls, customer: domain.Customer) -> Self:
        return cls(
            key=customer.id,
            email=customer.email,
            logon=customer.logon,
            email_verified=customer.email_verified_at is not None,
            first_name=customer.first_name,
            last_name=customer.last_name,
            phone=customer.phone,
            language=LanguageCode(customer.language) if customer.language else None,
            currency=CurrencyCode(customer.currency) if customer.currency else None,
            order_mail=customer.order_mail,
            accepted_terms_version=customer.terms_version,
            created_at=customer.created_at,
            revision=customer.revision,
            status=customer.status,
            status_reason=customer.status_reason,
        )
