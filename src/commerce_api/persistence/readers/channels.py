"""Channels by code."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commerce_api.domain.blocks import OrderChecks
from commerce_api.domain.card import CardBrand
from commerce_api.domain.channel import CapturePolicy, Channel, CrossBorder, QuotePrices, RoundingLevel
from commerce_api.domain.ids import ChannelId, StockLocationId
from commerce_api.domain.money import Rounding
from commerce_api.domain.notify import OrderMail
from commerce_api.domain.payment import PaymentMethodKind, PaymentRetries
from commerce_api.domain.payment_offers import AmountRange, PaymentAudience, PaymentOffer
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.persistence.readers.custom_fields import FIELDS_OF_ORDERS, field_of
from commerce_api.persistence.rows import read_back
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Database, Row, Statement
from commerce_api.persistence.tables.channels import channel_locations, channels
from commerce_api.persistence.tables.custom_fields import custom_fields

_place = channel_locations.c
_LOCATIONS = (
    select(func.array_agg(aggregate_order_by(_place.location_id, _place.position, _place.location_id)))
    .where(_place.channel_id == channels.c.id)
    .correlate(channels)
    .scalar_subquery()
)
_CHANNEL = (channels, _LOCATIONS.label("location_ids"), FIELDS_OF_ORDERS.label("fields"))
_BY_ID = Statement(select(*_CHANNEL).where(channels.c.id == bindparam("id")))
_BY_IDS = Statement(select(*_CHANNEL).where(channels.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))))
_EVERY = Statement(select(*_CHANNEL).order_by(channels.c.code))
_ALL = Statement(select(*_CHANNEL).where(channels.c.active == true()))
CHANNEL_TABLES: Final = frozenset({channels.name, channel_locations.name, custom_fields.name})
"""What a channel is read from."""


async def active_channels(database: Database) -> list[tuple[Channel, bool]]:
    """All active channels, each with whether it is the default one."""
    async with database.connection() as connection:
        return await active_channels_on(connection)


async def active_channels_on(connection: Connection) -> list[tuple[Channel, bool]]:
    """The same, within a transaction."""
    return [(_channel(row), row["is_default"]) for row in await connection.fetch(_ALL)]


async def open_channels(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Channel]:
    """Those of them that are active."""
    return {channel.id: channel for channel, _ in await active_channels(scope.database) if channel.id in ids}


async def all_channels(connection: Connection) -> list[Channel]:
    """Active or not, by code."""
    return [_channel(row) for row in await connection.fetch(_EVERY)]


async def channel_by_id(connection: Connection, id: UUID) -> Channel:
    """A channel that something belongs to, active or not."""
    row = await connection.fetch_one(_BY_ID, id=id)
    assert row is not None  # noqa: S101 - a foreign key says so
    return _channel(row)


async def channels_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Channel]:
    """Active or not: what belongs to a channel goes on doing so."""
    async with scope.database.connection() as connection:
        return {row["id"]: _channel(row) for row in await connection.fetch(_BY_IDS, ids=list(ids))}


def channel_document(id: ColumnElement[UUID]) -> Select[Any]:
    """To be selected as a document by a statement that is sent anyway."""
    return select(*_CHANNEL).where(channels.c.id == id)


def channel_of_document(kept: Mapping[str, Any]) -> Channel:
    return _channel({**kept, **read_back(channels, kept)})


def retries_of(row: Row | Mapping[str, Any]) -> PaymentRetries:
    """Of a channel, or as an order has kept them."""
    return PaymentRetries(
        limit=row["payment_attempt_limit"],
        pause_seconds=row["payment_pause_seconds"],
        reminder_hours=tuple(row["payment_reminder_hours"]),
    )


def _channel(row: Row | Mapping[str, Any]) -> Channel:
    return Channel(
        id=ChannelId(row["id"]),
        code=row["code"],
        name=row["name"],
        currencies=tuple(row["currencies"]),
        languages=tuple(row["languages"]),
        countries=tuple(row["countries"]),
        time_zone=row["time_zone"],
        prices_include_tax=row["prices_include_tax"],
        rounding=Rounding(row["rounding"]),
        rounding_level=RoundingLevel(row["rounding_level"]),
        cross_border=CrossBorder(row["cross_border"]),
        quote_prices=QuotePrices(row["quote_prices"]),
        quote_hold_percent=row["quote_hold_percent"],
        shipping_policy=ShippingPolicy(row["shipping_policy"]),
        order_prefix=row["order_prefix"],
        terms_version=row["terms_version"],
        capture_policy=CapturePolicy(row["capture_policy"]),
        location_ids=tuple(StockLocationId(UUID(str(id_))) for id_ in row["location_ids"] or ()),
        cart_days=row["cart_days"],
        checkout_minutes=row["checkout_minutes"],
        payment_retry_days=row["payment_retry_days"],
        cancel_minutes=row["cancel_minutes"],
        edit_minutes=row["edit_minutes"],
        retries=retries_of(row),
        checks=OrderChecks(**{"value_limits": {}, **row["order_checks"]}),
        payment_offers=tuple(map(_offer, row["payment_offers"])),
        required_mails=frozenset(map(OrderMail, row["required_mails"])),
        po_number_required=row["po_number_required"],
        order_reads_logged=row["order_reads_logged"],
        fields=tuple(map(field_of, row["fields"] or ())),
        active=row["active"],
        revision=row["revision"],
    )


def _offer(document: Mapping[str, Any]) -> PaymentOffer:
    return PaymentOffer(
        kind=PaymentMethodKind(document["kind"]),
        audience=PaymentAudience(document.get("audience", PaymentAudience.EVERYBODY)),
        days=document.get("days"),
        brands=frozenset(map(CardBrand, document.get("brands", ()))),
        names=document.get("names", {}),
        texts=document.get("texts", {}),
        amounts={currency: AmountRange(**range_) for currency, range_ in document.get("amounts", {}).items()},
    )
