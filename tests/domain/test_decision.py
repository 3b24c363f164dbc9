from datetime import UTC, datetime

from commerce_api.domain.decision import (
    CautionsOverruled,
    InvalidValue,
    NotFound,
    StaleRevision,
    check_revision,
    overruled,
    refuse,
    unheeded,
)
from commerce_api.domain.order.editing import EditLocked
from commerce_api.domain.setting import ChannelHasOpenCarts, ZoneHasRates


def test_the_code_of_a_rule_is_its_name():
    assert StaleRevision.code() == "STALE_REVISION"


def test_what_is_wrong_with_a_value_is_its_message():
    assert InvalidValue(problem="Too long.").message == "Too long."


def test_a_revision_that_the_caller_has_not_seen_is_refused_with_the_current_one():
    assert check_revision(4, 3) == refuse(StaleRevision(path=("expectedRevision",), current_revision=4))


def test_a_revision_that_was_seen_or_not_asked_for_passes():
    assert check_revision(4, 4) is None
    assert check_revision(4, None) is None


def test_refusals_keep_the_order_in_which_they_were_found():
    first, second = NotFound(path=("a",)), NotFound(path=("b",))
    assert refuse(first, second).reasons == (first, second)


def test_the_message_of_a_rule_is_its_docstring_with_the_fields_filled_in():
    assert StaleRevision(current_revision=4).message == (
        "Somebody changed this in the meantime: it is at revision 4 now. Load it again and repeat."
    )


def test_what_is_warned_of_has_to_be_acknowledged_by_its_code():
    carts, rates = ChannelHasOpenCarts(path=("active",), carts=3), ZoneHasRates(path=("id",), rates=2)

    assert unheeded([carts, rates], {"ZONE_HAS_RATES"}) == refuse(carts)
    assert unheeded([carts], {"CHANNEL_HAS_OPEN_CARTS"}) is None


def test_what_was_done_in_spite_of_a_warning_is_recorded():
    assert overruled([ZoneHasRates(rates=2)]) == [CautionsOverruled(codes=("ZONE_HAS_RATES",))]
    assert overruled([]) == []


def test_a_moment_in_a_message_is_told_to_the_minute():
    since = datetime(2026, 3, 4, 12, 5, 59, tzinfo=UTC)

    assert EditLocked(owner="Carla", since=since).message == (
        "Carla has been working on this order since 2026-03-04 12:05 UTC."
    )
