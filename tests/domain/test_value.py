"""Values are what a frozen dataclass of the standard library is, only made faster."""

import pickle
from copy import copy, deepcopy
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from inspect import signature
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from commerce_api.domain.decision import StaleRevision
from commerce_api.domain.value import replace as quick
from commerce_api.domain.value import value

T = TypeVar("T")
standard: Any = dataclass(frozen=True, slots=True, kw_only=True)


def family(decorator: Any) -> tuple[type, type, type]:
    """The same three classes, by either decorator."""

    @decorator
    class Nothing:
        """Has no field."""

    @decorator
    class Tea(Generic[T]):
        """A drink."""

        name: str
        leaves: T
        grams: int = 3
        secret: str = field(default="", repr=False)
        served: ClassVar[bool] = True

        def doubled(self) -> Any:
            return replace(self, grams=self.grams * 2)

    @decorator
    class GreenTea(Tea[str]):
        """A drink that must not boil."""

        degrees: int

    return Nothing, Tea, GreenTea


ours, theirs = family(value), family(standard)
GREEN = {"name": "Sencha", "leaves": "small", "degrees": 70}


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_value_is_declared_as_a_dataclass_is(which: int) -> None:
    a, b = ours[which], theirs[which]
    assert [(f.name, f.type, f.default, f.kw_only, f.repr) for f in fields(a)] == [
        (f.name, f.type, f.default, f.kw_only, f.repr) for f in fields(b)
    ]
    assert a.__slots__ == b.__slots__
    assert a.__doc__ == b.__doc__
    assert list(signature(a).parameters) == list(signature(b).parameters)
    assert {p.kind for p in signature(a).parameters.values()} == {p.kind for p in signature(b).parameters.values()}


def test_equal_content_of_one_class_makes_equal_values() -> None:
    _, tea, green = ours
    one, same, other = green(**GREEN), green(**GREEN), green(**GREEN | {"degrees": 80})
    assert (one == same, one == other, hash(one) == hash(same)) == (True, False, True)
    assert tea(name="a", leaves="b") != green(name="a", leaves="b", degrees=1)
    assert one != "Sencha"
    assert len({one, same, other}) == 2
    assert ours[0]() == ours[0]()


def test_a_value_cannot_be_changed() -> None:
    cup = ours[2](**GREEN)
    with pytest.raises(FrozenInstanceError):
        cup.grams = 4
    with pytest.raises(FrozenInstanceError):
        del cup.grams
    with pytest.raises(AttributeError):
        cup.sugar = 1
    assert cup == ours[2](**GREEN)


@pytest.mark.parametrize("given", [{"name": "x"}, GREEN | {"sugar": 1}, {}])
def test_wrong_fields_are_refused_as_by_a_dataclass(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError) as by_ours:
        ours[2](**given)
    with pytest.raises(TypeError) as by_theirs:
        theirs[2](**given)
    assert str(by_ours.value) == str(by_theirs.value)


def test_fields_are_given_by_name_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        ours[1]("Sencha", "small")


def test_it_is_shown_without_its_secrets() -> None:
    cup = ours[2](**GREEN, secret="with milk")
    assert repr(cup) == repr(theirs[2](**GREEN, secret="with milk"))
    assert "milk" not in repr(cup)


def test_a_changed_copy_is_a_value_of_its_class() -> None:
    cup = ours[2](**GREEN)
    assert cup.doubled() == ours[2](**GREEN, grams=6)
    assert type(cup.doubled()) is ours[2]


def test_values_can_be_copied_and_pickled() -> None:
    cup = ours[2](**GREEN | {"leaves": ["small"]})
    assert copy(cup) == cup == deepcopy(cup)
    assert deepcopy(cup).leaves is not cup.leaves
    stale = StaleRevision(current_revision=3)
    assert pickle.loads(pickle.dumps(stale)) == stale  # noqa: S301 - our own


def test_another_value_is_made_of_one_as_of_a_dataclass() -> None:
    green = ours[2](**GREEN, secret="shh")
    hotter = quick(green, degrees=80, leaves="large")
    assert hotter == replace(green, degrees=80, leaves="large")
    assert (green.degrees, hotter.secret, type(hotter)) == (70, "shh", ours[2])
    assert quick(green) == green
