from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from commerce_api.domain.ids import ChannelId
from commerce_api.domain.search_tally import EVERY, MOST_TERMS, Searched, SearchTally, countable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def searched(term):
    return Searched(channel_id=ChannelId(UUID(int=1)), day=date(2026, 3, 2), language="en", term=term)


@pytest.mark.parametrize(
    ("search", "counted"),
    [
        ("  Crème  BRÛLÉE ", "creme brulee"),
        ("kettle 2000", "kettle 2000"),
        ("SKU-123456", "sku 123456"),
        ("ada@shop.test", None),
        ("+43 660 1234567", None),
        ("?!", None),
    ],
)
def test_a_search_is_counted_by_its_words_unless_they_may_name_somebody(search, counted):
    assert countable(search) == counted


def test_counts_are_due_after_a_while_and_begin_anew_when_taken():
    tally = SearchTally()
    before_any = tally.due(NOON)
    tally.note(searched("kettle"), hit=True, at=NOON)
    tally.note(searched("kettle"), hit=False, at=NOON + timedelta(seconds=1))

    soon, later = tally.due(NOON + EVERY - timedelta(seconds=1)), tally.due(NOON + EVERY)

    assert (before_any, soon, later) == (False, False, True)
    assert (tally.take(), tally.take()) == ({searched("kettle"): (2, 1)}, {})
    assert not tally.due(NOON + EVERY)


def test_made_up_terms_do_not_grow_without_end():
    tally = SearchTally()
    for number in range(MOST_TERMS + 5):
        tally.note(searched(f"x{number}"), hit=False, at=NOON)
    tally.note(searched("x0"), hit=False, at=NOON)

    taken = tally.take()

    assert (len(taken), taken[searched("x0")]) == (MOST_TERMS, (2, 2))
