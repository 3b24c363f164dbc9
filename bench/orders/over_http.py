"""The same once through everything: a page of orders by mail address, as the desk's client asks for it."""

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.servers import ours, serving
from commerce_api.adapters.clock import now
from commerce_api.adapters.ids import new_id
from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.tables import identity
from commerce_api.schema.node import global_id

BY_ID = "query($id: ID!) { order(id: $id) { number state placedAt email totals { total { amount } } } }"
BY_MAIL = """query($mail: String!) { orders(find: {email: {text: $mail}}) {
  edges { node { number state placedAt email totals { total { amount } } } matched { key value } } } }"""


async def seconds(connection: Any, dsn: str, sample: Sequence[Any], log: Path) -> tuple[list[float], list[float]]:
    """What each request took, one after the other: by id, by mail address. The first tenth does not count."""
    token = await _token(Connection(connection))
    with serving("ours", *ours(dsn), log) as server:
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=20) as client:
            by_id = [await _asked(client, BY_ID, {"id": global_id("ord", row["id"])}) for row in sample]
            by_mail = [await _asked(client, BY_MAIL, {"mail": row["email"]}) for row in sample]
    return by_id[len(by_id) // 10 :], by_mail[len(by_mail) // 10 :]


async def _asked(client: httpx.AsyncClient, document: str, variables: dict[str, str]) -> float:
    begun = time.perf_counter()
    answer = await client.post("/staff/graphql", json={"query": document, "variables": variables})
    took = time.perf_counter() - begun
    if "errors" in answer.json() or "@post.example" not in answer.text:
        raise SystemExit(f"{variables}: {answer.text}")
    return took


async def _token(connection: Connection) -> str:
    """Of a member of staff who may read orders."""
    at, staff_id, role_id, token = now(), new_id(), new_id(), new_token(TokenKind.STAFF_ACCESS)
    person = {
        "email": f"{staff_id}@staff.example",
        "name": "Clerk",
        "password_hash": "-",
        "status": "ENABLED",
        "created_at": at,
    }
    session = {"access_hash": token_hash(token), "staff_id": staff_id, "created_at": at}
    lasting = dict.fromkeys(("access_expires_at", "expires_at"), at + timedelta(hours=2))
    for table, row in (
        (identity.staff, {"id": staff_id, **person}),
        (identity.roles, {"id": role_id, "code": str(role_id), "name": "Clerks", "permissions": ["READ_ORDERS"]}),
        (identity.staff_roles, {"staff_id": staff_id, "role_id": role_id}),
        (identity.sessions, {"id": new_id(), **session, **lasting}),
    ):
        await connection.execute(insert_into(table, *row), row)
    return token
