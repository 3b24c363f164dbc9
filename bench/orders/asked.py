"""What is looked for, and how it is asked of the program's own readers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.orders.desk import REASONS
from commerce_api.domain.conditions import AllOf
from commerce_api.domain.customer_find import Asked
from commerce_api.domain.customer_find import find as customer_find
from commerce_api.domain.customer_keys import CustomerKey
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.domain.order.finding import (
    Condition,
    MomentKind,
    OrderedThrough,
    OrderSort,
    Within,
    WithPriority,
)
from commerce_api.domain.order.keys import ANY, HasKey, OrderKey, plain_form
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.particulars import Priority
from commerce_api.domain.text_match import TextMatch
from commerce_api.persistence.lists import Part
from commerce_api.persistence.readers import order_finding, orders
from commerce_api.persistence.readers.customer_find import found_page
from commerce_api.persistence.readers.order_finding import Find
from commerce_api.persistence.readers.override_report import OverridesAsked, override_groups
from commerce_api.persistence.scope import Scope

PAGE = 10
"""As many as the desk shows at first."""
_LETTERS = 4
_SAMPLE = """
SELECT o.id, o.number, o.email, o.phone, o.placed_at, o.billing_address ->> 'last_name' AS last_name,
    g.address ->> 'last_name' AS ship_to, g.address ->> 'postal_code' AS postal_code, l.sku
FROM orders o JOIN order_ship_groups g ON g.order_id = o.id JOIN order_lines l ON l.order_id = o.id AND l.position = 0
WHERE o.id = ANY (ARRAY(SELECT id FROM orders ORDER BY hashtextextended(number, 7) LIMIT $1)) ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class Question:
    """`ask` takes a row of the sample `of` what it is about, and answers with what was found."""

    title: str
    ask: Callable[[Scope, Any], Awaitable[Sequence[Any]]]
    of: str = "orders"


BY_ID = "an order by its id"
_NOTED = """
SELECT o.id, o.placed_at, o.po_number, o.tags[1] AS tag, q.value AS quote_number, split_part(t.body, ' ', 1) AS word
FROM orders o JOIN order_keys q ON q.order_id = o.id AND q.key >= 'q' AND q.key < 'r'
JOIN order_comments c ON c.order_id = o.id JOIN order_comment_texts t ON t.comment_id = c.id
WHERE o.po_number <> '' ORDER BY hashtextextended(o.number, 7) LIMIT $1
"""
_CUSTOMERS = """
SELECT c.id, c.email, c.phone, c.first_name, c.last_name, a.address ->> 'postal_code' AS postal_code, a.address ->> 'city' AS city,
    a.address ->> 'company' AS company, k.number AS account, o.number
FROM customers c JOIN addresses a ON a.customer_id = c.id JOIN accounts k ON k.id = c.account_id
CROSS JOIN LATERAL (SELECT number FROM orders WHERE customer_id = c.id ORDER BY placed_at DESC LIMIT 1) AS o
ORDER BY hashtextextended(c.email, 7) LIMIT $1
"""


async def samples(connection: Any, size: int) -> dict[str, list[Any]]:
    """Orders from all over the store, the same ones each time; those of which the desk knows more; and customers of whom
    every key is known.
    """
    found = {"orders": _SAMPLE, "noted": _NOTED, "customers": _CUSTOMERS}
    return {of: await connection.fetch(query, size) for of, query in found.items()}


