import pytest

from commerce_api.domain.second_factor import recovery_code


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd-2345", " ab cd 23 45 ", "ABCD_2345"])
def test_a_recovery_code_is_taken_however_it_was_written_down(typed):
    assert recovery_code(typed) == "ABCD2345"
