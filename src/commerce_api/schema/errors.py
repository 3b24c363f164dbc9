"""Refusals as clients see them: payload `errors`, one code enum, detail types where a client can use the detail."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from enum import Enum
from functools import partial, singledispatch
from inspect import getdoc
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from graphql import GraphQLError

from commerce_api.domain import decision
from commerce_api.domain.decision import Caution, Done, Finding, Refused
from commerce_api.domain.permissions import Permission
from commerce_api.schema.context import Info
from commerce_api.schema.permissions import requires
from commerce_api.schema.wording import said


def findings() -> dict[str, type[Finding]]:
    """All rules by code. Modules with rules must have been imported before: `schema.findings` sees to that."""

    def below(parent: type[Finding]) -> Iterable[type[Finding]]:
        for child in parent.__subclasses__():
            yield child
            yield from below(child)

    rules = list(below(Finding))
    kinds = {Caution.__name__, *(kind.__name__ for rule in rules for kind in rule.__bases__)}
    return by_code(rule for rule in rules if rule.__name__ not in kinds)


def by_code(rules: Iterable[type[Finding]]) -> dict[str, type[Finding]]:
    """A refusal and a notice may share a code, but it means one thing: API users see it described once."""
    found: dict[str, type[Finding]] = {}
    for rule in sorted(rules, key=lambda each: each.code()):
        other = found.setdefault(rule.code(), rule)
        if (getdoc(rule), rule.staff_only) != (getdoc(other), other.staff_only):
            raise TypeError(f"{rule.code()} means one thing in {rule.__module__}, another in {other.__module__}")
    return found


def _error_codes() -> Any:
    import commerce_api.schema.findings  # noqa: F401, PLC0415 - so that every rule is known before the enum is made

    rules = findings()
    values: dict[str, Any] = {}
    for code, rule in rules.items():
        values[code] = strawberry.enum_value(
            code,
            description=" ".join((getdoc(rule) or "").split()),
            directives=[requires(Permission.STAFF_DESK)] if rule.staff_only else [],
        )
    make: Any = strawberry.enum
    return make(
        Enum("ErrorCode", values),
        name="ErrorCode",
        description="Why something did not happen, or what to know about what did. More may be added.",
    )


if TYPE_CHECKING:

    class ErrorCode(Enum):
        """Made from the rules at run time."""

else:
    ErrorCode = _error_codes()


@strawberry.interface(description="Why a mutation changed nothing, or what is worth knowing about what it did.")
class UserError:
    code: ErrorCode = strawberry.field(description="Stable name of the rule; decide by this.")
    finding: strawberry.Private[Finding]
    path: list[str] | None = strawberry.field(
        default=None, description='Where in `input` the cause stands, such as `["lines", "0", "quantity"]`.'
    )

    @strawberry.field(description="What to do about it, for people, in the language of the request.")
    def message(self, info: Info) -> str:
        return said(self.finding, info.context.scope.language)


E = TypeVar("E", bound=UserError)


@strawberry.type(description="A rule that needs no further detail.")
class RuleError(UserError):
    pass


def common(finding: Finding) -> dict[str, Any]:
    """The fields that every kind of error has."""
    return {
        "code": ErrorCode[finding.code()],
        "finding": finding,
        "path": list(finding.path) or None,
    }


@singledispatch
def present(finding: Finding) -> UserError:
    """One finding as its GraphQL type; areas register their detail types here."""
    return RuleError(**common(finding))


def tells(*kinds: type[Finding]) -> Callable[[type[E]], type[E]]:
    """Above a type of errors: it presents findings of these kinds, with what they have under the same names."""

    def register(error: type[E]) -> type[E]:
        own = {each.name for each in fields(error)} - {each.name for each in fields(UserError)}
        for kind in kinds:
            names = own.intersection(each.name for each in fields(kind))
            present.register(kind, partial(_told, error, names))
        return error

    return register


def _told(error: type[E], names: Iterable[str], finding: Finding) -> E:
    return error(**common(finding), **{name: getattr(finding, name) for name in names})


@tells(decision.StaleRevision)
@strawberry.type(description="Somebody changed the object after you loaded it.")
class StaleRevisionError(UserError):
    current_revision: int = strawberry.field(description="The revision it is at now.")


def acknowledged(codes: Iterable[ErrorCode]) -> frozenset[str]:
    """The codes of an `acknowledge` argument, as operations compare them."""
    return frozenset(str(code.value) for code in codes)


def errors_of(outcome: object) -> list[UserError]:
    """What refused; empty if it happened. Cautions are among the warnings instead."""
    if not isinstance(outcome, Refused):
        return []
    return [present(reason) for reason in outcome.reasons if not isinstance(reason, Caution)]


def warnings_of(outcome: object) -> list[UserError]:
    """Cautions to acknowledge, or notices that accompany a result."""
    if isinstance(outcome, Done):
        return [present(notice) for notice in outcome.notices]
    if isinstance(outcome, Refused):
        return [present(reason) for reason in outcome.reasons if isinstance(reason, Caution)]
    return []


def result_of(outcome: Any) -> Any:
    """The result, or None if it was refused."""
    if isinstance(outcome, Done):
        return outcome.result
    return None if isinstance(outcome, Refused) else outcome


def known_of(outcome: object) -> object:
    """What was known of the result when it happened."""
    return outcome.known if isinstance(outcome, Done) else None


class RequestError(GraphQLError):
    """A top-level error with a stable code: for credentials, permissions, limits and malformed arguments of queries."""

    def __init__(self, code: str, message: str, **options: Any) -> None:
        super().__init__(message, extensions={"code": code, **options.pop("extensions", {})}, **options)


class BadInput(RequestError):  # noqa: N818 - named for what it says
    def __init__(self, message: str) -> None:
        super().__init__("BAD_USER_INPUT", message)


def bad_input(refused: Refused) -> BadInput:
    """What is wrong with the arguments of a query, all of it."""
    return BadInput(" ".join(f"{'.'.join(reason.path)}: {reason.message}" for reason in refused.reasons))
