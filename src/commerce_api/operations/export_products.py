"""The catalog as a product file: written page by page, nothing of it kept."""

import csv
from codecs import getwriter
from collections.abc import Callable
from typing import BinaryIO

from commerce_api.domain.actor import Attribution
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import Refused
from commerce_api.domain.permissions import Permission
from commerce_api.domain.product_csv.writing import Layout, kept_columns, write_lines
from commerce_api.operations.import_products import channel_and_currency
from commerce_api.persistence.readers.product_sheets import kept_names, sheets_after
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.import_references import desk_of


async def export_products(
    database: Database,
    by: Attribution,
    target: BinaryIO,
    *,
    channel_code: str | None = None,
    currency: str | None = None,
    address: str = "",
    progress: Callable[[int], None] | None = None,
) -> int | Refused:
    """Write all products and return how many. Costs are left out for those who may not read them.

    `address` is put before pictures that are kept here; `progress` is told the number of products after each page.
    """
    async with database.connection() as connection:
        found = await channel_and_currency(connection, channel_code, currency)
        if isinstance(found, Refused):
            return found
        channel, currency = found
        desk = await desk_of(connection, channel, currency)
        layout = Layout(
            kept=kept_columns(await kept_names(connection)),
            digits=DIGITS[currency],
            address=address,
            costs=by.actor.may(Permission.READ_COSTS),
        )
    written, last = 0, ""
    lines = csv.writer(getwriter("utf-8")(target), lineterminator="\n")
    lines.writerow(layout.columns)
    while True:
        async with database.connection() as connection:
            page = await sheets_after(connection, last, desk=desk, at=by.at)
        if not page:
            return written
        for known in page:
            lines.writerows(write_lines(known.sheet, layout))
        written, last = written + len(page), page[-1].sheet.handle
        if progress:
            progress(written)
