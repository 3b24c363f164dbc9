"""How a guest reads an order: with its number and a code that is mailed (D22).

Whoever asks for a code gets the same answer whether there is such an order or not; the mail is looked up and sent
afterwards. A number alone opens nothing, and codes can be tried a few times only.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.decision import Refused
from commerce_api.domain.order_number import read_order_number
from commerce_api.domain.throttle import Limit
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.execute import execute
from commerce_api.operations.mailed_secrets import Opening, order_code_hash
from commerce_api.operations.services import Services
from commerce_api.persistence.readers.orders import any_order_by_number
from commerce_api.persistence.sql import Row
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC: Final = "order-access"
CODE_LASTS: Final = timedelta(minutes=30)
ASKING: Final = Limit(purpose="order-access-mail", per_account=3, per_network=30, window=timedelta(hours=1))
TRYING: Final = Limit(purpose="order-access", per_account=5, per_network=60, window=timedelta(minutes=30))
_NOBODY: Final = UUID(int=0)


@value
class AskForCode:
    number: str
    email: str


async def ask(entrance: Entrance, command: AskForCode) -> Refused | None:
    if refused := await entrance.admit(ASKING, command.number):
        return refused
    return await entrance.write(_put, command)


async def _put(uow: UnitOfWork, command: AskForCode) -> None:
    uow.outbox.put(TOPIC, command)


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    """Mail a code, if the order is there and was placed with this address."""
    by = Attribution(actor=SYSTEM, at=services.now(), request_id=str(payload["dedupe_key"]))
    await execute(services.database, by, _send, payload)


async def _send(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    row = await any_order_by_number(uow.connection, payload["number"])
    if row is None or not row["email"] or row["email"] != payload["email"]:
        return
    mail = {
        "kind": "ORDER_ACCESS_CODE",
        "recipient": row["email"],
        "language": row["language"],
        "order_id": row["id"],
        "data": {"number": row["number"]},
        "opens": Opening(purpose=Purpose.READ_ORDER, subject_id=row["id"], until=uow.by.at + CODE_LASTS),
    }
    uow.outbox.put("mail", mail, dedupe_key=f"{TOPIC}/{payload['dedupe_key']}")


async def read(entrance: Entrance, number: str, code: str) -> Row | Refused | None:
    """The order, for whoever has its code; the same work is done where there is none."""
    known = read_order_number(number) or ""
    if refused := await entrance.admit(TRYING, known):
        return refused
    async with entrance.database.connection() as connection:
        row = await any_order_by_number(connection, known)
        hash_ = order_code_hash(entrance.secret, row["id"] if row else _NOBODY, code)
        found = await one_time_tokens.find(connection, Purpose.READ_ORDER, hash_, entrance.by.at)
        if row is None or found != row["id"]:
            return None
        await entrance.acquit(connection, TRYING, known)
    return row
