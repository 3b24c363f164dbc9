"""Searches for orders that staff keep."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Self, cast
from uuid import UUID

import strawberry
from graphql import GraphQLError, coerce_input_value
from strawberry.types.arguments import convert_argument
from strawberry.utils.str_converters import to_camel_case

from commerce_api.domain.conditions import AllOf
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import OrderSearchId
from commerce_api.domain.intake import Intake
from commerce_api.domain.order import searches as domain
from commerce_api.domain.order.finding import Calendar, Condition, OrderSort
from commerce_api.persistence.readers.order_searches import order_searches_by_id
from commerce_api.schema.context import Info
from commerce_api.schema.errors import BadInput, UserError, bad_input, errors_of, result_of
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.order_find_inputs import OrderFindInput
from commerce_api.schema.scalars import JSON

_KEY = "Repeating a request with the same key changes nothing more."
_MOST_LETTERS = 80


@strawberry.type(description="A search for orders that somebody keeps, to be run again with `orders(search:)`.")
class OrderSearch(Node):
    prefix: ClassVar[str] = "osr"

    name: str = strawberry.field(description="What it is called.")
    shared: bool = strawberry.field(description="Whether all who may read orders can use it.")
    own: bool = strawberry.field(description="Whether it is yours; only those can you change.")
    find: JSON = strawberry.field(description="What it looks for, as an `OrderFindInput`.")
    sort: OrderSort = strawberry.field(
        description="What its results begin with, unless `orders(sort:)` says otherwise."
    )
    updated_at: datetime = strawberry.field(description="When it was saved last.")

    @classmethod
    def of(cls, search: domain.OrderSearch, actor_id: UUID | None) -> Self:
        return cls(
            key=search.id,
            name=search.name,
            shared=search.shared,
            own=search.owner_id == actor_id,
            find=JSON(search.find),
            sort=search.sort,
            updated_at=search.updated_at,
        )


@strawberry.input(description="A search to keep. What you have kept under this name before is replaced.")
class SaveOrderSearchInput:
    name: str = strawberry.field(description="What it is called; one's own have different names.")
    find: OrderFindInput = strawberry.field(description="What it looks for.")
    sort: OrderSort = strawberry.field(default=OrderSort.BEST_MATCH, description="What its results begin with.")
    shared: bool = strawberry.field(default=False, description="Whether all who may read orders can use it.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self, calendar: Calendar) -> domain.SaveOrderSearch | Refused:
        intake = Intake()
        name = intake.text(self.name, "name", most=_MOST_LETTERS, required=True)
        found = self.find.parse(calendar)
        reasons = (*intake.problems, *(found.reasons if isinstance(found, Refused) else ()))
        if reasons:
            return Refused(reasons=reasons)
        return domain.SaveOrderSearch(name=name, shared=self.shared, find=_as_sent(self.find), sort=self.sort)


@strawberry.input(description="A search that is not needed any more.")
class DeleteOrderSearchInput:
    id: strawberry.ID = strawberry.field(description="One of your own.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> domain.DeleteOrderSearch | Refused:
        key = key_of(self.id, OrderSearch.prefix)
        return domain.DeleteOrderSearch(id=OrderSearchId(key)) if key else refuse(NotFound(path=("id",)))


@strawberry.type(description="The search as it is kept, or the errors that prevented it.")
class SaveOrderSearchPayload:
    order_search: OrderSearch | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: domain.OrderSearch | Refused, info: Info) -> Self:
        search = result_of(outcome)
        kept = OrderSearch.of(search, info.context.actor.id) if search else None
        return cls(order_search=kept, errors=errors_of(outcome))


@strawberry.type(description="What was deleted, or the errors that prevented it.")
class DeleteOrderSearchPayload:
    deleted_id: strawberry.ID | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: domain.DeleteOrderSearch | Refused) -> Self:
        gone = result_of(outcome)
        id_ = strawberry.ID(global_id(OrderSearch.prefix, gone.id)) if gone else None
        return cls(deleted_id=id_, errors=errors_of(outcome))


async def asked_of(
    info: Info, find: OrderFindInput | None, search: strawberry.ID | None
) -> tuple[Condition, OrderSort]:
    """What is asked for, and what a search that is kept asks for; and what the list begins with unless it is said."""
    calendar = calendar_of(info)
    conditions = [_parsed(find, calendar)] if find else []
    sort = OrderSort.BEST_MATCH
    if search is not None:
        key = key_of(search, OrderSearch.prefix)
        kept = await info.context.load(order_searches_by_id, key) if key else None
        if kept is None:
            raise BadInput("`search` is none of the searches that you can use.")
        conditions.append(_parsed(_read_back(kept.find, info), calendar))
        sort = kept.sort
    return AllOf(parts=tuple(conditions)), sort


def calendar_of(info: Info) -> Calendar:
    scope = info.context.scope
    return Calendar(at=scope.at, time_zone=scope.channel.time_zone)


def _parsed(find: OrderFindInput, calendar: Calendar) -> Condition:
    condition = find.parse(calendar)
    if isinstance(condition, Refused):
        raise bad_input(condition)
    return condition


def _as_sent(given: Any) -> Any:
    """An input as JSON that could have been sent."""
    if is_dataclass(given):
        named = {field.name: getattr(given, field.name) for field in fields(given)}
        return {_spelled(given, name): _as_sent(each) for name, each in named.items() if each is not None}
    if isinstance(given, list):
        return [_as_sent(each) for each in given]
    if isinstance(given, Enum):
        return given.name
    if isinstance(given, datetime):
        return given.isoformat()
    return str(given) if isinstance(given, Decimal) else given


def _spelled(given: Any, name: str) -> str:
    field = given.__strawberry_definition__.get_field(name)
    return str(field.graphql_name or to_camel_case(name))


def _read_back(sent: Any, info: Info) -> OrderFindInput:
    """The same as if it had been sent again."""
    schema: Any = info.schema
    try:
        coerced = coerce_input_value(sent, schema.schema_converter.from_input_object(OrderFindInput))
    except GraphQLError as error:
        raise BadInput("This search was kept for an earlier version; save it again.") from error
    converted = convert_argument(coerced, OrderFindInput, schema.schema_converter.scalar_registry, schema.config)
    return cast(OrderFindInput, converted)
