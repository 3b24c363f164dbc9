from uuid import UUID

from commerce_api.domain.custom_field import FieldAccess, FieldOwner
from commerce_api.domain.order.difference_words import label
from commerce_api.domain.order.differences import (
    Difference,
    OrderDifferenceKind,
    Part,
    differences,
    seen,
    subjects,
)
from tests.domain.fields import a_field

KETTLE, TEA, CUP, HOME, OFFICE, PAID = (str(UUID(int=n)) for n in range(1, 7))
BERLIN = {
    "first_name": "Ada",
    "last_name": "Byron",
    "company": "",
    "line1": "Torstraße 1",
    "line2": "",
    "city": "Berlin",
    "region": "",
    "postal_code": "10119",
    "country": "DE",
    "phone": "",
}
VIENNA = {**BERLIN, "company": "Engines", "line1": "Ring 2", "city": "Wien", "postal_code": "1010", "country": "AT"}


def line(id_, position, name, quantity=1, price=1000, **changes):
    row = {"id": id_, "position": position, "name": name, "sku": name.upper(), "quantity": quantity, "canceled": 0}
    row |= {"unit_price": price, "discount": 0, "tax": 0, "total": quantity * price, "attributes": {}}
    return {**row, **changes}


def group(id_, position, address=BERLIN, method="Post", instructions=""):
    return {"id": id_, "position": position, "address": address, "method_name": method, "instructions": instructions}


def charge(position, amount, name="Post", group_id=HOME, kind="SHIPPING"):
    row = {"id": str(UUID(int=100 + position + amount)), "position": position, "kind": kind, "name": name}
    return {**row, "ship_group_id": group_id, "amount": amount, "tax": 0}


def share(group_id, line_id, quantity):
    return {"ship_group_id": group_id, "order_line_id": line_id, "quantity": quantity}


HEAD = {
    "state": "CONFIRMED",
    "email": "ada@example.com",
    "phone": "",
    "language": "en",
    "billing_address": BERLIN,
    "shipping_policy": "SHIP_TOGETHER",
    "attributes": {},
    "note": "",
    **dict.fromkeys(("subtotal", "discount_total", "shipping_total", "charge_total", "tax_total"), 0),
    "total": 2490,
}
BEFORE = {
    "order": HEAD,
    "lines": [line(KETTLE, 0, "Kettle"), line(TEA, 1, "Tea", 3, 500)],
    "groups": [group(HOME, 0)],
    "shares": [share(HOME, KETTLE, 1), share(HOME, TEA, 3)],
    "charges": [charge(0, 490)],
    "payments": [{"id": PAID, "position": 0, "amount": 2490}],
}


def changed(**parts):
    return {**BEFORE, **parts}


def labels(after, before=BEFORE, language="en"):
    return [label(each, "EUR", language) for each in differences(before, after)]


def test_the_same_is_no_different():
    assert differences(BEFORE, changed()) == []


def test_a_changed_quantity_is_never_one_line_gone_and_another_new():
    fewer = [line(KETTLE, 0, "Kettle"), line(TEA, 1, "Tea", 2, 500)]

    quantity, total = differences(BEFORE, changed(lines=fewer))

    assert quantity == Difference(
        kind=OrderDifferenceKind.CHANGED,
        part=Part.LINE,
        aspect=quantity.aspect,
        id=UUID(TEA),
        number=2,
        title="Tea",
        before=3,
        after=2,
    )
    assert quantity.aspect.name == "quantity"
    assert (total.aspect.name, total.before, total.after) == ("total", 1500, 1000)
    assert labels(changed(lines=fewer)) == [
        "Line 2 (Tea): quantity 3 → 2",
        "Line 2 (Tea): total 15.00 EUR → 10.00 EUR",
    ]


