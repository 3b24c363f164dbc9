"""What custom fields say of customers, as clients see it."""

from datetime import datetime
from typing import Self

import strawberry

from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.blocks.reasons import in_language
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.customer_fields import SaidOfCustomer
from commerce_api.schema.actors import name_of
from commerce_api.schema.catalog_values import AttributeValue, typed
from commerce_api.schema.context import Info
from commerce_api.schema.permissions import requires


@strawberry.type(description="What a custom field says of a customer.")
class CustomerField:
    code: str = strawberry.field(description="Of the field; see `customFields`.")
    name: str = strawberry.field(description="The field's name in the language of the request.")
    purpose: str = strawberry.field(description="Why it is asked, in the language of the request.")
    value: AttributeValue | None = strawberry.field(
        description="What it says; null for staff until they open the customer."
    )
    set_at: datetime = strawberry.field(description="When it was said last.")
    by_staff: bool = strawberry.field(description="Whether it was written down for the customer by us.")
    kept_until: datetime | None = strawberry.field(
        description="When it is deleted unless it is said again; null: never as long as there is the customer."
    )
    author: strawberry.Private[Author]

    @strawberry.field(
        description="Which member of staff or program wrote it down; null if the customer did.",
        directives=[requires(Permission.FIND_CUSTOMERS)],
    )
    async def set_by(self, info: Info) -> str | None:
        author = self.author
        return await name_of(info.context, {"kind": author.kind, "id": author.id and str(author.id)})

    @classmethod
    def of(cls, said: SaidOfCustomer, language: str) -> Self:
        field = said.asked
        name = in_language(field.names, language)
        return cls(
            code=field.code,
            name=name,
            purpose=in_language(field.purposes, language),
            value=None if said.value is None else typed(field.kind, said.value, code=field.code, name=name),
            set_at=said.set_at,
            by_staff=said.set_by.kind is not ActorKind.CUSTOMER,
            kept_until=field.kept_until(said.set_at),
            author=said.set_by,
        )
