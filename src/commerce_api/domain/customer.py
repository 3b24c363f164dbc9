"""Customers: who they are, and what they agreed to. Events hold ids and names of fields, never what stands in them."""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from commerce_api.domain.actor import Actor
from commerce_api.domain.decision import Decision, Refusal, check_revision
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import ChannelId, CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value


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
    email_verified_at: datetime | None
    first_name: str
    last_name: str
    phone: str
    language: str | None
    currency: str | None
    status: CustomerStatus
    terms_version: str | None
    channel_id: ChannelId
    created_at: datetime
    revision: int


def seen_by(actor: Actor, customer: Customer) -> Customer:
    """Oneself and whom one may read as they are; others masked: enough to recognize, too little to write to (C.7)."""
    channels = actor.channels_with(Permission.READ_CUSTOMERS)
    if customer.id == actor.customer_id or channels is None or customer.channel_id in channels:
        return customer
    name, _, host = customer.email.partition("@")
    return replace(
        customer,
        email=f"{name[:1]}•••@{host[:1]}•••",
        last_name=f"{customer.last_name[:1]}•••" if customer.last_name else "",
        phone=f"•••{customer.phone[-2:]}" if customer.phone else "",
    )


@value
class UpdateProfile:
    """None leaves a field as it is."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    language: str | None = None
    currency: str | None = None
    expected_revision: int | None = None


@value
class SetStatus:
    status: CustomerStatus
    expected_revision: int | None = None


@value
class CustomerRegistered:
    pass


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


PROFILE = ("first_name", "last_name", "phone", "language", "currency")


def update_profile(customer: Customer, command: UpdateProfile) -> tuple[Customer, Decision[ProfileChanged]]:
    """The customer as changed, and what to tell of it."""
    if stale := check_revision(customer.revision, command.expected_revision):
        return customer, stale
    given = {name: getattr(command, name) for name in PROFILE if getattr(command, name) is not None}
    changed = {name: text for name, text in given.items() if text != getattr(customer, name)}
    return replace(customer, **changed), [ProfileChanged(fields=tuple(changed))] if changed else []


def set_status(customer: Customer, command: SetStatus) -> tuple[Customer, Decision[StatusChanged]]:
    if stale := check_revision(customer.revision, command.expected_revision):
        return customer, stale
    if customer.status is command.status:
        return customer, []
    return replace(customer, status=command.status), [StatusChanged(status=command.status)]
