from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest

from commerce_api.domain import product as p
from commerce_api.domain.decision import NotFound, Refused, StaleRevision, refuse
from commerce_api.domain.product_changes import create, decide, evolve, sku_problems

MUG, SHOP, OTHER_SHOP = UUID(int=1), UUID(int=51), UUID(int=52)
RED, BLUE, GREEN = UUID(int=11), UUID(int=12), UUID(int=13)
NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
NOW = p.Publication(channel_id=SHOP, published_from=NOON)


def variant(id_=RED, *values, **more):
    return p.Variant(id=id_, option_values=values, attributes={}, translations={}, **more)


def product(*variants, **more):
    required = {"product_type_id": UUID(int=2), "tax_class_id": UUID(int=3), "attributes": {}}
    return p.Product(id=MUG, handle="mug", title="Mug", variants=variants, **required, **more)


COLORED = product(variant(RED, "red"), variant(BLUE, "blue"), option_names=("Color",))


def change(state, **changes):
    return decide(state, p.UpdateProduct(product_id=MUG, changes=changes))


def save(state, *added, changed=()):
    return decide(state, p.SaveVariants(product_id=MUG, added=added, changed=changed))


def delete(state, variant_id):
    return decide(state, p.DeleteVariant(product_id=MUG, variant_id=variant_id))


def publish(state, publication):
    return decide(state, p.PublishProduct(product_id=MUG, publication=publication))


def after(state, decision):
    """The product once everything that was decided has happened."""
    assert not isinstance(decision, Refused)
    return reduce(evolve, decision, state)


