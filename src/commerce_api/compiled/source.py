"""Makes of a selection a plain Python function from an object to its part of the answer.

What it makes takes it that all is well: no null where none may be, each value of the class that its type is read from. Where
that is not so it raises, whatever it raises, and `careful` does the same anew in the way of graphql-core.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLObjectType, Undefined, default_field_resolver, is_abstract_type
from graphql.pyutils import is_iterable

from commerce_api.compiled.abstract import is_of, runtime_type
from commerce_api.compiled.columns import column_of
from commerce_api.compiled.plan import Asked, Composite, Leaf, Listed, Selection, Value

Made: TypeAlias = Callable[[Any, Any], dict[str, Any]]
Reader: TypeAlias = Callable[[Any, Any], Any]
Filler: TypeAlias = Callable[[Any, Any, Any], None]

_AS_IT_IS: Final = {"String": "str", "ID": "str", "Boolean": "bool"}
_WRITTEN_BY_STR: Final = frozenset({int, Decimal, UUID})
"""Classes whose objects `str` makes a text of, whatever they hold."""
_INT: Final = "{v}.__class__ is int and -2147483648 <= {v} <= 2147483647"
_DEEPEST: Final = 12
"""So many objects stand in each other in one expression; Python reads no more than 200 brackets in brackets."""


class IrregularError(Exception):
    """Something is not as it is nearly always; `careful`, or graphql-core, knows what becomes of it."""


def function_of(selection: Selection) -> Made:
    """From an object and the run to the object's part of the answer."""
    source = _Source()
    made: Made = source.function(source.selected(selection))
    return made


def reader_of(asked: Asked) -> Reader:
    """From an object and the run to what its resolver gives."""
    source = _Source()
    read: Reader = source.function(["def made(o, r):", f"    return {source.read(asked, 'o')}"])
    return read


def filler_of(asked: Asked) -> Filler:
    """Puts what was waited for, completed, where it was waited for."""
    source = _Source()
    fill: Filler = source.function(
        [
            "def made(places, found, r):",
            "    for (_, d), v in zip(places, found, strict=True):",
            f"        d[{asked.key!r}] = {source.value(asked.value, 'v', simple=True)}",
        ]
    )
    return fill


