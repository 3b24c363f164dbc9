"""One run of a plan: what is known at once is completed at once; what waits is asked for together, level by level."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import is_awaitable

from commerce_api.compiled import careful
from commerce_api.compiled.abreast import Abreast
from commerce_api.compiled.arguments import converters_of
from commerce_api.compiled.careful import Path
from commerce_api.compiled.coercing import arguments_of
from commerce_api.compiled.columns import RunInfo
from commerce_api.compiled.many import Many
from commerce_api.compiled.plan import Asked, Listed, Plan, Value
from commerce_api.compiled.source import Filler, Made, Reader, filler_of, function_of, reader_of

Places: TypeAlias = list[tuple[Any, dict[str, Any]]]
"""Objects one of whose fields is not known yet, each with its part of the answer."""
Waiting: TypeAlias = dict[int, Places]
"""By the field's number."""
Rank: TypeAlias = tuple[int, ...]


class Compiled:
    """A plan, and what is made of it as it is needed."""

    def __init__(self, plan: Plan, operation: OperationDefinitionNode) -> None:
        self.plan, self.operation = plan, operation
        self.root: Made = function_of(plan.root)
        self.converters = converters_of(plan.schema)
        self._readers: dict[int, Reader] = {}
        self._fillers: dict[int, Filler] = {}
        self._given: dict[int, Callable[[VariableValues], dict[str, Any]]] = {}
        self.arguments: dict[int, Mapping[str, Any]] = {}
        """Of the fields that have the same in every run."""

    def reader(self, asked: Asked) -> Reader:
        if asked.number not in self._readers:
            self._readers[asked.number] = reader_of(asked)
        return self._readers[asked.number]

    def filler(self, asked: Asked) -> Filler:
        if asked.number not in self._fillers:
            self._fillers[asked.number] = filler_of(asked)
        return self._fillers[asked.number]

    def given(self, asked: Asked) -> Callable[[VariableValues], dict[str, Any]]:
        if asked.number not in self._given:
            nodes = {argument.name.value: argument.value for argument in asked.nodes[0].arguments or ()}
            self._given[asked.number] = arguments_of(asked.definition, nodes)
        return self._given[asked.number]

    def taken(self, asked: Asked, variables: VariableValues) -> Mapping[str, Any]:
        """The field's arguments as its resolver takes them. Raises if they are not right, or not plain."""
        if asked.number in self.arguments:
            return self.arguments[asked.number]
        declared: Any = asked.declared
        taken: Mapping[str, Any] = self.converters.arguments(declared)(self.given(asked)(variables))
        if asked.always_alike:
            self.arguments[asked.number] = taken
        return taken


