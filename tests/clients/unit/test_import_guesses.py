"""What a column is not guessed to be: another field that bears its name, or the day of nothing."""

from __future__ import annotations

import pytest

from services.clients.importing.headers import guess


@pytest.mark.parametrize("label", ["company_name", "Company name"])
@pytest.mark.parametrize(
    ("columns", "meanings"),
    [
        ("Company name|City", "company_name|city"), ("company_name|city", "company_name|city"),
        ("Company|City", "company_name|city"), ("Organization - Name|City", "company_name|city"),
        ("Company name|client.custom.company_name", "company_name|custom.company_name"),
        ("company_name|custom.company_name", "company_name|custom.company_name"),
    ],
)  # fmt: skip
def test_no_field_of_the_companys_own_takes_names_of_companies(label: str, columns: str, meanings: str) -> None:
    own = {"client.custom.company_name": label, "client.custom.name": "Name", "client.custom.town": "City"}
    assert guess("clients.csv", columns.split("|"), own)[1] == [f"client.{each}" for each in meanings.split("|")]


def test_what_other_systems_call_the_company_may_be_a_field_of_its_own_where_it_is_named() -> None:
    own = {"client.custom.customer": "Kunde", "client.custom.area": "Region"}
    assert guess("x.csv", ["Firma", "Kunde", "Region"], own)[1] == ["client.company_name", *own]
    assert guess("x.csv", ["Kunde", "Region"], own)[1] == ["client.company_name", "client.custom.area"]


def test_what_the_file_is_not_about_takes_no_field_of_the_companys_own() -> None:
    own = {"client.custom.step": "Stage", "client.custom.subject": "Subject"}
    assert guess("clients.csv", ["Company name", "Stage", "Subject"], own)[1] == ["client.company_name", *own]
    assert guess("deals.csv", ["Deal name", "Stage"], own)[1] == ["deal.deal_name", "deal.stage"]


@pytest.mark.parametrize(
    ("name", "columns", "meanings"),
    [
        ("kunden.csv", "Firma|Notiz|Betreuer", "client.company_name|client.notes|client.owner"),
        ("kunden.csv", "Firma|Bemerkung|Kundenbetreuer", "client.company_name|client.notes|client.owner"),
        ("list.csv", "Firma|Bemerkungen", "client.company_name|client.notes"),
        ("list.csv", "Firma|Datum", "client.company_name|"),
        ("list.csv", "Firma|Vorname|Datum|Notiz", "client.company_name|contact.first_name||client.notes"),
        ("list.csv", "Company|Due date", "client.company_name|"),
        ("activities.csv", "Company|Date", "client.company_name|"),
        ("list.csv", "Firma|Datum|Betreff", "client.company_name|activity.occurred_at|activity.subject"),
        ("list.csv", "Company|Date|Type", "client.company_name|activity.occurred_at|activity.type"),
        ("list.csv", "Firma|Datum|Beschreibung", "client.company_name|activity.occurred_at|activity.description"),
    ],
)  # fmt: skip
def test_a_day_is_of_what_happened_only_where_it_is_said_what(name: str, columns: str, meanings: str) -> None:
    assert guess(name, columns.split("|"))[1] == [each or None for each in meanings.split("|")]
