from uuid import UUID

import pytest

from commerce_api.domain.category import CategoryCycle, CategoryTooDeep, check_place
from commerce_api.domain.decision import refuse

MOVED = UUID(int=99)
UP = [UUID(int=n) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("above", "refused"),
    [
        ([], None),
        (UP[:9], None),
        (UP, CategoryTooDeep(path=("parentId",))),
        ([MOVED], CategoryCycle(path=("parentId",))),
        ([*UP[:5], MOVED, *UP[5:9]], CategoryCycle(path=("parentId",))),
    ],
)
def test_a_category_is_put_below_any_that_is_not_itself_below_it_and_leaves_room(above, refused):
    assert check_place(MOVED, above) == (refused and refuse(refused))
