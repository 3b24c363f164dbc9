import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.order.keys import (
    ANY,
    Findable,
    HasKey,
    OrderKey,
    backorder_keys,
    block_keys,
    comment_keys,
    key_pieces,
    kind_of,
    order_keys,
    owed_back_keys,
    plain_form,
)
from commerce_api.domain.text_match import TextMatch

K, M = OrderKey, TextMatch
HOME = Address(first_name="Ada", last_name="Byron", postal_code="10119", country="DE", phone="+493099887766")
WORK = Address(company="Moss & Fern", postal_code="SW1A 1AA", country="GB")
BARE = {"number": "E100001-7", "email": "", "phone": "", "bill_to": None, "ship_to": (), "skus": (), "attributes": {}}


def keys(**what):
    return order_keys(Findable(**{**BARE, **what}))


def test_an_order_is_found_by_its_number_if_by_nothing_else():
    assert keys() == {"#e1000017": "E100001-7"}


def test_each_key_tells_its_kind_and_what_it_stands_for():
    said = {"po_number": "PO-7", "quote_number": "Q-9", "tags": ("Late",), "attributes": {"poNumber": "P/7"}}
    found = keys(email="Ada@example.com", bill_to=HOME, ship_to=(HOME, WORK), skus=("K-1",), **said)

    assert found == {
        "#e1000017": "E100001-7",
        "eada@example.com": "Ada@example.com",
        "p493099887766": "+493099887766",
        "p3099887766": "+493099887766",
        "aponumber=p 7": "poNumber: P/7",
        "nada byron": "Ada Byron",
        "nbyron ada": "Ada Byron",
        "sada byron": "Ada Byron",
        "sbyron ada": "Ada Byron",
        "cmoss fern": "Moss & Fern",
        "cfern moss": "Moss & Fern",
        "z10119": "10119",
        "zsw1a1aa": "SW1A 1AA",
        "kk1": "K-1",
        "opo7": "PO-7",
        "qq9": "Q-9",
        "tlate": "Late",
    }
    assert {kind_of(key) for key in found} == set(K) - {K.COMMENT, K.OWED_BACK, K.BLOCK, K.BACKORDER}


def test_a_name_is_found_as_it_is_folded_and_as_it_is_written():
    found = keys(ship_to=(Address(last_name="Mueller", country="DE"),))

    assert set(found) == {"#e1000017", "smuller", "smueller"}


def test_long_texts_are_cut_and_empty_ones_left_out():
    assert keys(attributes={"note": "!", "long": "x" * 200}) == {
        "#e1000017": "E100001-7",
        "along=" + "x" * 95: ("long: " + "x" * 200)[:100],
    }


def test_what_holds_it_up_is_a_key_each_and_one_together():
    assert block_keys(["REVIEW", "FRAUD", "REVIEW"]) == {
        "b*": "REVIEW, FRAUD",
        "bREVIEW": "REVIEW",
        "bFRAUD": "FRAUD",
    }
    assert block_keys([]) == {}


def test_what_has_still_to_come_in_is_found_by_its_article():
    assert backorder_keys(["KET-100", "TEA-7"]) == {"w*": "KET-100, TEA-7", "wket100": "KET-100", "wtea7": "TEA-7"}


def test_money_that_is_to_be_given_back_is_a_key_with_how_much_it_is():
    assert owed_back_keys("14.90 EUR") == {"r*": "14.90 EUR"}
    assert owed_back_keys("") == {}


def test_each_word_of_a_comment_is_a_key_with_what_stands_around_it():
    assert comment_keys(["Rang Müller:\n call-back."]) == dict.fromkeys(
        ["mrang", "mmuller", "mcall", "mback"], "Rang Müller: call-back."
    )
    assert comment_keys(["Mueller!"]) == {"mmuller": "Mueller!", "mmueller": "Mueller!"}
    assert comment_keys(["latest word", "first word"])["mword"] == "latest word"
    assert comment_keys(["_ — ."]) == {}


def test_what_is_far_on_in_a_comment_is_shown_from_a_little_before_it():
    body = f"{'so ' * 30}late {'x' * 200} end"
    found = comment_keys([body])

    assert found["mlate"] == f"{'so ' * 13}late {'x' * 56}"
    assert found["mend"] == "end"


def test_of_the_words_of_very_long_comments_only_the_last_are_kept():
    many = [" ".join(f"{comment}w{word}" for word in range(400)) for comment in range(5)]
    assert len(found := comment_keys(many)) == 1000
    assert "m0w0" in found


@pytest.mark.parametrize(
    ("kind", "typed", "plain"),
    [
        (K.NUMBER, "e 100001-7", "e1000017"),
        (K.EMAIL, " Ada@Example.com", "ada@example.com"),
        (K.PHONE, "030 99", "3099"),
        (K.CUSTOMER_NAME, "BYRON, Ada", "byron ada"),
        (K.QUOTE_NUMBER, "q 100-1", "q1001"),
        (K.ATTRIBUTE, "P/7", "p 7"),
    ],
)
def test_what_was_typed_is_put_into_the_form_of_keys(kind, typed, plain):
    assert plain_form(kind, typed) == plain


@pytest.mark.parametrize(
    ("kind", "match", "plain", "fitting"),
    [
        (K.CUSTOMER_NAME, M.EXACT, "byron", ["nbyron ada", "nbyron"]),
        (K.CUSTOMER_NAME, M.STARTS_WITH, "byr", ["nbyron ada", "nbyron", "nbyrony"]),
        (K.CUSTOMER_NAME, M.CONTAINS, "ron", ["nada byron", "nbyron ada", "nbyron", "nbyrony"]),
        (K.CUSTOMER_NAME, M.CONTAINS, "nby", []),
        (K.SKU, M.EXACT, "k1", ["kk1"]),
        (K.SKU, M.STARTS_WITH, "k1", ["kk1", "kk10"]),
        (K.BLOCK, M.EXACT, ANY, ["b*"]),
        (K.BLOCK, M.EXACT, "FRAUD", ["bFRAUD"]),
        (K.ATTRIBUTE, M.EXACT, "po 7", ["apo=po 7"]),
        (K.ATTRIBUTE, M.STARTS_WITH, "po", ["apo=po 7"]),
        (K.ATTRIBUTE, M.CONTAINS, "o 7", ["apo=po 7"]),
    ],
)
def test_a_key_fits_or_does_not(kind, match, plain, fitting):
    wanted = HasKey(kind=kind, match=match, plain=plain, within="po" if kind is K.ATTRIBUTE else "")
    all_ = ["nada byron", "nbyron ada", "nbyron", "nbyrony", "sbyron", "kk1", "kk10", "apo=po 7", "aother=po 7", "b*"]
    all_ += ["bFRAUD", "bFRAUDULENT"]

    assert [key for key in all_ if wanted.fits(key)] == fitting


def test_one_key_only_fits_an_exact_code():
    assert HasKey(kind=K.SKU, match=M.EXACT, plain="k1").one_key
    assert not HasKey(kind=K.SKU, match=M.STARTS_WITH, plain="k1").one_key
    assert not HasKey(kind=K.COMPANY, match=M.EXACT, plain="moss").one_key


def test_what_can_be_without_end_is_not_found_by_what_it_contains():
    assert {kind for kind in K if not kind.has_parts} == {
        *(K.NUMBER, K.QUOTE_NUMBER, K.COMMENT),
        *(K.OWED_BACK, K.BLOCK, K.BACKORDER),
    }


def test_pieces_tell_the_kind():
    assert key_pieces("nada b") == ["nada", "nda ", "na b"]
