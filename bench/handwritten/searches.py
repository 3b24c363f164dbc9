"""Search with facets, in one statement."""

import re
from collections import defaultdict
from functools import cache
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from bench.handwritten.shop import LISTS, PAGE, SOLD, Shop, answer, money, public

_BOUNDS = [step * 10**power for power in range(12) for step in (1, 2, 5)]
_RANGES = list(pairwise([0, *_BOUNDS]))
_KINDS = ("CATEGORY", "COLLECTION", "VENDOR", "TAG", "OPTION", "ATTRIBUTE")
_MOST_VALUES = 100


@cache
def _statement(words: int) -> str:
    meant = " && ".join(
        f"(to_tsquery('english', ${number}) || to_tsquery('simple', ${number} || '{':*' if number == words + 5 else ''}'))"
        for number in range(6, words + 6)
    )
    return f"""
    WITH {LISTS}, hits AS MATERIALIZED (
        SELECT p.id, p.handle, p.title, f.facets, offer.min_amount, offer.max_amount,
            (ts_rank(s.heads, {meant}) * 1e6)::bigint AS rank,
            EXISTS (
                SELECT FROM variants v WHERE v.product_id = p.id AND v.deleted_at IS NULL AND (
                    v.stock_policy = 'UNTRACKED'
                    OR EXISTS (
                        SELECT FROM stock_levels l WHERE l.variant_id = v.id AND l.location_id = ANY ($5)
                        AND l.on_hand - l.unavailable - l.safety_stock - l.allocated > coalesce((
                            SELECT sum(quantity) FROM reservations r WHERE r.variant_id = l.variant_id
                            AND r.location_id = l.location_id AND r.expires_at > $4), 0))
                    OR v.stock_policy = 'BACKORDER' AND (v.backorder_limit IS NULL OR v.backorder_limit > (
                        SELECT coalesce(sum(backordered), 0) FROM stock_levels l
                        WHERE l.variant_id = v.id AND l.location_id = ANY ($5))))
            ) AS sellable
        FROM product_search s JOIN products p ON p.id = s.product_id JOIN product_publications pub ON pub.product_id = p.id
        JOIN product_facets f ON f.product_id = p.id
        JOIN LATERAL (
            SELECT min_amount, max_amount FROM product_offers o JOIN lists ON lists.id = o.price_list_id
            WHERE o.product_id = p.id ORDER BY precedence LIMIT 1
        ) AS offer ON true
        WHERE s.language = $3 AND s.words @@ ({meant}) AND {SOLD}
    ), counted AS MATERIALIZED (
        SELECT facet, count(*) AS count FROM hits, unnest(facets) AS facet GROUP BY facet
    )
    SELECT
        (SELECT json_agg(json_build_array(top.id, handle, coalesce(nullif(t.title, ''), top.title), min_amount, max_amount)
                ORDER BY rank DESC, top.id DESC)
            FROM (SELECT * FROM hits ORDER BY rank DESC, id DESC LIMIT {PAGE + 1}) AS top
            LEFT JOIN product_translations t ON t.product_id = top.id AND t.language = $3) AS page,
        (SELECT count(*) FROM hits) AS total,
        (SELECT count(*) FROM hits WHERE sellable) AS sellable,
        (SELECT json_agg(json_build_array(bucket, count) ORDER BY bucket) FROM (
            SELECT width_bucket(min_amount, ARRAY{_BOUNDS}::bigint[]) AS bucket, count(*) FROM hits GROUP BY 1) AS b) AS prices,
        (SELECT json_agg(json_build_array(facet, count)) FROM counted) AS facets,
        (SELECT json_object_agg(id, coalesce(translations -> $3 ->> 'name', name)) FROM categories
            WHERE 'CATEGORY' || chr(31) || chr(31) || id IN (SELECT facet FROM counted)) AS categories,
        (SELECT json_object_agg(code, coalesce(translations -> $3 ->> 'name', name)) FROM attributes) AS attributes
    """


async def search(request: Request) -> Response:
    shop: Shop = request.app.state.shop
    words = re.findall(r"[^\W_]+", orjson.loads(await request.body())["search"].lower())
    async with shop.pool.acquire() as connection:
        row = await connection.fetchrow(_statement(len(words)), *shop.asked(), *words)
    found = orjson.loads(row["page"] or "[]")
    return answer(
        {
            "products": {
                "nodes": [_hit(shop.currency, *hit) for hit in found[:PAGE]],
                "totalCount": row["total"],
                "pageInfo": {"hasNextPage": len(found) > PAGE},
                "facets": {
                    "facets": _facets(row),
                    "priceRanges": [
                        {
                            "from": money(_RANGES[bucket][0], shop.currency),
                            "below": money(_RANGES[bucket][1], shop.currency),
                            "count": count,
                        }
                        for bucket, count in orjson.loads(row["prices"] or "[]")
                    ],
                    "stock": {"inStock": row["sellable"], "outOfStock": row["total"] - row["sellable"]},
                },
            }
        }
    )


def _hit(currency: str, id_: str, handle: str, title: str, least: int, most: int) -> dict[str, Any]:
    prices = {"min": money(least, currency), "max": money(most, currency)}
    return {"id": public("prd", UUID(id_)), "handle": handle, "title": title, "priceRange": prices}


def _facets(row: Any) -> list[dict[str, Any]]:
    categories, attributes = orjson.loads(row["categories"] or "{}"), orjson.loads(row["attributes"] or "{}")
    groups: dict[tuple[int, str], list[tuple[int, str, str]]] = defaultdict(list)
    for facet, count in orjson.loads(row["facets"] or "[]"):
        kind, name, value = facet.split("\x1f")
        label = categories[value] if kind == "CATEGORY" else value
        groups[_KINDS.index(kind), name].append((-count, label, value))
    return [
        {
            "kind": _KINDS[kind],
            "name": name,
            "label": attributes.get(name, name),
            "values": [
                {"value": public("cat", UUID(value)) if kind == 0 else value, "label": label, "count": -count}
                for count, label, value in sorted(groups[kind, name])[:_MOST_VALUES]
            ],
        }
        for kind, name in sorted(groups)
    ]
