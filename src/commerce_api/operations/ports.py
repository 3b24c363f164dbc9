"""What the world outside can be asked for. Adapters fulfill these; the composition root chooses which."""

from typing import Protocol

from commerce_api.domain.payment import Answer, AuthorizationRequest


class PaymentProvider(Protocol):
    """A bank's side of card payments. No method raises for what a bank or a network can do: that is an `Answer`."""

    async def authorize(self, request: AuthorizationRequest) -> Answer:
        """Ask the issuer to set an amount aside."""
        ...

    async def void(self, key: str, authorization_key: str, amount: int | None = None) -> Answer:
        """Let go of what was authorized under `authorization_key`, or of this part of it, now or when it turns up. Approved if
        nothing is held.
        """
        ...

    async def find(self, key: str) -> Answer | None:
        """What became of the request with this key; None if the provider never saw it."""
        ...

    async def close(self, key: str) -> Answer | None:
        """Stop waiting for the customer; the answer that stands then. None if nothing waits."""
        ...
