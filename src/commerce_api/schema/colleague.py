"""Staff as they know each other."""

from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.colleagues import colleagues_in, count_colleagues
from commerce_api.persistence.sql import Row
from commerce_api.schema.context import Context
from commerce_api.schema.node import global_id
from commerce_api.schema.pagination import Connection, listed, page_of, text_of
from commerce_api.schema.permissions import requires

DESK: Final[Any] = [requires(Permission.STAFF_DESK)]
_MOST_LETTERS: Final = 100


@strawberry.type(description="Somebody at work here, as far as all of the staff know each other.", directives=DESK)
class Colleague:
    id: strawberry.ID = strawberry.field(
        description="To mention them in a comment, to have them look into a block, or to find what they placed."
    )
    name: str = strawberry.field(description="Name for people.")

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(id=strawberry.ID(global_id("stf", row["id"])), name=row["name"])


async def colleagues(context: Context, name: str, arguments: tuple[Any, Any, Any, Any]) -> Connection[Colleague]:
    return await listed(
        context,
        (colleagues_in, count_colleagues),
        page_of(*arguments, of="colleagues", width=2),
        Listed(chosen=text_of(name)[:_MOST_LETTERS]),
        (text_of, UUID),
        Colleague.of,
        lambda row: (row["name"], row["id"]),
    )
