"""Custom fields for tests."""

from uuid import UUID

from commerce_api.domain.custom_field import CustomField, FieldAccess, FieldOwner, Said
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.typed_value import AttributeKind

HERE, ELSEWHERE = ChannelId(UUID(int=2)), ChannelId(UUID(int=3))
"""`HERE` is the channel of `carts.a_cart`."""


def a_field(code="cost_center", owner=FieldOwner.ORDER, kind=AttributeKind.TEXT, **changes):
    values = {"shoppers": FieldAccess.SET, "names": {"en": code.title()}, "purposes": {}, **changes}
    return CustomField(id=UUID(int=sum(map(ord, code))), owner=owner, code=code, kind=kind, **values)


def saying(**values):
    return tuple(Said(code=code, value=value) for code, value in values.items())
