"""Customers: who they are, and what they agreed to."""

from datetime import datetime
from enum import StrEnum

from commerce_api.domain.address import Address
from commerce_api.domain.ids import AddressId, ChannelId, CustomerId
from commerce_api.domain.value import value


class CustomerStatus(StrEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class ConsentKind(StrEnum):
    """What can be agreed to. TERMS carry a version; all others are marketing and off until switched on."""

    TERMS = "TERMS"
    EMAIL_MARKETING = "EMAIL_MARKETING"
    SMS_MARKETING = "SMS_MARKETING"
    PHONE_MARKETING = "PHONE_MARKETING"
    POST_MARKETING = "POST_MARKETING"
    PROFILING = "PROFILING"


@value
class Consent:
    kind: ConsentKind
    granted: bool
    version: str
    source: str
    at: datetime


@value
class AddressEntry:
    """An address in a customer's address book."""

    id: AddressId
    customer_id: CustomerId
    address: Address
    default_shipping: bool
    default_billing: bool
    revision: int


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