COMMANDS = [
    p.UpdateProduct(product_id=MUG, changes={"title": "Cup"}, expected_revision=3),
    p.SaveVariants(product_id=MUG, added=(variant(GREEN, "green"),), expected_revision=3),
    p.DeleteVariant(product_id=MUG, variant_id=RED, expected_revision=3),
    p.PublishProduct(product_id=MUG, publication=NOW, expected_revision=3),
    p.UnpublishProduct(product_id=MUG, channel_id=SHOP, expected_revision=3),
    p.ArchiveProduct(product_id=MUG, expected_revision=3),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_nothing_is_done_with_an_archived_product(command):
    archived = replace(COLORED, status=p.ProductStatus.ARCHIVED, revision=3)

    assert decide(archived, command) == refuse(p.ProductIsArchived())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_what_was_decided_on_an_older_revision_is_refused(command):
    stale = StaleRevision(path=("expectedRevision",), current_revision=4)

    assert decide(replace(COLORED, revision=4), command) == refuse(stale)


def test_a_sound_product_begins_as_a_draft():
    decision = create(p.CreateProduct(product=COLORED))

    assert decision == [p.ProductCreated(product=COLORED)]
    assert after(product(), decision).status is p.ProductStatus.DRAFT


def test_a_new_product_is_told_everything_that_is_wrong_with_it():
    itself = p.Relation(kind=p.RelationKind.ACCESSORY, product_id=MUG)
    wrong = product(variant(), option_names=("A", "B", "C", "D"), relations=(itself,))

    assert create(p.CreateProduct(product=wrong)) == refuse(
        p.TooManyOptions(path=("optionNames",)),
        p.RelatedToItself(path=("relations",)),
        p.OptionsMismatch(path=("variants", "0", "optionValues")),
    )


def test_changes_take_hold_and_leave_the_rest():
    decision = change(COLORED, title="Cup", vendor="Kiln")

    assert decision == [p.ProductUpdated(changes={"title": "Cup", "vendor": "Kiln"})]
    assert after(COLORED, decision) == replace(COLORED, title="Cup", vendor="Kiln")


def test_a_product_goes_with_others_but_not_with_itself():
    other = p.Relation(kind=p.RelationKind.ACCESSORY, product_id=UUID(int=9))

    assert after(COLORED, change(COLORED, relations=(other,))).relations == (other,)
    assert change(COLORED, relations=(other, replace(other, product_id=MUG))) == refuse(
        p.RelatedToItself(path=("relations",))
    )


def test_an_option_cannot_be_taken_away_while_variants_have_values_for_it():
    assert change(COLORED, option_names=()) == refuse(
        p.OptionsMismatch(path=("variants", "0", "optionValues")),
        p.OptionsMismatch(path=("variants", "1", "optionValues")),
    )


def test_variants_are_added_behind_and_changed_in_their_place():
    decision = save(COLORED, variant(GREEN, "green"), changed=[(RED, {"sku": "M-1"})])

    assert after(COLORED, decision).variants == (
        variant(RED, "red", sku="M-1"),
        variant(BLUE, "blue"),
        variant(GREEN, "green"),
    )


def test_two_variants_may_trade_their_option_values():
    decision = save(COLORED, changed=[(RED, {"option_values": ("blue",)}), (BLUE, {"option_values": ("red",)})])

    assert after(COLORED, decision).variants == (variant(RED, "blue"), variant(BLUE, "red"))


def test_a_variant_of_another_product_is_not_found_at_its_place_in_the_input():
    assert save(COLORED, changed=[(RED, {}), (GREEN, {})]) == refuse(NotFound(path=("variants", "1", "id")))


def test_no_two_variants_have_the_same_option_values():
    assert save(COLORED, variant(GREEN, "red")) == refuse(p.VariantExists(path=("variants", "0", "optionValues")))


def test_a_product_has_2000_variants_at_most():
    full = product(*(variant(UUID(int=n), str(n)) for n in range(100, 2100)), option_names=("Number",))

    assert after(full, save(full, changed=[(UUID(int=100), {"sku": "M"})])).variants[0].sku == "M"
    assert save(full, variant(RED, "one more")) == refuse(p.TooManyVariants(path=("variants",)))


@pytest.mark.parametrize(
    ("rules", "sound"),
    [
        ({"min_quantity": 1, "max_quantity": None}, True),
        ({"min_quantity": 6, "max_quantity": 6, "quantity_step": 6}, True),
        ({"min_quantity": 6, "max_quantity": 5}, False),
        ({"min_quantity": 0}, False),
        ({"quantity_step": 0}, False),
    ],
)
def test_quantities_are_refused_if_none_could_be_bought(rules, sound):
    decision = save(COLORED, changed=[(BLUE, rules)])

    conflict = refuse(p.QuantityRulesConflict(path=("variants", "0", "maxQuantity")))
    assert decision == ([p.VariantSaved(variant=variant(BLUE, "blue", **rules))] if sound else conflict)


def test_a_variant_does_not_succeed_itself():
    assert save(COLORED, changed=[(RED, {"successor_id": RED})]) == refuse(
        NotFound(path=("variants", "0", "successorId"))
    )
    assert after(COLORED, save(COLORED, changed=[(RED, {"successor_id": BLUE})])).variants[0].successor_id == BLUE


def test_a_variant_is_deleted_and_its_neighbors_stay():
    assert after(COLORED, delete(COLORED, RED)).variants == (variant(BLUE, "blue"),)


def test_a_variant_that_is_not_there_cannot_be_deleted():
    assert delete(COLORED, GREEN) == refuse(NotFound(path=("variantId",)))


@pytest.mark.parametrize("status", [p.ProductStatus.DRAFT, p.ProductStatus.ACTIVE])
def test_only_what_is_on_sale_keeps_its_last_variant(status):
    decision = delete(product(variant(), status=status), RED)

    if status is p.ProductStatus.ACTIVE:
        assert decision == refuse(p.LastVariant(path=("variantId",)))
    else:
        assert decision == [p.VariantDeleted(variant_id=RED)]


def test_publishing_makes_a_product_active():
    published = after(COLORED, publish(COLORED, NOW))

    assert (published.status, published.publications) == (p.ProductStatus.ACTIVE, (NOW,))


def test_a_channel_has_one_period_and_other_channels_theirs():
    elsewhere = replace(NOW, channel_id=OTHER_SHOP)
    longer = replace(NOW, published_until=NOON + timedelta(days=9))
    published = replace(COLORED, publications=(NOW, elsewhere))

    assert after(published, publish(published, longer)).publications == (elsewhere, longer)


def test_what_has_no_variants_or_ends_before_it_begins_is_not_published():
    backwards = replace(NOW, published_until=NOON)

    assert publish(product(), backwards) == refuse(
        p.NothingToSell(), p.PeriodEndsBeforeItBegins(path=("publishedUntil",))
    )


def test_a_product_leaves_one_channel_and_stays_in_the_others():
    elsewhere = replace(NOW, channel_id=OTHER_SHOP)
    published = replace(COLORED, status=p.ProductStatus.ACTIVE, publications=(NOW, elsewhere))
    leave = p.UnpublishProduct(product_id=MUG, channel_id=SHOP)

    left = after(published, decide(published, leave))

    assert (left.status, left.publications) == (p.ProductStatus.ACTIVE, (elsewhere,))
    assert decide(left, leave) == []


def test_an_archived_product_is_in_no_channel():
    published = replace(COLORED, status=p.ProductStatus.ACTIVE, publications=(NOW,))

    archived = after(published, decide(published, p.ArchiveProduct(product_id=MUG)))

    assert (archived.status, archived.publications) == (p.ProductStatus.ARCHIVED, ())


@pytest.mark.parametrize(
    ("skus", "owners", "taken"),
    [
        (("A", "B"), {}, []),
        ((None, None), {}, []),
        (("A", "B"), {"A": RED}, []),
        (("A", "B"), {"A": GREEN}, ["0"]),
        (("A", "B"), {"A": BLUE}, ["0"]),
        (("A", "A"), {}, ["1"]),
        (("A", "A"), {"A": GREEN}, ["0", "1"]),
    ],
)
def test_a_sku_belongs_to_one_variant(skus, owners, taken):
    saved = [variant(RED, sku=skus[0]), variant(BLUE, sku=skus[1])]

    problems = [p.SkuTaken(sku="A", path=("variants", place, "sku")) for place in taken]
    assert sku_problems(saved, owners) == (refuse(*problems) if problems else None)
