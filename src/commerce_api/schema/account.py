"""A shopper's own account."""

import strawberry

from commerce_api.domain.email import normalized
from commerce_api.operations.sign_in import SignIn
from commerce_api.schema.session import SIGN_IN_FIELDS

__all__ = ["SIGN_IN_FIELDS", "SignInInput"]


@strawberry.input(description="Who signs in.")
class SignInInput:
    email: str = strawberry.field(description="Mail address of the account.")
    password: str = strawberry.field(description="Password of the account.")

    def parse(self) -> SignIn:
        """What cannot be an address is no account's, and is counted with all others of that kind."""
        return SignIn(email=normalized(self.email) or "", password=self.password)
