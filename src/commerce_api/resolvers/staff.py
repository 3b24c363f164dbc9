"""Staff accounts, roles and API keys."""

import strawberry


@strawberry.type
class StaffQueries:
    pass


@strawberry.type
class StaffMutations:
    pass
