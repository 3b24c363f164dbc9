"""Whoever reads the database, or a backup of it, can do nothing with what is there."""

import re

from tests import given
from tests.api.mails import latest_text
from tests.api.test_orders import ASK, place
from tests.api.test_passwords import ASK as ASK_FOR_RESET
from tests.api.test_registration import ACCEPTED, register
from tests.api.test_sign_in import sign_in
from tests.api.test_staff_sign_in import sign_in as sign_in_staff
from tests.buying import Shop

CREATE_KEY = """
mutation { createApiKey(input: {name: "erp", permissions: [READ_STOCK]}) { secret errors { code } } }
"""
CREATE_CART = "mutation { createCart(input: {}) { token errors { code } } }"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


async def everything(connection):
    """All rows of all tables, as text and with the bytes of hashes as text too."""
    tables = [row["relname"] for row in await connection.fetch(_TABLES)]
    texts = [await connection.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t") for table in tables]
    found = " ".join(text for text in texts if text)
    return found + " ".join(bytes.fromhex(run).decode("latin-1") for run in re.findall(r"\\x((?:[0-9a-f]{2})+)", found))


async def test_what_is_told_by_mail_is_in_no_row(api, connection, database, services, work):
    shop = await Shop.open(database)
    await given.customer(connection, "old@example.com", channel_id=shop.channel_id)
    rejected = await shop.cart((await shop.product(price=1000), 1), cards=("4000000000000002",))
    number = (await place(api, rejected))["order"]["number"]
    assert await register(api) == ACCEPTED
    await api.shop(ASK_FOR_RESET, email="old@example.com")
    await api.shop(ASK, input={"number": number, "email": "ada@example.com"})
    before = await everything(connection)
    await work()

    kinds = ("PAYMENT_REJECTED", "VERIFY_EMAIL", "RESET_PASSWORD")
    tokens = [re.search(r"mail_[\w-]{43}", await latest_text(services, kind)).group() for kind in kinds]
    (code,) = re.findall(r"\d{4} \d{4}", await latest_text(services, "ORDER_ACCESS_CODE"))

    rows = before + await everything(connection)
    assert "VERIFY_EMAIL" in rows
    assert [secret for secret in (*tokens, code, code.replace(" ", "")) if secret in rows] == []
    assert [token for token in tokens if token.removeprefix("mail_") in rows] == []


async def test_sessions_keys_challenges_and_carts_are_opened_by_nothing_in_a_row(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))
    await given.staff(connection, "MANAGE_API_KEYS", "READ_STOCK")
    session = (await sign_in(api))["session"]
    challenge = (await sign_in_staff(api))["challenge"]["token"]
    staff_id = await connection.fetchval("SELECT id FROM staff")
    clerk = api.as_(await given.staff_token(connection, staff_id))
    key = (await clerk.staff(CREATE_KEY))["createApiKey"]["secret"]
    cart = (await api.shop(CREATE_CART))["createCart"]["token"]

    rows = await everything(connection)

    secrets = (session["accessToken"], session["refreshToken"], challenge, key, cart, given.PASSWORD)
    assert all(secrets)
    assert [secret for secret in secrets if secret in rows or secret[-43:] in rows] == []
