"""Codes as API users meet them."""

import pytest

from commerce_api.schema.errors import ErrorCode, by_code, findings


def rule(meaning, *, staff_only=False):
    return type("Rule", (), {"__doc__": meaning, "staff_only": staff_only, "code": staticmethod(lambda: "TAKEN")})


def test_there_is_a_code_for_each_rule_and_none_for_kinds_of_rules():
    codes = {code.value for code in ErrorCode}

    assert codes == set(findings())
    assert codes.isdisjoint({"FINDING", "REFUSAL", "CAUTION", "NOTICE", "CATALOG_REFUSAL"})


def test_a_refusal_and_a_notice_share_a_code_that_means_one_thing():
    first, second = rule("It is taken."), rule("It is taken.")

    assert by_code([first, second]) == {"TAKEN": first}


@pytest.mark.parametrize("other", [rule("Somebody took it."), rule("It is taken.", staff_only=True)])
def test_a_code_that_means_two_things_is_refused(other):
    with pytest.raises(TypeError, match=r"TAKEN means one thing in .*, another in"):
        by_code([rule("It is taken."), other])