def test_lines_come_and_go():
    after = changed(lines=[line(KETTLE, 0, "Kettle"), line(CUP, 2, "Cup", 4)])

    assert [(each.kind, each.before, each.after) for each in differences(BEFORE, after)] == [
        (OrderDifferenceKind.REMOVED, 3, None),
        (OrderDifferenceKind.ADDED, None, 4),
    ]
    assert labels(after) == ["Line 2 (Tea) removed: 3", "Line 3 (Cup) added: 4"]
    assert labels(after, language="de-AT") == ["Position 2 (Tea) entfällt: 3", "Position 3 (Cup) neu: 4"]


def test_a_line_that_moves_up_is_the_same_line():
    assert labels(changed(lines=[line(TEA, 0, "Tea", 3, 500), line(KETTLE, 1, "Kettle")])) == []


def test_what_a_line_holds_beside_is_changed_without_saying_all_of_it():
    engraved = [line(KETTLE, 0, "Kettle", attributes={"engraving": "A"}), BEFORE["lines"][1]]

    assert labels(changed(lines=engraved)) == ["Line 1 (Kettle): further details changed"]
    assert labels(changed(order={**HEAD, "attributes": {"gift": "1"}})) == ["Further details changed"]


def test_custom_fields_are_told_one_by_one():
    before = changed(
        order={**HEAD, "po_number": "PO-7", "gift": False, "fields": {"center": "K7", "kept": "x", "shades": ["red"]}}
    )
    after = changed(
        order={
            **HEAD,
            "po_number": "",
            "gift": True,
            "fields": {"kept": "x", "shades": ["red", "blue"], "insured": True},
        },
        lines=[line(KETTLE, 0, "Kettle", fields={"engraving": "Ada"}), BEFORE["lines"][1]],
    )

    assert labels(after, before) == [
        "Line 1 (Kettle): engraving none → Ada",
        "Your order number: PO-7 → none",
        "Gift: no → yes",
        "Center: K7 → none",
        "Insured: none → yes",
        "Shades: red → red, blue",
    ]
    assert labels(after, before, "de")[1:3] == ["Ihre Bestellnummer: PO-7 → nichts", "Geschenk: nein → ja"]


def test_who_reads_sees_custom_fields_of_versions_by_their_names_as_far_as_they_may():
    seen_by_all = a_field("center", commercial=True, names={"en": "Cost center", "de": "Kostenstelle"})
    of_staff = a_field("risk", commercial=True, shoppers=FieldAccess.NONE)
    of_lines = a_field("center", FieldOwner.ORDER_LINE, commercial=True, names={"en": "Engraving"})
    fields = [seen_by_all, of_staff, of_lines, a_field("aside")]
    said = {"center": "K7", "risk": "high", "aside": "x", "gone": "y"}
    after = changed(
        order={**HEAD, "note": "Ring", "fields": said},
        lines=[line(KETTLE, 0, "Kettle", fields={"center": "Ada"}), BEFORE["lines"][1]],
    )
    found = differences(BEFORE, after)

    def read(language="en", **how):
        return [label(each, "EUR", language) for each in seen(found, fields, language, **how)]

    for_all = ["Line 1 (Kettle): Engraving none → Ada", "Note: none → Ring", "Cost center: none → K7"]
    assert read(by_staff=False) == for_all
    assert read(by_staff=True) == [*for_all, "Risk: none → high"]
    assert read("de", by_staff=False)[2] == "Kostenstelle: nichts → K7"


def test_what_is_different_is_named_once_whatever_it_is_of():
    after = changed(
        order={**HEAD, "email": "ada@engines.example", "total": 1, "fields": {"center": "K7"}},
        lines=[line(KETTLE, 0, "Kettle", 2), line(TEA, 1, "Tea", 4, 500), line(CUP, 2, "Cup")],
        groups=[group(HOME, 0, address=VIENNA), group(OFFICE, 1)],
        shares=[share(HOME, KETTLE, 1), share(OFFICE, KETTLE, 1), share(HOME, TEA, 4), share(OFFICE, CUP, 1)],
    )

    assert subjects(differences(BEFORE, after)) == (
        *("lines.quantity", "lines.total", "lines", "shipGroups.address", "shipGroups"),
        *("shipGroups.lines.quantity", "email", "fields.center"),
    )
    assert subjects(differences(BEFORE, BEFORE)) == ()