class Run:
    """`waiting` is filled by what `source` makes, and by `careful`. A context may have `abreast` and so know what runs at once."""

    def __init__(self, compiled: Compiled, variables: VariableValues, context: Any) -> None:
        self._compiled, self._variables, self.context = compiled, variables, context
        self._fields = compiled.plan.fields
        self._given: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, Mapping[str, Any]] = {}
        self._infos: dict[int, RunInfo] = {}
        self._data: dict[str, Any] | None = {}
        self._errors: list[tuple[Rank, GraphQLError]] = []
        self._rank: Rank = ()
        self.waiting: Waiting = defaultdict(list)
        self._abreast = getattr(context, "abreast", None) or Abreast()
        self._abreast.alone = True

    async def result(self, *, serial: bool) -> ExecutionResult:
        await (self._one_by_one() if serial else self._together())
        errors = [error for _, error in sorted(self._errors, key=lambda noted: noted[0])]
        return ExecutionResult(self._data, errors or None)

    async def _together(self) -> None:
        try:
            self._data = self._compiled.root(None, self)
        except Exception:  # noqa: BLE001 - whatever it is, it is found and told below
            self._taken()
            self._begin_carefully()
        await self._settle(self._taken(), (0, 1))

    async def _one_by_one(self) -> None:
        made: dict[str, Any] = {}
        self._data = made
        root = self._compiled.plan.root
        for turn, (key, asked) in enumerate(root.fields.items()):
            made[key] = root.type.name if asked is None else None
            if asked is not None:
                await self._ask(asked, [(None, made)], (turn, 0))
            if self._is_null():
                return

    def _is_null(self) -> bool:
        return self._data is None

    def _begin_carefully(self) -> None:
        try:
            self._data = careful.fields(self._compiled.plan.root, None, (), self)
        except GraphQLError as error:
            self._data = None
            self.note(error)

    def note(self, error: GraphQLError) -> None:
        self._errors.append((self._rank, error))

    def _taken(self) -> Waiting:
        waiting, self.waiting = self.waiting, defaultdict(list)
        return waiting

    async def _settle(self, waiting: Waiting, level: Rank) -> None:
        asked = [(self._fields[number], places) for number, places in waiting.items()]
        if len(asked) > 1 and not all(self._at_hand(each, [source for source, _ in places]) for each, places in asked):
            await self._abreast.gather([self._ask(*each, level) for each in asked])
            return
        for each in asked:
            await self._ask(*each, level)

    def _at_hand(self, asked: Asked, sources: list[Any]) -> bool:
        try:
            return asked.at_hand is not None and all(asked.at_hand(source, self.context) for source in sources)
        except Exception:  # noqa: BLE001 - whatever it is, it is found again where the field is resolved
            return False

    async def _ask(self, asked: Asked, places: Places, level: Rank) -> None:
        found = await self._found(asked, [source for source, _ in places])
        try:
            self._compiled.filler(asked)(places, found, self)
        except Exception:  # noqa: BLE001 - as above
            self._taken()
            self._fill_carefully(asked, places, found, level)
        if self.waiting:
            *turn, depth = level
            await self._settle(self._taken(), (*turn, depth + 1))

    async def _found(self, asked: Asked, sources: list[Any]) -> Sequence[Any]:
        """What the field's resolver gives for each, or what it raised."""
        if asked.many and asked.before:
            return await self._left(asked, asked.many, [self._first(asked, source) for source in sources], sources)
        if asked.many:
            return await self._at_once(asked, asked.many, sources)
        read = self._compiled.reader(asked)
        if len(sources) == 1 or self._at_hand(asked, sources):
            return [await self._one(read, source) for source in sources]
        return await self._abreast.gather([self._one(read, source) for source in sources])

    async def _at_once(self, asked: Asked, many: Many, sources: list[Any]) -> Sequence[Any]:
        try:
            return await many(sources, info=self.info(asked.number), **self.arguments(asked.number))
        except Exception as raw:  # noqa: BLE001 - becomes an error of the field, of each object
            return [raw] * len(sources)

    def _first(self, asked: Asked, source: Any) -> Any:
        """What stands for the field's value, or None."""
        try:
            return asked.before and asked.before(source, self.context, self.given(asked.number))
        except Exception as raw:  # noqa: BLE001 - becomes an error of the field
            return raw

    async def _left(self, asked: Asked, many: Many, known: list[Any], sources: list[Any]) -> Sequence[Any]:
        """Of those for which nothing is known yet, what the resolver gives."""
        left = [source for source, one in zip(sources, known, strict=True) if one is None]
        found = iter(await self._at_once(asked, many, left) if left else ())
        return [next(found) if one is None else one for one in known]

    async def _one(self, read: Reader, source: Any) -> Any:
        try:
            found = read(source, self)
            return await found if is_awaitable(found) else found
        except Exception as raw:  # noqa: BLE001 - becomes an error of the field
            return raw

    def _fill_carefully(self, asked: Asked, places: Places, found: Sequence[Any], level: Rank) -> None:
        """What has been filled in before something was wrong is filled in anew."""
        standing = {id(made): (path, place) for made, path, place in _objects(self._data, (), ())}
        nulled: set[Path] = set()
        for (_, made), one in zip(places, found, strict=True):
            path, place = standing.get(id(made), (None, ()))
            if path is None or any(path[:length] in nulled for length in range(len(path) + 1)):
                continue
            self._rank = (*level, *place, asked.number)
            whole = (*path, asked.key)
            try:
                made[asked.key] = careful.element(asked.value, one, whole, self)
            except GraphQLError as error:
                self.note(error)
                nulled.add(self._null(asked, whole))

    def _null(self, asked: Asked, path: Path) -> Path:
        """There must be no null at this path; put it where one may stand above it, and say where."""
        for place, nullable in _above(asked, path):
            if nullable:
                _put(self._data, place, None)
                return place
        self._data = None
        return ()

    def read(self, asked: Asked, source: Any) -> Any:
        return self._compiled.reader(asked)(source, self)

    def given(self, number: int) -> dict[str, Any]:
        """The field's arguments as graphql-core has them. Raises what is wrong with them."""
        if number not in self._given:
            self._given[number] = self._given_to(self._fields[number])
        return self._given[number]

    def _given_to(self, asked: Asked) -> dict[str, Any]:
        try:
            return self._compiled.given(asked)(self._variables)
        except Exception:  # noqa: BLE001 - whatever it is, graphql-core tells it
            return get_argument_values(asked.definition, asked.nodes[0], self._variables, None, hide_suggestions=True)

    def arguments(self, number: int) -> Mapping[str, Any]:
        """The field's arguments as its resolver takes them. Raises what is wrong with them."""
        for known in (self._compiled.arguments, self._arguments):
            if number in known:
                return known[number]
        return self._converted(number)

    def _converted(self, number: int) -> Mapping[str, Any]:
        asked = self._fields[number]
        declared: Any = asked.declared
        kept = self._compiled.arguments if asked.always_alike else self._arguments
        kept[number] = self._compiled.converters.arguments(declared)(self.given(number))
        return kept[number]

    def info(self, number: int) -> RunInfo:
        if number not in self._infos:
            asked = self._fields[number]
            compiled, variables = self._compiled, self._variables
            raw = partial(_raw_info, asked, compiled.operation, variables, self.context)
            self._infos[number] = RunInfo(asked, self.context, raw, partial(compiled.taken, variables=variables))
        return self._infos[number]

    def raw_info(self, number: int) -> GraphQLResolveInfo[Any]:
        return _raw_info(self._fields[number], self._compiled.operation, self._variables, self.context)


