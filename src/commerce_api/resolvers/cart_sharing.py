"""Handing carts over."""

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations.cart_sharing import CartSharing
from commerce_api.schema.cart import CreateCartPayload
from commerce_api.schema.cart_sharing import OpenSharedCartInput, ShareCartInput, ShareCartPayload
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.permissions import requires


def _sharing(context: Context) -> CartSharing:
    return CartSharing(secret=context.app.settings.secret.get_secret_value())


@strawberry.type
class CartSharingMutations:
    @strawberry.mutation(
        description="Make a link to a cart, to continue with it elsewhere or to hand it to somebody. Saved carts too.",
        directives=[requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS)],
    )
    async def share_cart(self, info: Info, input: ShareCartInput) -> ShareCartPayload:
        context, sharing = info.context, _sharing(info.context)
        outcome = await context.write(sharing.share, input.parse(), once=once(input.idempotency_key, sharing.load))
        return ShareCartPayload.of(outcome, context.scope.at)

    @strawberry.mutation(
        description="Open a cart by a link: a guest's with the token that it is continued with, a customer's after signing in.",
        directives=[requires(Permission.BUY)],
    )
    async def open_shared_cart(self, info: Info, input: OpenSharedCartInput) -> CreateCartPayload:
        outcome = await info.context.write(_sharing(info.context).open, input.parse())
        return CreateCartPayload.of(outcome, info.context.scope.at)
