"""Who may use a field stands on the field, and so in `schema.graphql`."""

from collections.abc import Mapping
from typing import Final

import strawberry
from strawberry.schema_directive import Location

from commerce_api.domain.permissions import Permission

ALONE: Final[Mapping[str, bool]] = {"alone": True}
"""`metadata=ALONE` on fields with which a secret can be guessed: an operation may have one of them. Those that need SIGN_IN
or SIGN_IN_AS_STAFF are so without saying.
"""

PUBLIC: Final[Mapping[str, bool]] = {"public": True}
"""`metadata=PUBLIC` on root fields of the catalog and the like: whoever does not say who they are is told the same as all
others who do not, so that caches may keep it.
"""

PermissionEnum = strawberry.enum(Permission, name="Permission", description="What a role or an API key may be granted.")


@strawberry.schema_directive(
    name="requires",
    description="Using this needs one of the permissions. What only staff permissions open is not in the shop contract at all.",
    locations=[
        Location.FIELD_DEFINITION,
        Location.ARGUMENT_DEFINITION,
        Location.INPUT_FIELD_DEFINITION,
        Location.ENUM_VALUE,
        Location.OBJECT,
    ],
)
class Requires:
    any_of: list[PermissionEnum]  # type: ignore[valid-type]  # made by a call, not a class


def requires(*any_of: Permission) -> Requires:
    """The directive to put on a field: `strawberry.field(directives=[requires(Permission.READ_ORDERS)])`. Of several
    permissions one is enough: what differs then is whose objects the actor sees.

    It only says so; what a document needs is checked once, before it runs, in `commerce_api.web.guard`.
    """
    return Requires(any_of=list(any_of))
