"""Whether the books are right after a load: nothing sold twice, nothing taken from a shelf for nobody, no money without an order."""

import asyncio

import asyncpg

_SECONDS_TO_FINISH = 30
_FAULTS = {
    "shelves that promise more than lies on them": """
        SELECT count(*) FROM stock_levels WHERE allocated > greatest(on_hand - unavailable, 0)""",
    "shelves that promise something else than orders were given": """
        SELECT count(*) FROM stock_levels s LEFT JOIN (
            SELECT variant_id, location_id, sum(quantity) AS given FROM allocations WHERE source = 'ON_HAND' GROUP BY 1, 2
        ) AS a USING (variant_id, location_id) WHERE s.allocated <> coalesce(a.given, 0)""",
    "lines of orders that have something else from shelves than was ordered": """
        SELECT count(*) FROM order_lines l LEFT JOIN (
            SELECT order_line_id, sum(quantity) AS given FROM allocations GROUP BY 1
        ) AS a ON a.order_line_id = l.id WHERE l.quantity <> coalesce(a.given, 0)""",
    "orders of carts that had been ordered before": "SELECT count(cart_id) - count(DISTINCT cart_id) FROM orders",
    "payments that stand otherwise at the bank than in the ledger": """
        SELECT count(*) FROM sandbox_operations s FULL JOIN payment_transactions t ON t.id::text = s.key
        WHERE s.status IS DISTINCT FROM 'APPROVED' OR t.status IS DISTINCT FROM 'SUCCEEDED'""",
    "orders without a payment": """
        SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM payments p WHERE p.order_id = o.id)""",
}
_SOLD = "SELECT count(DISTINCT order_id), coalesce(sum(quantity), 0) FROM order_lines"


async def faults(raw: asyncpg.Connection) -> list[str]:
    """What is wrong, and how often."""
    found = [(await raw.fetchval(sql), what) for what, sql in _FAULTS.items()]
    return [f"{count:,} {what}" for count, what in found if count]


async def checked(dsn: str, *, orders: int | None = None) -> str:
    """A sentence that says so, once whatever was under way has come to its end; a fault ends the run. `orders`: so many there are."""
    raw = await asyncpg.connect(dsn)
    try:
        for _ in range(_SECONDS_TO_FINISH):
            if not (wrong := await faults(raw)):
                break
            await asyncio.sleep(1)
        found, units = await raw.fetchrow(_SOLD)
    finally:
        await raw.close()
    if orders not in (None, found):
        wrong.append(f"{orders:,} orders were placed as their buyers were told, and {found:,} are there")
    if wrong:
        raise SystemExit(f"The books are wrong: {'; '.join(wrong)}.")
    return (
        f"The books afterwards: {found:,} orders of {units:,} articles, as many gone from the shelves, each once; "
        "no shelf oversold, no cart ordered twice, each payment approved by the bank as the ledger has it."
    )
