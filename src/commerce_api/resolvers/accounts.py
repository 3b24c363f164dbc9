"""A shopper's own account: registering, signing in, addresses, consents."""

import strawberry


@strawberry.type
class AccountQueries:
    pass


@strawberry.type
class AccountMutations:
    pass
