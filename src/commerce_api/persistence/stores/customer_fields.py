"""What custom fields say of customers, written under the lock of the customer's row."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.actor import Author
from commerce_api.domain.custom_field import FieldOwner, Said
from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.rows import among
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.custom_fields import custom_fields
from commerce_api.persistence.tables.custom_fields import customer_fields as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_of_customers = custom_fields.c.owner == FieldOwner.CUSTOMER.value
_said = {name: bindparam(name, type_=t.c[name].type) for name in ("customer_id", "value", "set_at", "set_by")}
_put = insert(t).from_select(
    [*_said, "field_id"],
    select(*_said.values(), custom_fields.c.id).where(_of_customers, custom_fields.c.code == bindparam("code")),
)
_PUT = Statement(
    _put.on_conflict_do_update(
        index_elements=["customer_id", "field_id"],
        set_={name: _put.excluded[name] for name in ("value", "set_at", "set_by")},
    )
)
_TAKE_AWAY = Statement(
    delete(t).where(
        t.c.customer_id == bindparam("customer_id"),
        t.c.field_id.in_(select(custom_fields.c.id).where(_of_customers, among(custom_fields.c.code, "codes"))),
    )
)


class CustomerFieldStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def say(self, customer_id: CustomerId, new: Sequence[Said], by: Author | None = None) -> None:
        """What is said again is kept for as long again. `by` is somebody else than the one who asks."""
        at, actor = self._uow.by.at, self._uow.by.actor
        common = {"customer_id": customer_id, "set_at": at, "set_by": by or Author(kind=actor.kind, id=actor.id)}
        rows = [{**common, "code": each.code, "value": each.value} for each in new if not each.empty]
        await self._connection.execute_many(_PUT, rows)
        codes = [each.code for each in new if each.empty]
        await self._connection.execute(_TAKE_AWAY, customer_id=customer_id, codes=codes)
