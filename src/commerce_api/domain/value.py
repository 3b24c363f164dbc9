"""The decorator of every value in the domain.

What it makes behaves as `dataclass(frozen=True, slots=True, kw_only=True)` does. That one compiles six methods for each
class, and hundreds of values made the start of the program wait for it; here only `__init__` is compiled. What no value
needs is left out: `default_factory`, `InitVar`, `__post_init__`.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a class an immutable, keyword-only value. Secrets and what people say of themselves are a
    `field(repr=False)`: no log shows them, nor does the log of events.
    """
    cls.__doc__ = cls.__doc__ or cls.__name__  # else it is made from a signature, which takes time
    with_slots: Callable[[type[T]], type[T]] = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=True)
    made = with_slots(cls)
    own: tuple[Field[Any], ...] = fields(made)  # type: ignore[arg-type]
    methods = {**_COMMON, **_methods(own), "__init__": _initializer(made, own)}
    for name in methods.keys() - vars(cls).keys():
        setattr(made, name, methods[name])
    return made


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(thing: T, /, **changed: Any) -> T:
        """What `dataclasses.replace` makes of a value, in a third of the time: each command makes its cart or order several times."""
        copy, put = _copier(thing.__class__)
        made = copy(thing)
        for name, content in changed.items():
            put[name](made, content)
        return made


@cache
def _copier(cls: type) -> tuple[Callable[[Any], Any], Mapping[str, Callable[[Any, Any], None]]]:
    """Makes the same again; and what puts something else into each slot."""
    put = {each.name: getattr(cls, each.name).__set__ for each in fields(cls)}
    known = {"new": object.__new__, "cls": cls, **{f"set_{name}": of_slot for name, of_slot in put.items()}}
    puts = "; ".join(["made = new(cls)", *(f"set_{name}(made, thing.{name})" for name in put), "return made"])
    exec(f"def copy(thing): {puts}", known)  # noqa: S102 - as below
    return known["copy"], put


def _methods(own: tuple[Field[Any], ...]) -> dict[str, Callable[..., Any]]:
    content = attrgetter("__class__", *(each.name for each in own))
    shown = [each.name for each in own if each.repr]

    def equals(self: object, other: object) -> bool:
        return content(self) == content(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(content(self))

    def represented(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    return {"__eq__": equals, "__hash__": hashed, "__repr__": represented}


def _initializer(cls: type, own: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Takes each field by its name. Compiled, since values are made all the time, and `**given` would be slower; and the slots
    are set by themselves, which is quicker than by way of `object.__setattr__`.
    """
    known: dict[str, Any] = {f"default_{f.name}": f.default for f in own if f.default is not MISSING}
    known |= {f"set_{f.name}": getattr(cls, f.name).__set__ for f in own}
    taken = ", ".join(f.name if f.default is MISSING else f"{f.name}=default_{f.name}" for f in own)
    puts = "; ".join(f"set_{f.name}(self, {f.name})" for f in own) or "pass"
    exec(f"def __init__(self{', *, ' + taken if own else ''}): {puts}", known)  # noqa: S102 - the names are a class's
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"{type(self).__qualname__}.{name} cannot be changed")


def _reduced(self: Any) -> Any:
    """How it is copied and pickled: by making it again."""
    return _again, (type(self), {each.name: getattr(self, each.name) for each in fields(self)})


def _again(cls: Callable[..., T], content: Mapping[str, Any]) -> T:
    return cls(**content)


_COMMON: dict[str, Callable[..., Any]] = {"__setattr__": _refuse, "__delattr__": _refuse, "__reduce__": _reduced}