class _Source:
    """Pieces of source, and what the names in them mean."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}
        self._lists: list[str] = []
        self._count = self._depth = 0

    def function(self, lines: Iterable[str]) -> Any:
        own = list(lines)
        code = compile("\n".join([*self._lists, *own]), "<compiled>", "exec")
        exec(code, self._names)  # noqa: S102 - nothing of a client's is in it but names that a GraphQL document may have
        return self._names["made"]

    def selected(self, selection: Selection) -> Iterator[str]:
        entries, waiting = self._entries(selection, "o"), _waiting(selection)
        yield "def made(o, r):"
        if not waiting:
            yield f"    return {entries}"
            return
        yield f"    d = {entries}"
        for asked in waiting:
            yield f"    r.waiting[{asked.number}].append((o, d))"
        yield "    return d"

    def _entries(self, selection: Selection, of: str) -> str:
        """The object's part of the answer, but for what is waited for; `of` is the object's name."""
        entries = (f"{key!r}: {self._entry(selection, asked, of)}" for key, asked in selection.fields.items())
        return f"{{{', '.join(entries)}}}"

    def _entry(self, selection: Selection, asked: Asked | None, of: str) -> str:
        if asked is None:
            return repr(selection.type.name)
        return "None" if asked.waits else self.value(asked.value, self.read(asked, of))

    def read(self, asked: Asked, of: str) -> str:
        """How the field is read of the object with this name."""
        if asked.before is None:
            return self._read(asked, of)
        name = self._new("b")
        first = f"{self._named('before', asked.before)}({of}, r.context, r.given({asked.number}))"
        return f"({self._read(asked, of)} if ({name} := {first}) is None else {name})"

    def _read(self, asked: Asked, of: str) -> str:
        if asked.declared is None:
            resolve = self._named("resolve", asked.definition.resolve or default_field_resolver)
            return f"{resolve}({of}, r.raw_info({asked.number}), **r.given({asked.number}))"
        if column := column_of(asked.declared):
            return f"{of}.row[{column!r}]"
        resolver = asked.declared.base_resolver
        if resolver is None:
            return f"{of}.{asked.declared.python_name}"
        given = [of] if resolver.self_parameter else []
        given += [f"{named.name}={of}" for named in (resolver.parent_parameter, resolver.root_parameter) if named]
        if resolver.info_parameter:
            given.append(f"{resolver.info_parameter.name}=r.info({asked.number})")
        if asked.definition.args:
            given.append(f"**r.arguments({asked.number})")
        return f"{self._named('resolve', resolver.wrapped_func)}({', '.join(given)})"

    def value(self, value: Value, read: str, *, simple: bool = False) -> str:
        """The expression that completes what `read` gives; `simple` if that is a name."""
        name = read if simple else self._new("v")
        first = read if simple else f"({name} := {read})"
        if isinstance(value, Leaf):
            return self._leaf(value, name, first)
        if value.nullable:
            return f"(None if {first} is None else {self._present(value, name, name)})"
        return self._present(value, name, first)

    def _leaf(self, leaf: Leaf, name: str, first: str) -> str:
        coerce = self._named("leaf", _coercion(leaf.type))
        null = f" or {name} is None" if leaf.nullable else ""
        if plain := _AS_IT_IS.get(leaf.type.name):
            return f"({name} if {first}.__class__ is {plain}{null} else {coerce}({name}))"
        if leaf.type.name == "Int":
            test = _INT.format(v=name).replace(name, first, 1)
            return f"({name} if ({test}){null} else {coerce}({name}))"
        read = name if leaf.nullable else first
        if isinstance(leaf.type, GraphQLEnumType):
            present = f"{self._named('enum', _names_of(leaf.type))}.get({read}) or {coerce}({name})"
        elif leaf.type.coerce_output_value is str:
            written = f"str({name}) if {name}.__class__ in {self._named('written', _WRITTEN_BY_STR)}"
            present = f"{name} if {read}.__class__ is str else {written} else {coerce}({name})"
        else:
            present = f"{coerce}({read})"
        return f"(None if {first} is None else {present})" if leaf.nullable else f"({present})"

    def _present(self, value: Composite | Listed, name: str, first: str) -> str:
        """What is not null, or must not be."""
        if isinstance(value, Listed):
            return f"{self._all(value.item)}({first}, r)"
        if is_abstract_type(value.type):
            made: dict[type, Made] = {}
            find = self._named("find", _finder(value, made))
            return f"({self._named('made', made)}.get({first}.__class__) or {find}({name}, r))({name}, r)"
        classes: set[type] = set()
        known, check = self._named("known", classes), self._named("check", _check(value, classes))
        test = f"{first}.__class__ in {known} or {check}({name}, r)"
        return f"({self._object(value.selection(value.type), name)} if {test} else None)"

    def _object(self, selection: Selection, of: str) -> str:
        """Where it can be, without a call."""
        if self._depth == _DEEPEST or _waiting(selection):
            return f"{self._named('made', function_of(selection))}({of}, r)"
        self._depth += 1
        entries = self._entries(selection, of)
        self._depth -= 1
        return entries

    def _all(self, item: Value) -> str:
        """A function of its own, since names cannot be given to values inside of what a comprehension goes through."""
        name, entry = self._new("all"), self.value(item, "x", simple=True)
        self._lists += [
            f"def {name}(items, r):",
            "    if items.__class__ is not list:",
            f"        items = {self._named('items', _items)}(items)",
            f"    return [{entry} for x in items]",
        ]
        return name

    def _new(self, stem: str) -> str:
        self._count += 1
        return f"{stem}{self._count}"

    def _named(self, stem: str, thing: Any) -> str:
        name = self._new(stem)
        self._names[name] = thing
        return name


def _waiting(selection: Selection) -> list[Asked]:
    return [asked for asked in selection.fields.values() if asked and asked.waits]


def _present_object(found: Any) -> None:
    if found is None or found is Undefined or isinstance(found, Exception):
        raise IrregularError


def _coercion(type_: Any) -> Callable[[Any], Any]:
    coerce = type_.coerce_output_value

    def leaf(found: Any) -> Any:
        _present_object(found)
        coerced = coerce(found)
        if coerced is None or coerced is Undefined:
            raise IrregularError
        return coerced

    return leaf


def _names_of(type_: GraphQLEnumType) -> dict[Any, str]:
    """Of each member of the Python enumeration the name it has in GraphQL."""
    names: dict[Any, str] = {}
    for member in getattr(type_, "wrapped_cls", ()):
        for name, entry in type_.values.items():
            if entry.value == member.value:
                names.setdefault(member, name)
    return names


def _items(found: Any) -> Any:
    """What can be gone through twice, should it have to be."""
    if not is_iterable(found) or isinstance(found, Iterator):
        raise IrregularError
    return found


def _check(value: Composite, classes: set[type]) -> Callable[[Any, Any], bool]:
    """Whether all is well with an object of a class that has not been seen here before; raises if not."""
    type_, number = value.type, value.asked.number
    by_class = type_.is_type_of is None or _is_told_by_class(type_)

    def check(found: Any, run: Any) -> bool:
        _present_object(found)
        if not is_of(type_, found, run.raw_info(number)):
            raise IrregularError
        if by_class:
            classes.add(found.__class__)
        return True

    return check


def _is_told_by_class(type_: GraphQLObjectType) -> bool:
    """Whether nobody wrote how to tell objects of this type of strawberry's."""
    declared = (type_.extensions or {}).get("strawberry-definition")
    return declared is not None and declared.is_type_of is None


def _finder(value: Composite, known: dict[type, Made]) -> Callable[[Any, Any], Made]:
    made: dict[str, Made] = {}

    def find(found: Any, run: Any) -> Made:
        _present_object(found)
        info = run.raw_info(value.asked.number)
        type_ = runtime_type(value, found, info)
        if not is_of(type_, found, info):
            raise IrregularError
        if type_.name not in made:
            made[type_.name] = function_of(value.selection(type_))
        declared = getattr(found.__class__, "__strawberry_definition__", None)
        if declared is not None and declared is (type_.extensions or {}).get("strawberry-definition"):
            known[found.__class__] = made[type_.name]
        return made[type_.name]

    return find
