"""From a full cart to a placed order."""

import strawberry


@strawberry.type
class CheckoutQueries:
    pass


@strawberry.type
class CheckoutMutations:
    pass
