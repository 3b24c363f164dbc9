"""Pictures by their address."""

from sqlalchemy import Integer, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql import insert

from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import media
from commerce_api.persistence.unit_of_work import UnitOfWork

_PUT = insert(media).values(
    id=bindparam("id", type_=Uuid()),
    url=bindparam("url", type_=Text()),
    width=bindparam("width", type_=Integer()),
    height=bindparam("height", type_=Integer()),
)
_REGISTER = Statement(
    _PUT.on_conflict_do_update(
        index_elements=[media.c.url],
        index_where=media.c.url.is_not(None),
        set_={"width": _PUT.excluded.width, "height": _PUT.excluded.height},
    ).returning(*(media.c[name] for name in ("id", "url", "sha256", "content_type", "width", "height")))
)


async def register(uow: UnitOfWork, *, url: str, width: int | None, height: int | None) -> Row:
    [row] = await uow.connection.fetch(_REGISTER, id=uow.new_id(), url=url, width=width, height=height)
    return row
