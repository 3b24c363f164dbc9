"""Reasons for canceling as clients see them."""

from typing import Self

import strawberry

from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.order import cancel_reasons as domain
from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import requires


@strawberry.type(description="Why an order, or part of it, was canceled, or can be.")
class CancelReason:
    code: str = strawberry.field(description="For programs; send it as `reasonCode`.")
    name: str = strawberry.field(description="For people, in the language of the request.")
    for_shoppers: bool = strawberry.field(
        description="Whether customers can choose it.", directives=[requires(Permission.READ_ORDERS)]
    )

    @classmethod
    def of(cls, reason: domain.CancelReason, language: str) -> Self:
        return cls(code=reason.code, name=in_language(reason.names, language), for_shoppers=reason.for_shoppers)
