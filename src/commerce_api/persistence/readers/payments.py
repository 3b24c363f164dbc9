"""Payments with their ledgers, and the cards that customers keep."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.card import CardFace
from commerce_api.domain.payment import (
    DeclineCode,
    Payment,
    PaymentMethodKind,
    PaymentUse,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.authors import author_of
from commerce_api.persistence.readers.customers import visible_customers, visible_to
from commerce_api.persistence.rows import documents, read_back
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.cards import payment_methods, vault_cards
from commerce_api.persistence.tables.identity import customers

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_entries = t.payment_transactions
_ledger = select(_entries).where(_entries.c.payment_id == t.payments.c.id).order_by(_entries.c.id).correlate(t.payments)
LEDGER_ROWS: Final = select(t.payments, documents("entries", _ledger)).order_by(
    t.payments.c.attempt, t.payments.c.position, t.payments.c.id
)
"""Payments, each with its transactions."""
LEDGERS = Statement(LEDGER_ROWS.where(t.payments.c.order_id == any_(bindparam("orders", type_=ARRAY(Uuid())))))
_KEPT = (
    select(
        payment_methods,
        *(vault_cards.c[name] for name in ("brand", "last_four", "expiry_month", "expiry_year", "holder")),
    )
    .join(vault_cards, vault_cards.c.token == payment_methods.c.card_token)
    .join(customers, customers.c.id == payment_methods.c.customer_id)
    .where(visible_customers())
)
_KEPT_BY_ID = Statement(_KEPT.where(payment_methods.c.id == _IDS))
_KEPT_BY_CUSTOMER = Statement(
    _KEPT.where(customers.c.id == _IDS).order_by(payment_methods.c.is_default.desc(), payment_methods.c.id.desc())
)


async def kept_cards(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """What customers have kept, the default first: one's own, or for who may read payments those of their channels."""
    visible = visible_to(scope.actor, Permission.READ_PAYMENTS)
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_KEPT_BY_CUSTOMER, ids=list(customer_ids), **visible)
    kept: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        kept[row["customer_id"]].append(row)
    return kept


async def kept_cards_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_KEPT_BY_ID, ids=list(ids), **visible_to(scope.actor, Permission.READ_PAYMENTS))
    return {row["id"]: row for row in rows}


def payments_of(rows: Iterable[Row]) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            id=row["id"],
            attempt=row["attempt"],
            position=row["position"],
            method=PaymentMethodKind(row["method"]),
            amount=row["amount"],
            card_token=row["card_token"],
            card=CardFace(**row["card"]) if row["card"] else None,
            due_at=row["due_at"],
            how_to_pay=row["how_to_pay"],
            entered_by=author_of(row["entered_by"]) if row["entered_by"] else None,
            use=PaymentUse(row["use"]),
            transactions=tuple(_entry(read_back(_entries, entry)) for entry in row["entries"]),
        )
        for row in rows
    )


def _entry(row: Mapping[str, Any]) -> Transaction:
    return Transaction(
        id=row["id"],
        kind=TransactionKind(row["kind"]),
        status=TransactionStatus(row["status"]),
        amount=row["amount"],
        at=row["created_at"],
        reference=row["provider_reference"],
        code=DeclineCode(row["code"]) if row["code"] else None,
        action_url=row["action_url"],
        received_at=row["received_at"],
        reverses=row["reverses"],
        reason=row["reason"],
        authorization_id=row["authorization_id"],
    )
