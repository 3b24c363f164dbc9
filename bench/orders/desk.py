"""What the desk adds to made-up orders: one in twenty is commented on and has numbers of others and a tag; one in fifty is held up, was
edited, or costs less than usual; one in a hundred waits for goods.
"""

from random import Random

from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.persistence.sql import Connection, Database

REASONS = ("CUSTOMER_REQUEST", "FRAUD_SUSPECTED", "PRICE_OVERRIDE_LIMIT")
TABLES = (
    "blocks", "order_comments", "order_comment_texts", "order_adjustments", "order_versions"
)  # fmt: skip
_WORDS = 2_000
_SYLLABLES = "ba de fi go ku la me ni po ru sa te vi wo xu ya ze bri cla dro fle gri pla sto tru".split()  # noqa: SIM905 - to be read
_NOBODY = '{{"kind": "SYSTEM", "id": null, "onBehalfOf": null}}'


async def prepare(database: Database) -> None:
    """Before orders are made."""
    await put_shipped_block_reasons(database)


async def put_words(connection: Connection) -> None:
    """What comments are made of."""
    chosen = Random(3)
    words = ["".join(chosen.choices(_SYLLABLES, k=3)) + str(number) for number in range(_WORDS)]
    await connection.raw.execute(_HELPERS)
    await connection.raw.copy_records_to_table("words", records=list(enumerate(words)))


_HELPERS = """
CREATE TEMP TABLE words (number int PRIMARY KEY, word text);
CREATE FUNCTION pg_temp.noted(n bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT pg_temp.chance(n, 10) < 0.05';
CREATE FUNCTION pg_temp.held_up(n bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT pg_temp.chance(n, 11) < 0.02';
CREATE FUNCTION pg_temp.waits(n bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT pg_temp.chance(n, 12) < 0.01';
CREATE FUNCTION pg_temp.edited(n bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT pg_temp.chance(n, 13) < 0.02';
CREATE FUNCTION pg_temp.cheaper(n bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT pg_temp.chance(n, 14) < 0.02';
CREATE FUNCTION pg_temp.priority(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN pg_temp.chance(n, 15) < 0.03
        THEN (ARRAY['URGENT', 'HIGH', 'LOW'])[1 + floor(3 * pg_temp.chance(n, 16))] ELSE 'NORMAL' END
$$;
CREATE FUNCTION pg_temp.tag(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT 'Tag ' || floor(40 * pg_temp.chance(n, 17) * pg_temp.chance(n, 18))
$$;
CREATE FUNCTION pg_temp.reason(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT (ARRAY['CUSTOMER_REQUEST', 'FRAUD_SUSPECTED', 'PRICE_OVERRIDE_LIMIT'])[1 + floor(3 * pg_temp.chance(n, 19))]
$$;
"""
STATEMENTS = {
    "order_comments": f"""
INSERT INTO order_comments (id, order_id, visibility, author, created_at)
SELECT pg_temp.made_id(at, 7, n), id, CASE WHEN n % 2 = 0 THEN 'INTERNAL' ELSE 'CUSTOMER' END, '{_NOBODY}', at
FROM making WHERE pg_temp.noted(n) ORDER BY n""",
    "order_comment_texts": """
INSERT INTO order_comment_texts (comment_id, number, body, at)
SELECT pg_temp.made_id(m.at, 7, n), 1, string_agg(w.word, ' ' ORDER BY place), m.at
FROM making m CROSS JOIN LATERAL generate_series(0, 9) AS place
JOIN words w ON w.number = floor(2000 * power(pg_temp.chance(n * 16::bigint + place, 20), 3))::int
WHERE pg_temp.noted(n) GROUP BY n, m.at ORDER BY n""",
    "order_adjustments": """
INSERT INTO order_adjustments (id, order_id, position, kind, target_id, original, amount, name, reason, by_kind, at, limits, beyond_limit)
SELECT pg_temp.made_id(at, 8, n), id, 0, 'LINE_PRICE', pg_temp.made_id(at, 3, n * 8::bigint), 1000, 900, '', 'GOODWILL', 'STAFF', at,
    '{{}}', pg_temp.held_up(n) FROM making WHERE pg_temp.cheaper(n) ORDER BY n""",
    "blocks": f"""
INSERT INTO blocks (id, order_id, reason_id, reason, kind, stops, ref, placed_by, placed_at)
SELECT pg_temp.made_id(at, 9, n), m.id, r.id, r.code, 'AUTOMATIC', '{{{{FULFILLMENT}}}}',
    CASE WHEN pg_temp.cheaper(n) THEN pg_temp.made_id(at, 8, n)::text END, '{_NOBODY}', at
FROM making m JOIN block_reasons r ON r.code = pg_temp.reason(n) WHERE pg_temp.held_up(n) ORDER BY n""",
    "order_versions": f"""
INSERT INTO order_versions (order_id, version, snapshot, total, actor, request_id, committed_at)
SELECT id, 2, '{{{{}}}}', 0, '{_NOBODY}', '', at + interval '1 hour' FROM making WHERE pg_temp.edited(n) ORDER BY n""",
}
KEYS = """
SELECT m.id, k.key, k.value, m.at FROM making m CROSS JOIN LATERAL (VALUES
    ('opo' || n, 'PO-' || n), ('qq' || n, 'Q' || n), ('t' || lower(pg_temp.tag(n)), pg_temp.tag(n))) AS k (key, value)
WHERE pg_temp.noted(n)
UNION ALL
SELECT DISTINCT ON (m.id, word) m.id, 'm' || word, left(t.body, 100), m.at
FROM making m JOIN order_comment_texts t ON t.comment_id = pg_temp.made_id(m.at, 7, n)
CROSS JOIN LATERAL regexp_split_to_table(t.body, ' ') AS word
UNION ALL
SELECT m.id, k.key, pg_temp.reason(n), m.at FROM making m
CROSS JOIN LATERAL (VALUES ('b*'), ('b' || pg_temp.reason(n))) AS k (key) WHERE pg_temp.held_up(n)
UNION ALL
SELECT m.id, k.key, l.sku, m.at FROM making m JOIN order_lines l ON l.order_id = m.id AND l.position = 0
CROSS JOIN LATERAL (VALUES ('w*'), ('w' || lower(replace(l.sku, '-', '')))) AS k (key) WHERE pg_temp.waits(n)
"""
"""The order, its key, what that stands for, when it was placed."""
