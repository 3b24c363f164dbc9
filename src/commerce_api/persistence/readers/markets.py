"""What holds for all that is bought in a channel: the channel itself, which taxes are due where, and its ways of shipping.

It is asked for by statements that are sent anyway, of a database that says it each time; but it says only that nothing is
different, if all is made of the same versions of the same rows as what is known. PostgreSQL gives each version of a row a place
and the number of its transaction, which no other version has.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    FromClause,
    LargeBinary,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
)

from commerce_api.domain.address import Address
from commerce_api.domain.channel import Channel
from commerce_api.domain.priced_cart import MarketFacts
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.readers.channels import channel_document, channel_of_document
from commerce_api.persistence.rows import among, documents
from commerce_api.persistence.tables.channels import (
    channel_locations,
    channels,
    shipping_methods,
    shipping_rates,
    tax_rates,
    zone_areas,
)
from commerce_api.persistence.tables.custom_fields import custom_fields

_MOST: Final = 64
"""Markets kept by a process. One takes some ten kilobytes."""
_CHANNEL: Final = bindparam("channel_id", type_=Uuid())
_home = select(channels.c.countries[1]).where(channels.c.id == _CHANNEL).scalar_subquery()
_here = or_(among(zone_areas.c.country, "countries"), zone_areas.c.country == _home)
_areas = cart_facts.areas_where(_here)
_rates = cart_facts.rates_in(_areas)
_offered = (shipping_methods.c.channel_id == _CHANNEL, shipping_methods.c.active == true())
_priced = shipping_rates.join(shipping_methods, shipping_methods.c.id == shipping_rates.c.shipping_method_id)


class Asked(NamedTuple):
    """Which market: `countries` are those that taxes and shipping are asked for beside the channel's own, `sent` whether ways of
    shipping are.
    """

    channel_id: UUID
    currency: str
    language: str
    countries: tuple[str, ...]
    sent: bool


class Market(NamedTuple):
    """`facts` are without variants and prices."""

    version: bytes
    channel: Channel
    facts: MarketFacts


_NOTHING: Final = b""
_kept: OrderedDict[Asked, Market] = OrderedDict()


def _versions(table: Table, *conditions: ColumnElement[bool], within: FromClause | None = None) -> ColumnElement[str]:
    place: ColumnElement[Any] = literal_column(f"{table.name}.ctid")
    transaction: ColumnElement[Any] = literal_column(f"{table.name}.xmin")
    listed = select(func.string_agg(func.concat(place, transaction), ""))
    return listed.select_from(within if within is not None else table).where(*conditions).scalar_subquery()


def market_columns(*, sent: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Its `version`, and all that is `said` of it unless it is the `known` one. `parameters` are to be given."""
    said: dict[str, Select[Any]] = {"channel": channel_document(_CHANNEL), "areas": select(_areas), "rates": _rates}
    made_of = [
        _versions(channels, channels.c.id == _CHANNEL),
        _versions(channel_locations, channel_locations.c.channel_id == _CHANNEL),
        _versions(custom_fields),
        _versions(zone_areas, _here),
        _versions(tax_rates, *cart_facts.in_force(_areas)),
    ]
    if sent:
        said["methods"] = cart_facts.METHODS
        of_method = (*_offered, among(shipping_rates.c.currency, "currencies"))
        made_of += [_versions(shipping_methods, *_offered), _versions(shipping_rates, *of_method, within=_priced)]
    listed = [part for each in made_of for part in (each, "|")]
    versions = select(func.sha256(cast(func.concat(*listed), LargeBinary)).label("version")).cte("versions")
    version = select(versions.c.version).scalar_subquery()
    every = func.jsonb_build_object(*(part for n, rows in said.items() for part in (n, documents(n, rows).element)))
    known = version == bindparam("known", type_=LargeBinary())
    return version.label("version"), case((known, null()), else_=cast(every, Text)).label("said")


def known(asked: Asked) -> Market | None:
    """As it was when it was read last."""
    if market := _kept.get(asked):
        _kept.move_to_end(asked)
    return market


def parameters(asked: Asked, market: Market | None) -> dict[str, Any]:
    """Of `market_columns`, for who knows a market."""
    return {
        "channel_id": asked.channel_id,
        "currencies": [asked.currency],
        "countries": list(asked.countries),
        "known": market.version if market else _NOTHING,
    }


def market_of(asked: Asked, row: Mapping[str, Any], market: Market | None) -> Market:
    """What the columns say to who knows `market`."""
    if row["said"] is None:
        assert market is not None  # noqa: S101 - it is told only that it is the known one
        return market
    said = orjson.loads(row["said"])
    channel = channel_of_document(said["channel"][0])
    home = Address(country=channel.countries[0])
    facts = cart_facts.market_of({"methods": [], **said}, channel, home, asked.currency, asked.language)
    _kept[asked] = new = Market(row["version"], channel, facts)
    if len(_kept) > _MOST:
        _kept.popitem(last=False)
    return new
