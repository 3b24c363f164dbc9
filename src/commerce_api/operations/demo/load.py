"""Opens the demonstration shop in an empty database."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.demo.orders import place_orders
from commerce_api.operations.demo.people import PASSWORD, DemoAccounts, demo_accounts, put_customers, put_staff
from commerce_api.operations.demo.products import Catalog
from commerce_api.operations.demo.settings import put_settings
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores import bulk, product_search

_FILES = files("commerce_api.operations.demo")
_CATALOG = ("camp", "trail", "kitchen", "pantry", "home")


async def load_demo(
    database: Database, opening: CartOpening, *, at: datetime, hash_password: Callable[[str], Awaitable[str]]
) -> DemoAccounts:
    """Fill a store that has no channel yet, in one transaction, and place orders; leave any other as it is. What every store
    starts with must be there.
    """
    async with database.transaction() as connection:
        roles = await bulk.role_ids(connection)
        is_new = await bulk.store_is_new(connection)
        if is_new:
            rows = demo_rows(roles, at, await hash_password(PASSWORD))
            await rows.copy(connection)
            await product_search.refresh_all(connection)
    if is_new:
        await place_orders(database, opening, at)
    return demo_accounts(roles)


def demo_rows(roles: Mapping[str, Any], at: datetime, password_hash: str) -> bulk.Rows:
    shop, rows = _read("shop.toml"), bulk.Rows()
    places = put_settings(rows, shop)
    catalog = [product for name in _CATALOG for product in _read(f"catalog/{name}.toml")["products"]]
    Catalog(rows, shop, places, at).put(catalog)
    put_customers(rows, places, password_hash, at)
    put_staff(rows, roles, password_hash, at)
    return rows


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FILES / name).read_text("utf-8"), parse_float=Decimal)
