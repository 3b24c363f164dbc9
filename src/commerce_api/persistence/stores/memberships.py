"""The categories and collections that a product is in. Its place among the others there was arranged by somebody and stays."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, bindparam, delete, func, not_, select
from sqlalchemy.dialects.postgresql import insert

from commerce_api.persistence.rows import among
from commerce_api.persistence.sql import Connection, Statement

_PRODUCT = bindparam("id", type_=Uuid())


class Memberships:
    def __init__(self, table: Table, group: str) -> None:
        self._leave = Statement(delete(table).where(table.c.product_id == _PRODUCT, not_(among(table.c[group]))))
        wanted = func.unnest(bindparam("ids", type_=ARRAY(Uuid()))).column_valued("wanted")
        others = table.alias()
        end = select(func.max(others.c.position) + 1).where(others.c[group] == wanted).correlate_except(others)
        joining = select(wanted, _PRODUCT, func.coalesce(end.scalar_subquery(), 0))
        rows = insert(table).from_select([group, "product_id", "position"], joining)
        self._join = Statement(rows.on_conflict_do_nothing())

    async def replace(self, connection: Connection, product_id: UUID, ids: Sequence[UUID]) -> None:
        """Leave what is not among `ids`, and come in at the end where the product is new."""
        await connection.execute(self._leave, id=product_id, ids=list(ids))
        await connection.execute(self._join, id=product_id, ids=list(ids))
