"""Payment methods and instructions."""

import strawberry


@strawberry.type
class PaymentQueries:
    pass


@strawberry.type
class PaymentMutations:
    pass