def questions() -> list[Question]:
    exact, start = TextMatch.EXACT, TextMatch.STARTS_WITH
    return [
        Question(BY_ID, _by_id),
        _by(OrderKey.NUMBER, exact, "number", lambda row: row["number"]),
        _by(OrderKey.EMAIL, exact, "mail address", lambda row: row["email"]),
        _by(OrderKey.PHONE, exact, "telephone, as dialed in its country", lambda row: "0" + row["phone"][3:]),
        _by(OrderKey.CUSTOMER_NAME, start, "name, four letters of it", lambda row: row["last_name"][:_LETTERS]),
        _by(OrderKey.SHIP_TO_NAME, start, "ship-to name, four letters of it", lambda row: row["ship_to"][:_LETTERS]),
        _by(OrderKey.SKU, exact, "article number", lambda row: row["sku"]),
        _by(OrderKey.POSTAL_CODE, exact, "postal code", lambda row: row["postal_code"]),
        Question("date range of an hour", _by_time),
        _noted(OrderKey.PO_NUMBER, exact, "number of the buyer's order", lambda row: row["po_number"]),
        _noted(OrderKey.QUOTE_NUMBER, exact, "number of its quote", lambda row: row["quote_number"]),
        _noted(OrderKey.TAG, exact, "tag", lambda row: row["tag"]),
        _noted(OrderKey.COMMENT, exact, "word of a comment", lambda row: row["word"]),
        _noted(OrderKey.COMMENT, start, "word of a comment, four letters of it", lambda row: row["word"][:_LETTERS]),
        Question("held up by a block", _of(HasKey(kind=OrderKey.BLOCK, match=exact, plain=ANY))),
        Question("held up for one reason", _held_up),
        Question("something has still to come in", _of(HasKey(kind=OrderKey.BACKORDER, match=exact, plain=ANY))),
        Question("urgent or of high priority", _of(WithPriority(priorities=(Priority.URGENT, Priority.HIGH)))),
        Question("ordered by telephone", _of(OrderedThrough(channels=(OrderingChannel.PHONE,)))),
        Question("edited within a day", _edited),
        _customer(CustomerKey.LOGON, exact, "email"),
        _customer(CustomerKey.EMAIL, exact, "email"),
        _customer(CustomerKey.PHONE, exact, "phone"),
        _customer(CustomerKey.FIRST_NAME, start, "first_name"),
        _customer(CustomerKey.LAST_NAME, start, "last_name"),
        _customer(CustomerKey.POSTAL_CODE, exact, "postal_code"),
        _customer(CustomerKey.CITY, exact, "city"),
        _customer(CustomerKey.COMPANY, exact, "company"),
        _customer(CustomerKey.ACCOUNT, exact, "account"),
        _customer(CustomerKey.ORDER_NUMBER, exact, "number"),
    ]


def _by(kind: OrderKey, match: TextMatch, title: str, text: Callable[[Any], str], of: str = "orders") -> Question:
    async def ask(scope: Scope, row: Any) -> Sequence[Any]:
        return await _found(scope, HasKey(kind=kind, match=match, plain=plain_form(kind, text(row))))

    return Question(title, ask, of)


def _noted(kind: OrderKey, match: TextMatch, title: str, text: Callable[[Any], str]) -> Question:
    return _by(kind, match, title, text, "noted")


def _of(condition: Condition) -> Callable[[Scope, Any], Awaitable[Sequence[Any]]]:
    """The same each time."""

    async def ask(scope: Scope, _: Any) -> Sequence[Any]:
        return await _found(scope, condition)

    return ask


async def _held_up(scope: Scope, row: Any) -> Sequence[Any]:
    reason = REASONS[row["id"].int % len(REASONS)]
    return await _found(scope, HasKey(kind=OrderKey.BLOCK, match=TextMatch.EXACT, plain=reason))


async def _edited(scope: Scope, row: Any) -> Sequence[Any]:
    start = row["placed_at"] - timedelta(hours=12)
    return await _found(scope, Within(kind=MomentKind.EDITED, start=start, end=start + timedelta(days=1)))


async def _report(scope: Scope, row: Any) -> Sequence[Any]:
    start = row["placed_at"] - timedelta(hours=12)
    made = {"start": start, "end": start + timedelta(days=1)}
    return await override_groups(scope, OverridesAsked(**made, agent_id=None, reason=None, channel_ids=None))


REPORT = Question("`overrideReport` of a day", _report)


def _customer(key: CustomerKey, match: TextMatch, column: str) -> Question:
    """Of what only has to fit at its beginning, four letters are given."""

    async def ask(scope: Scope, row: Any) -> Sequence[Any]:
        text = row[column] if match is TextMatch.EXACT else row[column][:_LETTERS]
        find = customer_find([Asked(key=key, text=text, mode=match)], Intake())
        if isinstance(find, Refused):
            raise SystemExit(f"{key} is not looked for by {text!r}: {find}")
        return await found_page(scope, find, limit=PAGE + 1, backward=False, position=None)

    how = "" if match is TextMatch.EXACT else ", four letters of it"
    return Question(f"customer: {key.lower().replace('_', ' ')}{how}", ask, "customers")


async def _by_id(scope: Scope, row: Any) -> Sequence[Any]:
    return list((await orders.orders_by_id(scope, [row["id"]])).values())


async def _by_time(scope: Scope, row: Any) -> Sequence[Any]:
    start = row["placed_at"] - timedelta(minutes=30)
    return await _found(scope, Within(kind=MomentKind.PLACED, start=start, end=start + timedelta(hours=1)))


async def _found(scope: Scope, condition: Condition) -> Sequence[Any]:
    """The first page, as the desk asks for it."""
    part = Part(chosen=Find.of(AllOf(parts=(condition,)), OrderSort.BEST_MATCH), limit=PAGE + 1)
    return (await order_finding.found_orders(scope, [part]))[part]
