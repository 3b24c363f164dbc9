"""What has to be looked up about limits that are given to somebody."""

from collections.abc import Iterator, Mapping

from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.limits import Limit, LimitException, Limits, Tree, categories_named
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.lineages import lineages
from commerce_api.persistence.readers.money_facts import reasons_among
from commerce_api.persistence.unit_of_work import UnitOfWork


async def unknown(uow: UnitOfWork, limits: Limits) -> Refused | None:
    """Exceptions for what there is not."""
    if not any(limit.exceptions for limit in limits.values()):
        return None
    tree = await lineages(uow.connection, categories_named(limits.values()))
    reasons = await reasons_among(uow.connection, {each.reason for _, each in _exceptions(limits) if each.reason})
    missing: list[NotFound] = []
    for path, each in _exceptions(limits):
        if each.reason is not None and each.reason not in reasons:
            missing.append(NotFound(path=(*path, "reason")))
        if each.category_id is not None and each.category_id not in tree:
            missing.append(NotFound(path=(*path, "categoryId")))
    return Refused(reasons=tuple(missing)) if missing else None


def _exceptions(limits: Limits) -> Iterator[tuple[tuple[str, ...], LimitException]]:
    """With their places in the input."""
    for number, limit in enumerate(limits.values()):
        for place, each in enumerate(limit.exceptions):
            yield ("limits", str(number), "exceptions", str(place)), each


async def tree_for(uow: UnitOfWork, *given: Mapping[Permission, Limit | None]) -> Tree:
    """The categories that these limits, or those of whoever acts, name."""
    own = (bound.limit for bound in uow.by.actor.bounds)
    limits = (*own, *(limit for each in given for limit in each.values()))
    named = categories_named(limit for limit in limits if limit)
    return await lineages(uow.connection, named) if named else {}
