"""What lies where."""

import strawberry


@strawberry.type
class StockQueries:
    pass


@strawberry.type
class StockMutations:
    pass