def _raw_info(asked: Asked, operation: Any, variables: VariableValues, context: Any) -> GraphQLResolveInfo[Any]:
    """One for all objects of a field, and so without a path. It does not hold the run, which holds what holds it."""
    return GraphQLResolveInfo(
        field_name=asked.name,
        field_nodes=asked.nodes,
        return_type=asked.definition.type,
        parent_type=asked.selection.type,
        path=None,  # type: ignore[arg-type]
        schema=asked.plan.schema,
        fragments=dict(asked.plan.fragments),
        root_value=None,
        operation=operation,
        variable_values=variables,
        context=context,
        is_awaitable=is_awaitable,
        abort_signal=None,
        async_helpers=None,  # type: ignore[arg-type]
    )


def _objects(made: Any, path: Path, place: Rank) -> Iterator[tuple[dict[str, Any], Path, Rank]]:
    """The objects of the answer; the place is the path in numbers, by which they come in order."""
    if isinstance(made, dict):
        yield made, path, place
        for number, (key, value) in enumerate(made.items()):
            yield from _objects(value, (*path, key), (*place, number))
    elif isinstance(made, list):
        for number, value in enumerate(made):
            yield from _objects(value, (*path, number), (*place, number))


def _above(asked: Asked, path: Path) -> Iterator[tuple[Path, bool]]:
    """All places above that of the field, the nearest first, and whether null may stand there."""
    owner = asked.selection.owner
    path = path[:-1]
    while owner is not None:
        for value in reversed(list(_layers(owner.asked.value))):
            yield path, value.nullable
            path = path[:-1]
        owner = owner.asked.selection.owner


def _layers(value: Value) -> Iterator[Value]:
    yield value
    if isinstance(value, Listed):
        yield from _layers(value.item)


def _put(made: Any, path: Path, value: Any) -> None:
    for key in path[:-1]:
        made = made[key]
    made[path[-1]] = value
