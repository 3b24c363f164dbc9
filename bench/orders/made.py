"""Made-up orders of any number, each with lines, a parcel, a payment and its keys: the same ones each time. Made by set, in
PostgreSQL, from what Python makes once for each customer.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from bench import customers_made
from bench.catalog import generate
from bench.orders import desk
from commerce_api.domain.address import Address
from commerce_api.domain.folding import spelled
from commerce_api.domain.order.keys import Findable, key_pieces, order_keys
from commerce_api.domain.order_number import order_number
from commerce_api.persistence.sql import Connection, Database

EVERY = timedelta(seconds=30)
"""So often an order is placed."""
PRODUCTS = 1_000
CUSTOMERS_PER_ORDER = 0.2
_GIFTS = 5
"""One order in so many goes to somebody else."""
_FIRST_NUMBER = 100_001
_BATCH = 10_000
_LONG = 3_600
"""Seconds: a million orders take longer than anything that a server asks."""
_FILLED = (
    "orders", "order_ship_groups", "order_lines", "order_ship_group_lines", "order_charges", "payments",
    "payment_transactions", "order_keys", "order_key_texts", "customers", "addresses", "customer_keys", "customer_names",
    *desk.TABLES,
)  # fmt: skip


async def fill(database: Database, orders: int, *, at: datetime) -> None:
    """Orders of a fifth as many customers in an empty store."""
    said = _Clock()
    await generate(database, products=PRODUCTS, at=at)
    await desk.prepare(database)
    customers = round(orders * CUSTOMERS_PER_ORDER)
    async with database.transaction() as connection:
        channels = [row["id"] for row in await connection.raw.fetch("SELECT id FROM channels ORDER BY code")]
        whole = await _take_down_indexes(connection)
        await customers_made.fill(connection, customers, channel_ids=channels, at=at)
        said("customers")
        await connection.raw.execute("ANALYZE customers")
        await connection.raw.execute(_HELPERS)
        await _put_buyers(connection, customers, at)
        await _put_numbers(connection, orders)
        await desk.put_words(connection)
        said("what orders are made of")
        for table, statement in _STATEMENTS.items():
            filled = statement.format(orders=orders, customers=customers, at=at.isoformat())
            await connection.raw.execute(filled, timeout=_LONG)
            said(table)
        for definition in whole:
            await connection.raw.execute(definition, timeout=_LONG)
        said("indexes")


class _Clock:
    def __init__(self) -> None:
        self._since = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        print(f"  {what}: {now - self._since:.0f} s", flush=True)
        self._since = now


async def _put_buyers(connection: Connection, customers: int, at: datetime) -> None:
    """Each customer by number, with the address that orders are billed to, and another that gifts go to; the keys of both."""
    made = list(customers_made.customers(customers, at=at))
    buyers, keys, texts = [], [], set[str]()
    as_bought = [_keys(each, ship_to=()) for each in made]
    as_sent = [_keys(each, ship_to=(each.address,)) for each in made]
    for number, each in enumerate(made):
        friend = Random(number).randrange(customers)
        for gift, sent in ((False, as_sent[number]), (True, as_sent[friend])):
            own = as_bought[number] | sent
            keys += [(number, gift, key, shown) for key, shown in own.items()]
            texts.update(own)
        buyers.append((number, each.id, each.email, each.phone, each.address, made[friend].address))
    articles = await connection.raw.fetch("SELECT sku FROM articles")
    texts |= {"k" + spelled(row["sku"]) for row in articles}
    columns = ["number", "id", "email", "phone", "bill_to", "gift_to"]
    for start in range(0, customers, _BATCH):
        await connection.raw.copy_records_to_table("buyers", columns=columns, records=buyers[start : start + _BATCH])
    await connection.raw.copy_records_to_table(
        "buyer_keys", columns=["number", "gift", "key", "value"], records=keys, timeout=_LONG
    )
    pieces = [(key, key_pieces(key)) for key in sorted(texts)]
    await connection.raw.copy_records_to_table(
        "order_key_texts", columns=["key", "pieces"], records=pieces, timeout=_LONG
    )
    await connection.raw.execute(
        "ALTER TABLE buyer_keys ADD PRIMARY KEY (number, gift, key); ANALYZE buyers; ANALYZE buyer_keys", timeout=_LONG
    )


def _keys(each: customers_made.Made, ship_to: tuple[Address, ...]) -> dict[str, str]:
    """Of who buys, or of who is sent to: all but the number and the articles, which differ with each order."""
    nothing: dict[str, Any] = {"number": "", "email": "", "phone": "", "bill_to": None, "skus": (), "attributes": {}}
    buyer = {"email": each.email, "phone": each.phone, "bill_to": each.address}
    return order_keys(Findable(**nothing | ({} if ship_to else buyer), ship_to=ship_to))


async def _put_numbers(connection: Connection, orders: int) -> None:
    numbers = ((n, order_number("E", _FIRST_NUMBER + n)) for n in range(orders))
    while batch := list(islice(numbers, _BATCH)):
        await connection.raw.copy_records_to_table("numbers", columns=["n", "number"], records=batch)


async def _take_down_indexes(connection: Connection) -> Sequence[str]:
    """Indexes are made much faster at the end. What comes back makes them again."""
    found = await connection.raw.fetch(
        "SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY ($1) AND NOT i.indisprimary AND NOT i.indisunique",
        list(_FILLED),
    )
    for row in found:
        await connection.raw.execute(f"DROP INDEX {row['name']}")
    await connection.raw.execute("SET LOCAL session_replication_role = replica")  # what is made refers to what is there
    await connection.raw.execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '256MB'")
    return [row["definition"] for row in found]


_HELPERS = """
CREATE TEMP TABLE buyers (number int PRIMARY KEY, id uuid, email text, phone text, bill_to jsonb, gift_to jsonb);
CREATE TEMP TABLE buyer_keys (number int, gift boolean, key text COLLATE "C", value text);
CREATE TEMP TABLE numbers (n int PRIMARY KEY, number text);
CREATE FUNCTION pg_temp.made_id(at timestamptz, kind int, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8'
        || lpad(to_hex(n), 15, '0'))::uuid
