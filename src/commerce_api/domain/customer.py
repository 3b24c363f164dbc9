"""Customers: who they are, and what they agreed to. Events hold ids and names of fields, never what stands in them."""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddressEntry
from commerce_api.domain.custom_field import Said
from commerce_api.domain.decision import Decision, Refusal, check_revision
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import ChannelId, CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import replace, value


class CustomerStatus(DescribedEnum):
    ENABLED = "ENABLED", "May sign in."
    DISABLED = "DISABLED", "May not sign in; all sessions have ended."


class ConsentKind(DescribedEnum):
    """What can be agreed to. TERMS carry a version; all others are marketing and off until switched on."""

    TERMS = "TERMS", "The shop's terms."
    EMAIL_MARKETING = "EMAIL_MARKETING", "Advertising by mail."
    SMS_MARKETING = "SMS_MARKETING", "Advertising by text message."
    PHONE_MARKETING = "PHONE_MARKETING", "Advertising by telephone."
    POST_MARKETING = "POST_MARKETING", "Advertising by post."
    PROFILING = "PROFILING", "Being shown what fits earlier purchases."


@value
class Consent:
    kind: ConsentKind
    granted: bool
    version: str
    source: str
    at: datetime


@value
class Customer:
    id: CustomerId
    email: str
    logon: str | None = None
    email_verified_at: datetime | None
    first_name: str
    last_name: str
    phone: str
    language: str | None
    currency: str | None
    order_mail: bool = True
    status: CustomerStatus
    status_reason: str = ""
    terms_version: str | None
    channel_id: ChannelId
    created_at: datetime
    revision: int


OPEN_FOR: Final = timedelta(hours=1)
"""So long a customer stays open for whoever opened the record."""


def unmasked(actor: Actor, id: CustomerId, channel_id: ChannelId, *, opened: bool) -> bool:
    """Oneself and whom one acts for; whom one may read and has opened, saying why. Programs need not say it (C.7)."""
    if id == actor.customer_id:
        return True
    reads = actor.may_in(Permission.READ_CUSTOMERS, channel_id)
    return reads and (opened or actor.kind is not ActorKind.STAFF)


def seen_by(actor: Actor, customer: Customer, *, opened: bool) -> Customer:
    """Masked unless `unmasked`: enough to recognize, too little to write to."""
    if unmasked(actor, customer.id, customer.channel_id, opened=opened):
        return customer
    mail, phone = masked_mail(customer.email), masked_phone(customer.phone)
    logon = customer.logon and masked_mail(customer.logon)
    return replace(customer, email=mail, phone=phone, logon=logon)


def masked_mail(address: str) -> str:
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}"


def masked_phone(phone: str) -> str:
    return f"***{phone[-3:]}" if phone else ""


def masked_entry(entry: AddressEntry) -> AddressEntry:
    """The town alone."""
    address = entry.address
    return replace(entry, address=Address(city=address.city, country=address.country))


@value
class UpdateProfile:
    """None leaves a field as it is."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    language: str | None = None
    currency: str | None = None
    order_mail: bool | None = None
    fields: tuple[Said, ...] = ()
    expected_revision: int | None = None


@value
class SetStatus:
    """`reason` is why; it stays on the customer, and out of the log."""

    status: CustomerStatus
    reason: str = field(default="", repr=False)
    expected_revision: int | None = None


@value
class CustomerRegistered:
    fields: tuple[str, ...] = ()


@value
class EmailVerified:
    pass


@value
class PasswordChanged:
    """`by_mail`: by the link of a mail instead of the old password."""

    by_mail: bool


@value
class PasswordResetSent:
    """Staff had a link mailed."""


@value
class ProfileChanged:
    fields: tuple[str, ...]


@value
class StatusChanged:
    status: CustomerStatus


@value
class CustomerOpened:
    """A member of staff sees the customer unmasked until then; why stands with the opening."""

    opening_id: UUID
    until: datetime


@value
class CustomersSearched:
    """By which keys, and how many that showed."""

    keys: tuple[str, ...]
    found: int


@value
class ConsentGiven:
    kind: ConsentKind
    version: str = ""


@value
class ConsentWithdrawn:
    kind: ConsentKind


@value
class NotMarketing(Refusal):
    """Terms are accepted with `acceptTerms`, and cannot be taken back."""


@value
class SelfDealing(Refusal):
    """This is your own account as a customer. Somebody else of the staff has to do this."""

    staff_only: ClassVar[bool] = True


PROFILE = ("first_name", "last_name", "phone", "language", "currency", "order_mail")


def update_profile(customer: Customer, command: UpdateProfile) -> tuple[Customer, Decision[ProfileChanged]]:
    """The customer as changed, and what to tell of it."""
    if stale := check_revision(customer.revision, command.expected_revision):
        return customer, stale
    given = {name: getattr(command, name) for name in PROFILE if getattr(command, name) is not None}
    changed = {name: text for name, text in given.items() if text != getattr(customer, name)}
    told = (*changed, *names_of(command.fields))
    return replace(customer, **changed), [ProfileChanged(fields=told)] if told else []


def names_of(said: Iterable[Said]) -> tuple[str, ...]:
    """Of the custom fields that something is said in."""
    return tuple(f"fields.{each.code}" for each in said)


def set_status(customer: Customer, command: SetStatus) -> tuple[Customer, Decision[StatusChanged]]:
    if stale := check_revision(customer.revision, command.expected_revision):
        return customer, stale
    if customer.status is command.status:
        return customer, []
    changed = replace(customer, status=command.status, status_reason=command.reason)
    return changed, [StatusChanged(status=command.status)]