def test_destinations_are_told_with_their_addresses():
    moved = changed(groups=[group(HOME, 0, VIENNA, "Express", "Ring twice")])

    assert labels(moved) == [
        "Delivery 1: address Ada Byron, Torstraße 1, 10119 Berlin, DE → Ada Byron, Ring 2, 1010 Wien, AT",
        "Delivery 1: shipping method Post → Express",
        "Delivery 1: instructions none → Ring twice",
    ]


def test_a_company_is_told_where_there_is_no_person():
    firm = {**VIENNA, "first_name": "", "last_name": ""}

    (told,) = labels(changed(order={**HEAD, "billing_address": firm}))

    assert told.endswith("→ Engines, Ring 2, 1010 Wien, AT")


def test_how_many_go_where_is_told_where_there_are_several_destinations():
    two = changed(
        groups=[group(HOME, 0), group(OFFICE, 1, VIENNA)],
        shares=[share(HOME, KETTLE, 1), share(HOME, TEA, 1), share(OFFICE, TEA, 2)],
    )

    assert labels(two) == [
        "Delivery 2 added: Ada Byron, Ring 2, 1010 Wien, AT",
        "Delivery 1, Tea: quantity 3 → 1",
        "Delivery 2, Tea: quantity 0 → 2",
    ]
    assert [each.line_id for each in differences(BEFORE, two)[1:]] == [UUID(TEA), UUID(TEA)]
    gone = {**two, "lines": two["lines"][:1], "shares": two["shares"][:1]}
    assert labels(gone, before=two) == ["Line 2 (Tea) removed: 3"]


def test_a_destination_has_one_charge_for_shipping_whatever_its_method():
    express = changed(charges=[charge(0, 990, "Express"), charge(1, 200, "Gift wrap", None, "HANDLING")])

    assert labels(express) == [
        "Express: name Post → Express",
        "Express: amount 4.90 EUR → 9.90 EUR",
        "Gift wrap added: 2.00 EUR",
    ]


def test_payments_the_head_and_totals_are_compared():
    after = changed(
        order={**HEAD, "email": "grace@example.com", "note": "Leave at the door", "total": 2000},
        payments=[{"id": OFFICE, "position": 0, "amount": 2000}],
    )

    assert labels(after, language="de") == [
        "Zahlung 1 neu: 20,00 EUR",
        "Zahlung 1 entfällt: 24,90 EUR",
        "Mailadresse: ada@example.com → grace@example.com",
        "Anmerkung: nichts → Leave at the door",
        "Summe: 24,90 EUR → 20,00 EUR",
    ]


def test_states_on_the_way_are_no_difference_but_the_end_is():
    assert labels(changed(order={**HEAD, "state": "SHIPPED"})) == []
    assert labels(changed(order={**HEAD, "state": "CANCELED"})) == ["State: Confirmed → Canceled"]


def test_wishes_are_told_in_words_too():
    wished = line(
        KETTLE, 0, "Kettle", shipping_policy="AS_AVAILABLE", tie_group=1, gift_message="For Bob", expedite=True
    )
    head = {**HEAD, "shipping_policy": "AS_AVAILABLE"}
    before = changed(lines=[line(KETTLE, 0, "Kettle", expedite=False), BEFORE["lines"][1]])
    after = changed(
        lines=[wished, BEFORE["lines"][1]], order=head, groups=[{**group(HOME, 0), "requested_ship_date": "2026-12-24"}]
    )

    assert labels(after, before) == [
        "Line 1 (Kettle): gift message none → For Bob",
        "Line 1 (Kettle): in haste no → yes",
        "Line 1 (Kettle): shipping policy none → as it is available",
        "Line 1 (Kettle): group that leaves together none → 1",
        "Delivery 1: not before none → 2026-12-24",
        "Shipping policy: everything together → as it is available",
    ]
    assert labels(after, before, "de")[-1] == "Versand der Bestellung: alles zusammen → sobald verfügbar"