$$;
CREATE FUNCTION pg_temp.chance(n bigint, about int) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
    SELECT (hashint8extended(n, about) & 4294967295) / 4294967296.0
$$;
CREATE TEMP TABLE articles AS SELECT (row_number() OVER (ORDER BY v.sku))::int - 1 AS number, v.id, v.sku, v.product_id, p.title
    FROM variants v JOIN products p ON p.id = v.product_id;
ALTER TABLE articles ADD PRIMARY KEY (number); ANALYZE articles;
CREATE TEMP TABLE making (n int PRIMARY KEY, id uuid, at timestamptz, buyer int, gift boolean);
"""
_STATEMENTS = {
    "orders": """
INSERT INTO making SELECT n, pg_temp.made_id(at, 1, n), at, (power(pg_temp.chance(n, 1), 1.3) * {customers})::int % {customers},
    pg_temp.chance(n, 2) < 0.2
FROM (SELECT n, timestamptz '{at}' - make_interval(secs => 30.0 * ({orders} - n)) AS at FROM generate_series(0, {orders} - 1) AS n) AS o;
ANALYZE making;
INSERT INTO orders (id, number, channel_id, customer_id, state, email, phone, language, currency, prices_include_tax, rounding,
    rounding_level, subtotal, discount_total, shipping_total, charge_total, tax_total, total, billing_address, terms_version, origin,
    shipping_policy, placed_at, updated_at, payment_due_at, payment_reminder_hours, po_number, tags, priority, version)
