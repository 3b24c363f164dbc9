"""Changing the catalog, prices and what goes with them."""

import strawberry


@strawberry.type
class CatalogWorkQueries:
    pass


@strawberry.type
class CatalogWorkMutations:
    pass
