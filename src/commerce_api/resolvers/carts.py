"""Filling a cart."""

import strawberry


@strawberry.type
class CartQueries:
    pass


@strawberry.type
class CartMutations:
    pass
