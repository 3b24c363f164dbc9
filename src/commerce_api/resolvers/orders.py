"""Orders, for those who placed them and for staff."""

import strawberry


@strawberry.type
class OrderQueries:
    pass


@strawberry.type
class OrderMutations:
    pass
