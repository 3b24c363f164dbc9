"""Keeps what customers are found by in step with them. Call `refresh` in the transaction that changed customers."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from commerce_api.domain.customer_keys import CustomerKey, Traits, all_marks, keys_of
from commerce_api.domain.spelling import trigrams
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.stores.bulk import Rows

_NAMES = (CustomerKey.FIRST_NAME, CustomerKey.LAST_NAME)
_TRAITS = Statement(
    text(
        """
        SELECT customers.id, coalesce(logon, email) AS logon, email, first_name, last_name, phone,
            ARRAY(SELECT address FROM addresses WHERE addresses.customer_id = customers.id) AS addresses,
            ARRAY(SELECT value FROM customer_contacts c WHERE c.customer_id = customers.id) AS contacts,
            accounts.number, accounts.name
        FROM customers LEFT JOIN accounts ON accounts.id = customers.account_id
        WHERE customers.id = ANY (:ids)
        """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
)
_KEEP = Statement(
    text(
        """
        WITH given AS (
            SELECT * FROM unnest(:customer_ids, :kinds, :texts) AS given (customer_id, kind, value)
        ), gone AS (
            DELETE FROM customer_keys WHERE customer_id = ANY (:ids)
            AND (customer_id, kind, value) NOT IN (SELECT customer_id, kind, value FROM given)
        ), kept AS (
            INSERT INTO customer_keys (customer_id, kind, value) SELECT * FROM given ON CONFLICT DO NOTHING
        ), marked AS (
            INSERT INTO customer_marks AS known (customer_id, marks)
            SELECT id, string_to_array(joined, E'\\n') FROM unnest(:ids, :marks) AS given (id, joined)
            ON CONFLICT (customer_id) DO UPDATE SET marks = excluded.marks WHERE known.marks <> excluded.marks
        )
        INSERT INTO customer_names (name, trigrams)
        SELECT name, string_to_array(joined, '|') FROM unnest(:names, :trigrams) AS given (name, joined)
        WHERE NOT EXISTS (SELECT FROM customer_names known WHERE known.name = given.name)
        ON CONFLICT DO NOTHING
        """
    ).bindparams(
        bindparam("ids", type_=ARRAY(Uuid())),
        bindparam("customer_ids", type_=ARRAY(Uuid())),
        *(bindparam(name, type_=ARRAY(TEXT())) for name in ("kinds", "texts", "marks", "names", "trigrams")),
    )
)


async def refresh(connection: Connection, ids: Sequence[UUID]) -> None:
    """Two statements for any number of customers."""
    rows = await connection.fetch(_TRAITS, ids=list(ids))
    keys = {row["id"]: sorted(keys_of(_traits(row))) for row in rows}
    flat = [(customer_id, kind, text_) for customer_id, own in keys.items() for kind, text_ in own]
    names = _names(key for own in keys.values() for key in own)
    await connection.execute(
        _KEEP,
        ids=list(keys),
        customer_ids=[customer_id for customer_id, _, _ in flat],
        kinds=[kind for _, kind, _ in flat],
        texts=[text_ for _, _, text_ in flat],
        marks=["\n".join(all_marks(own)) for own in keys.values()],
        names=names,
        trigrams=["|".join(trigrams(name)) for name in names],
    )


def put(rows: Rows, traits: Iterable[tuple[UUID, Traits]], *, known: set[str]) -> None:
    """The same beside customers that come by COPY. `known` are the names that were put before; they grow."""
    for customer_id, one in traits:
        keys = keys_of(one)
        for kind, text_ in keys:
            rows.add("customer_keys", customer_id=customer_id, kind=kind, value=text_)
        rows.add("customer_marks", customer_id=customer_id, marks=all_marks(keys))
        for name in set(_names(keys)) - known:
            rows.add("customer_names", name=name, trigrams=trigrams(name))
            known.add(name)


def _names(keys: Iterable[tuple[str, str]]) -> list[str]:
    """In order, so that two transactions with the same names do not wait for each other in a circle."""
    return sorted({text_ for kind, text_ in keys if kind in _NAMES})


def _traits(row: Row) -> Traits:
    addresses: list[Any] = row["addresses"]
    contacts: list[str] = row["contacts"]
    return Traits(
        logon=row["logon"],
        emails=(row["email"], *(value for value in contacts if "@" in value)),
        first_name=row["first_name"],
        last_name=row["last_name"],
        phones=(row["phone"], *(value for value in contacts if "@" not in value), *(a["phone"] for a in addresses)),
        postal_codes=tuple(address["postal_code"] for address in addresses),
        cities=tuple(address["city"] for address in addresses),
        companies=tuple(address["company"] for address in addresses),
        accounts=tuple(value for value in (row["number"], row["name"]) if value),
    )