SELECT m.id, s.number, c.channel_id, CASE WHEN pg_temp.chance(n, 3) < 0.7 THEN b.id END,
    (ARRAY['CONFIRMED', 'CONFIRMED', 'SHIPPED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'PENDING', 'CANCELED', 'PAYMENT_REJECTED'])
        [1 + floor(9 * pg_temp.chance(n, 4))], b.email, b.phone, 'en', 'EUR', true, 'HALF_UP', 'LINE',
    amount, 0, 490, 0, (amount * 19) / 119, amount + 490, b.bill_to, '2026-01',
    jsonb_build_object('source', 'newsletter', 'channel', (ARRAY['WEB', 'APP', 'PHONE'])[1 + floor(3 * pg_temp.chance(n, 5))],
        'placed_by', 'CUSTOMER', 'staff_id', NULL), 'SHIP_TOGETHER', m.at, m.at + interval '1 minute', m.at + interval '7 days',
    '{{24,48}}', CASE WHEN pg_temp.noted(n) THEN 'PO-' || n ELSE '' END,
    CASE WHEN pg_temp.noted(n) THEN ARRAY[pg_temp.tag(n)] ELSE '{{}}' END, pg_temp.priority(n),
    CASE WHEN pg_temp.edited(n) THEN 2 ELSE 1 END
FROM making m JOIN numbers s USING (n) JOIN buyers b ON b.number = m.buyer
JOIN customers k ON k.id = b.id CROSS JOIN LATERAL (SELECT k.channel_id, (500 + 40000 * pg_temp.chance(n, 6))::int AS amount) AS c
ORDER BY n""",
    "order_ship_groups": """
INSERT INTO order_ship_groups (id, order_id, position, address, method_code, method_name)
SELECT pg_temp.made_id(m.at, 2, n), m.id, 0, CASE WHEN gift THEN gift_to ELSE bill_to END, 'standard', 'Standard'
FROM making m JOIN buyers b ON b.number = m.buyer ORDER BY n""",
    "order_lines": """
INSERT INTO order_lines (id, order_id, position, variant_id, product_id, sku, name, options, weight, requires_shipping, quantity,
    unit_price, original_unit_price, subtotal, discount, tax, total, taxes, allocated, backordered)
SELECT pg_temp.made_id(m.at, 3, n * 8::bigint + line), m.id, line, a.id, a.product_id, a.sku, a.title, '[]', 500, true, 1,
    1000, 1000, 1000, 0, 160, 1000, '[]', 1 - owed.owed, owed.owed
FROM making m CROSS JOIN LATERAL generate_series(0, floor(4 * power(pg_temp.chance(n, 7), 2))::int) AS line
CROSS JOIN LATERAL (SELECT (line = 0 AND pg_temp.waits(n))::int AS owed) AS owed
JOIN articles a ON a.number = floor(power(pg_temp.chance(n * 8::bigint + line, 8), 1.5) * (SELECT count(*) FROM articles))::int
ORDER BY n, line""",
    "order_ship_group_lines": """
INSERT INTO order_ship_group_lines (ship_group_id, order_line_id, quantity)
SELECT g.id, l.id, 1 FROM order_lines l JOIN order_ship_groups g ON g.order_id = l.order_id ORDER BY g.id, l.id""",
    "order_charges": """
INSERT INTO order_charges (id, order_id, ship_group_id, position, kind, name, amount, original_amount, tax, taxes)
SELECT pg_temp.made_id(at, 4, n), id, pg_temp.made_id(at, 2, n), 0, 'SHIPPING', 'Standard', 490, 490, 78, '[]' FROM making ORDER BY n""",
    "payments": """
INSERT INTO payments (id, order_id, attempt, position, method, card, amount, created_at)
SELECT pg_temp.made_id(m.at, 5, n), m.id, 1, 0, 'CARD', jsonb_build_object('brand', 'VISA', 'last_four',
    lpad(floor(10000 * pg_temp.chance(buyer, 9))::text, 4, '0'), 'expiry_month', 12, 'expiry_year', 2030, 'holder', ''), o.total, m.at
FROM making m JOIN orders o USING (id) ORDER BY n""",
    "payment_transactions": """
INSERT INTO payment_transactions (id, payment_id, kind, status, amount, provider_reference, created_at, updated_at)
SELECT pg_temp.made_id(at, 6, n), p.id, 'AUTHORIZE', 'SUCCEEDED', p.amount, 'made_' || n, at, at
FROM making m JOIN payments p ON p.id = pg_temp.made_id(m.at, 5, m.n) ORDER BY n""",
    **desk.STATEMENTS,
    "order_keys": f"""
INSERT INTO order_keys (order_id, key, value, recency)
SELECT * FROM (SELECT m.id, k.key, k.value, -(extract(epoch FROM m.at) * 1000000)::bigint
FROM making m JOIN buyer_keys k ON k.number = m.buyer AND k.gift = m.gift
UNION ALL
SELECT m.id, '#' || lower(replace(s.number, '-', '')), s.number, -(extract(epoch FROM m.at) * 1000000)::bigint
FROM making m JOIN numbers s USING (n)
UNION ALL
SELECT DISTINCT l.order_id, 'k' || lower(replace(l.sku, '-', '')), l.sku,
    -(extract(epoch FROM o.placed_at) * 1000000)::bigint
FROM order_lines l JOIN orders o ON o.id = l.order_id
UNION ALL
SELECT id, key, value, -(extract(epoch FROM at) * 1000000)::bigint FROM ({desk.KEYS}) AS d (id, key, value, at)
) AS k ORDER BY 1, 2""",
}
