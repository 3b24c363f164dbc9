"""What customers let staff do for them, and the sessions in which staff do it."""

from sqlalchemy import bindparam, update

from commerce_api.domain.assistance import Assistance
from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.identity import customers

_SET = Statement(
    update(customers)
    .where(customers.c.id == bindparam("customer_id"))
    .values(assistance_allowed=bindparam("allowed"), assistance_with_cards=bindparam("with_cards"))
)


async def set_assistance(connection: Connection, customer_id: CustomerId, wanted: Assistance) -> None:
    await connection.execute(_SET, customer_id=customer_id, allowed=wanted.allowed, with_cards=wanted.with_cards)
