"""Products, categories, collections and search, as shoppers browse them."""

import strawberry


@strawberry.type
class CatalogQueries:
    pass


@strawberry.type
class CatalogMutations:
    pass
