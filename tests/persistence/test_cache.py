"""When something that is kept is given, and when it is not."""

from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.persistence.cache import LONGEST, NO_CACHE, Cache
from commerce_api.persistence.touched import ALL_STOCK, STOCK
from tests.conftest import NOON

MUG, JUG = UUID(int=1), UUID(int=2)
KEY = (b"question",)
SOON = NOON + timedelta(seconds=10)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def cache():
    cache = Cache(100_000)
    cache.foresee([], LATER)
    return cache


def keep(cache, *things, key=KEY, began=None, size=1_000):
    """Something that was begun to be read now, unless before."""
    cache.keep(key, what := object(), began or cache.begin(NOON), things, kind="answer", size=size)
    return what


def test_it_is_given_until_something_of_it_changes(cache):
    kept = keep(cache, "products", "prices")

    cache.change(["categories"])
    assert cache.find(KEY, SOON) is kept
    cache.change(["prices"])
    assert cache.find(KEY, SOON) is None
    assert cache.size == 0


@pytest.mark.parametrize(
    ("depends", "changed", "stays"),
    [
        ((ALL_STOCK, MUG), (STOCK, JUG), True),
        ((ALL_STOCK, MUG), (STOCK, MUG), False),
        ((ALL_STOCK, MUG), (STOCK, ALL_STOCK), False),
        ((STOCK,), (STOCK, JUG), False),
        (("products",), (STOCK, ALL_STOCK), True),
    ],
)
def test_stock_is_a_matter_of_the_variants_that_are_shown(cache, depends, changed, stays):
    keep(cache, *depends)

    cache.change(changed)

    assert (cache.find(KEY, SOON) is not None) is stays


def test_what_changed_while_it_was_read_is_not_kept(cache):
    began = cache.begin(NOON)

    cache.change(["products"])
    keep(cache, "products", began=began)

    assert cache.find(KEY, SOON) is None


def test_what_was_read_before_changes_could_be_heard_of_is_not_kept(cache):
    began = cache.begin(NOON)

    cache.close()
    cache.foresee([], LATER)
    keep(cache, "products", began=began)

    assert cache.find(KEY, SOON) is None


def test_a_closed_cache_is_empty_and_keeps_nothing(cache):
    began = cache.begin(NOON)
    keep(cache)

    cache.close()

    assert (cache.begin(NOON), cache.size, cache.find(KEY, SOON)) == (None, 0, None)
    keep(cache, began=began)
    assert cache.size == 0


def test_a_cache_of_no_size_never_opens():
    NO_CACHE.foresee([], LATER)

    assert NO_CACHE.begin(NOON) is None


def test_it_has_an_end(cache):
    keep(cache)

    assert cache.find(KEY, NOON + LONGEST - timedelta(seconds=1))
    assert cache.find(KEY, NOON + LONGEST) is None


def test_a_clock_that_is_set_back_makes_nothing_young(cache):
    keep(cache)

    assert cache.find(KEY, NOON - timedelta(seconds=1)) is None


def test_what_the_clock_changes_is_seen_at_that_moment(cache):
    cache.foresee([(SOON, "product_publications"), (SOON + timedelta(seconds=5), STOCK)], LATER)
    keep(cache, "product_publications")
    keep(cache, STOCK, key=(b"stock",))

    assert cache.find(KEY, SOON - timedelta(seconds=1))
    assert cache.find(KEY, SOON) is None
    assert cache.find((b"stock",), SOON)
    assert cache.find((b"stock",), SOON + timedelta(seconds=5)) is None


def test_what_was_begun_before_such_a_moment_is_dropped_at_it(cache):
    cache.foresee([(SOON, "price_lists")], LATER)
    began = cache.begin(NOON)

    assert cache.find(KEY, SOON) is None
    keep(cache, "price_lists", began=began)

    assert cache.find(KEY, SOON) is None


def test_nothing_is_given_beyond_what_was_foreseen(cache):
    cache.foresee([], SOON)
    keep(cache)

    assert cache.find(KEY, SOON) is None
    assert cache.begin(NOON) is None


def test_what_was_used_longest_ago_makes_room(cache):
    for number in range(9):
        keep(cache, key=(bytes([number]),), size=12_000)
        cache.find((b"\x00",), SOON)

    assert cache.size <= 100_000
    assert cache.find((b"\x00",), SOON)
    assert cache.find((b"\x01",), SOON) is None


def test_one_thing_does_not_take_all_the_room(cache):
    keep(cache, size=20_000)

    assert cache.size == 0


def test_so_many_changes_that_they_are_not_remembered_one_by_one_are_a_change_of_all(cache):
    keep(cache, "products")

    cache.change([UUID(int=number) for number in range(60_000)])
    cache.change(["prices"])

    assert cache.find(KEY, SOON) is None


def test_the_same_may_be_kept_twice(cache):
    keep(cache)
    size = cache.size
    keep(cache)

    assert cache.size == size
