from tests import given

RULES = """
query($country: CountryCode!) {
  addressRules(country: $country) {
    country countryName postalCodePattern postalCodeExamples regions { code name } fields { field label required }
  }
}
"""


async def test_the_rules_of_a_country(api, connection):
    await given.channel(connection)

    assert (await api.shop(RULES, country="IS"))["addressRules"] == {
        "country": "IS",
        "countryName": "Iceland",
        "postalCodePattern": "^\\d{3}$",
        "postalCodeExamples": ["320", "121", "220", "110"],
        "regions": [],
        "fields": [
            {"field": "FIRST_NAME", "label": "First name", "required": False},
            {"field": "LAST_NAME", "label": "Last name", "required": True},
            {"field": "COMPANY", "label": "Company", "required": False},
            {"field": "LINE1", "label": "Street and number", "required": True},
            {"field": "LINE2", "label": "Apartment, floor, building", "required": False},
            {"field": "POSTAL_CODE", "label": "Postal code", "required": False},
            {"field": "CITY", "label": "City", "required": True},
            {"field": "PHONE", "label": "Phone", "required": False},
        ],
    }


async def test_what_is_no_country_has_no_rules(api, connection):
    await given.channel(connection)

    assert await api.shop(RULES, country="QQ") == {"addressRules": None}


async def test_labels_are_in_the_language_of_the_request(api, connection):
    await given.channel(connection)
    document = '{ addressRules(country: "US") { fields { field label } } }'

    german = await api.with_headers(accept_language="de").shop(document)

    labels = {entry["field"]: entry["label"] for entry in german["addressRules"]["fields"]}
    assert (labels["LINE1"], labels["REGION"], labels["POSTAL_CODE"]) == (
        "Straße und Hausnummer",
        "Bundesstaat",
        "Postleitzahl (ZIP)",
    )
