"""A product file into the catalog: read as it comes, written in batches, nothing of it kept."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import BinaryIO, TypeAlias

from commerce_api.domain.actor import Attribution
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.product_csv.problems import Problem
from commerce_api.domain.value import value
from commerce_api.operations.product_import_run import ImportReport, ImportRun
from commerce_api.persistence.readers.channels import active_channels_on
from commerce_api.persistence.sql import Connection, Database
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class UnknownChannel(Refusal):
    """There is no channel “{channel}”."""

    channel: str
    staff_only = True


@value
class UnknownCurrency(Refusal):
    """The channel does not sell in {currency}."""

    currency: str
    staff_only = True


Progress: TypeAlias = Callable[[ImportReport], None]


async def import_products(
    database: Database,
    by: Attribution,
    source: BinaryIO,
    *,
    channel_code: str | None = None,
    currency: str | None = None,
    all_or_nothing: bool = False,
    address: str = "",
    progress: Progress | None = None,
) -> ImportReport | Refused:
    """Read `source` to its end. Prices are in `currency`, or the channel's first; `address` is the store's own.

    `progress` is told after each batch. With `all_or_nothing` and a problem, nothing is changed, and the report says so.
    """
    async with database.connection() as connection:
        found = await channel_and_currency(connection, channel_code, currency)
    if isinstance(found, Refused):
        return found
    channel, currency = found
    run = ImportRun(database, replace(by, channel_id=channel.id), channel, currency, address)

    async def tell(_: UnitOfWork, report: ImportReport, __: Sequence[Problem]) -> None:
        if progress:
            progress(report)

    return await (run.at_once(source, tell) if all_or_nothing else run.in_batches(source, tell))


async def channel_and_currency(
    connection: Connection, code: str | None, currency: str | None
) -> tuple[Channel, str] | Refused:
    """The channel with this code, or the default one, and one of its currencies."""
    found = await active_channels_on(connection)
    channel = next((channel for channel, default in found if channel.code == code or (not code and default)), None)
    if channel is None:
        return refuse(UnknownChannel(path=("channel",), channel=code or ""))
    if currency and currency not in channel.currencies:
        return refuse(UnknownCurrency(path=("currency",), currency=currency))
    return channel, currency or channel.currencies[0]
