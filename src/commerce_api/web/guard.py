"""Says no before anything runs: too much, or not allowed."""

from collections.abc import Iterable, Mapping

from graphql import GraphQLError

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import Permission
from commerce_api.schema.errors import RequestError
from commerce_api.web import assisted, limits
from commerce_api.web.analysis import Need, Total
from commerce_api.web.limits import Measured


class Rejected(Exception):  # noqa: N818 - named for what happened to the request
    """Nothing was run, for these reasons. `in_any_media`: the HTTP status tells it even to clients of plain JSON."""

    def __init__(
        self, *errors: GraphQLError, headers: Mapping[str, str] | None = None, in_any_media: bool = False
    ) -> None:
        super().__init__(*errors)
        self.errors, self.headers, self.in_any_media = list(errors), headers or {}, in_any_media


def within_limits(total: Total, *, cost: int) -> Total:
    """What an operation comes to, unless that is too much."""
    beside = total.introspection if total.fields else 0
    measured = (
        ("depth", total.depth, limits.DEPTH),
        ("number of fields", total.fields, limits.FIELDS),
        ("number of aliases", total.aliases, limits.ALIASES),
        ("number of sign-in fields", total.alone, limits.ALONE),
        ("amount of introspection beside other fields", beside, limits.INTROSPECTION_BESIDE),
        ("cost", total.cost, cost),
    )
    over = [Measured(name=name, requested=asked, limit=limit) for name, asked, limit in measured if asked > limit]
    if over:
        raise Rejected(*map(limits.exceeded, over))
    return total


def authorize(needs: Iterable[Need], actor: Actor) -> None:
    """Refuse the whole document unless the actor may use everything that it names."""
    needs = list(needs)
    if actor.delegation and (personal := {where for where, _ in needs if not assisted.allowed(where)}):
        raise Rejected(*(_personal(where) for where in sorted(personal)))
    missing = {where: sorted(any_of) for where, any_of in needs if not any(map(actor.may, any_of))}
    if missing:
        raise Rejected(*(_lacking(where, missing[where], actor) for where in sorted(missing)))


def _personal(where: str) -> RequestError:
    message = f"`{where}` is for the customer alone; nobody can use it in an assisted session."
    return RequestError("FORBIDDEN", message, extensions={"field": where})


def _lacking(where: str, any_of: list[Permission], actor: Actor) -> RequestError:
    permission = " or ".join(any_of)
    what = {"field": where, "permissions": any_of}
    if actor.kind is ActorKind.GUEST:
        message = f"Sign in first: `{where}` needs the permission {permission}."
        return RequestError("UNAUTHENTICATED", message, extensions=what)
    message = f"`{where}` needs the permission {permission}, which you do not have."
    return RequestError("FORBIDDEN", message, extensions=what)
