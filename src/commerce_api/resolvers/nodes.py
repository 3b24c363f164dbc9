"""Anything by its id."""

from collections.abc import Collection

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.schema.context import Info
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import Node, find_node
from commerce_api.schema.pagination import MAX_PAGE
from commerce_api.schema.permissions import requires


def _types(info: Info) -> Collection[str]:
    """Names of the types that the contract asked through has."""
    return info._raw_info.schema.type_map  # noqa: SLF001 - `info.schema` is always the full one


@strawberry.type
class NodeQueries:
    @strawberry.field(
        description="The object with this id, or null if there is none that you may see.",
        directives=[requires(Permission.BROWSE_CATALOG)],
    )
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await find_node(info.context, id, _types(info))

    @strawberry.field(
        description="The objects with these ids (at most 100), in this order, null where there is none that you may see.",
        directives=[requires(Permission.BROWSE_CATALOG)],
    )
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        if len(ids) > MAX_PAGE:
            raise BadInput(f"At most {MAX_PAGE} ids at once.")
        types = _types(info)
        return await info.context.abreast.gather([find_node(info.context, one, types) for one in ids])
