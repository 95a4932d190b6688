"""What cells, columns and rows of other people's files mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from libs.common.custom_fields import Definition
from libs.common.uploads import plain
from services.clients.importing import amounts, cells, dates, numbers, own_fields
from services.clients.importing.cells import Unclear
from services.clients.importing.foreign import foreign
from services.clients.importing.headers import guess, system_of


@pytest.mark.parametrize(
    ("cell", "minor", "currency"),
    [
        ("1.234,56 €", 123456, "EUR"), ("$1,234.56", 123456, "USD"), ("(500)", -50000, "USD"), ("-3", -300, "USD"),
        ("1'234.50 CHF", 123450, "CHF"), ("1 234,56", 123456, "USD"), ("0.5", 50, "USD"), ("12,5", 1250, "USD"),
        ("1,234,567", 123456700, "USD"), ("USD 12", 1200, "USD"), ("500-", -50000, "USD"), ("¥1,200", 1200, "JPY"),
        ("1\xa0000 EUR", 100000, "EUR"), ("62500", 6250000, "USD"), ("62500.5", 6250050, "USD"),
        ("US$ 500", 50000, "USD"), ("US$500", 50000, "USD"), ("CHF1000", 100000, "CHF"), ("CHF 1'000", 100000, "CHF"),
        ("1.000,-", 100000, "USD"), ("€ 1.000,--", 100000, "EUR"), ("1'000.– CHF", 100000, "CHF"),
        ("(1.000,- €)", -100000, "EUR"), ("$5 CAD", 500, "CAD"), ("C$ 5", 500, "CAD"),
        ("12,34,567.50", 123456750, "USD"), ("1.2340 BHD", 1234, "BHD"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(cell: str, minor: int, currency: str) -> None:
    assert amounts.money(cell, "USD") == (minor, currency)


@pytest.mark.parametrize(
    ("cell", "mark", "minor", "currency"),
    [
        ("1,234", ".", 123400, "USD"), ("1.234", ",", 123400, "USD"), ("12.345 €", ",", 1234500, "EUR"),
        ("1.234 BHD", ".", 1234, "BHD"), ("1.234 BHD", ",", 1234000, "BHD"), ("12.34", ",", 1234, "USD"),
    ],
)  # fmt: skip
def test_an_amount_that_may_be_two_is_what_its_column_says(cell: str, mark: str, minor: int, currency: str) -> None:
    assert amounts.money(cell, "USD", mark) == (minor, currency)
    if cell != "12.34":
        with pytest.raises(Unclear, match="is two numbers"):
            amounts.money(cell, "USD")


@pytest.mark.parametrize(
    "cell",
    ["1.2.3", "abc", "(5", "12 XYZ", "1.234,567", "1.2340", "½", "1e9", "9" * 30, "", "€5 CHF USD", "$5 €", "ABCD 5"],
)
def test_what_is_no_amount_is_refused(cell: str) -> None:
    with pytest.raises(Unclear):
        amounts.money(cell, "USD")


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2025-02-01", None, date(2025, 2, 1)), ("01.02.2025", None, date(2025, 2, 1)),
        ("13/02/2025", None, date(2025, 2, 13)), ("02/13/2025", None, date(2025, 2, 13)),
        ("01/02/2025", "dmy", date(2025, 2, 1)), ("01/02/2025", "mdy", date(2025, 1, 2)),
        ("1/2/25", "mdy", date(2025, 1, 2)), ("Feb 3, 2025", None, date(2025, 2, 3)),
        ("3. März 2025", None, date(2025, 3, 3)), ("05/05/2025", None, date(2025, 5, 5)),
        ("2025-02-01T10:00:00Z", None, date(2025, 2, 1)), ("03-Apr-25", None, date(2025, 4, 3)),
        ("3-Apr-2025", None, date(2025, 4, 3)), ("Apr 3, 2025", None, date(2025, 4, 3)),
        ("April 3rd 2025", None, date(2025, 4, 3)), ("3rd April 2025", None, date(2025, 4, 3)),
        ("Apr-03-2025", None, date(2025, 4, 3)), ("3 Apr. 99", None, date(1999, 4, 3)),
        ("25-01-02", "dmy", date(2002, 1, 25)), ("25-01-02", "ymd", date(2025, 1, 2)),
        ("09-03-04", "ymd", date(2009, 3, 4)), ("31-12-99", None, date(1999, 12, 31)),
        ("25.01.02", None, date(2002, 1, 25)),
    ],
)  # fmt: skip
def test_days(cell: str, order: str | None, day: date) -> None:
    assert dates.day(cell, order) == day


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("01/02/2025", None),
        ("01/02/2025", "ymd"),
        ("25-01-02", None),
        ("25-01-02", "mdy"),
        ("03-Foo-25", None),
        ("30/02/2025", None),
        ("02/30/2025", "mdy"),
        ("soon", None),
        ("01/02/0025", "dmy"),
        ("45000", None),
    ],
)
def test_what_is_no_day_or_two_is_refused(cell: str, order: str | None) -> None:
    with pytest.raises(Unclear):
        dates.day(cell, order)


def test_a_column_decides_its_order_or_asks() -> None:
    column = dates.Evidence()
    for cell in ("01/02/2025", "03/04/2025"):
        column.look(cell)
    assert (column.order, column.asks, column.samples) == (None, True, ["01/02/2025", "03/04/2025"])
    column.look("25/12/2025")
    assert (column.order, column.asks) == ("dmy", False)
    column.look("12/25/2025")
    assert (column.order, column.asks) == (None, True)


def test_what_may_begin_with_its_year_settles_nothing_for_others() -> None:
    column = dates.Evidence()
    for cell in ("25-01-02", "3/4/25"):
        column.look(cell)
    assert (column.order, column.asks, column.samples) == (None, True, ["25-01-02", "3/4/25"])
    column.look("12/31/25")
    assert (column.order, column.asks) == ("mdy", False)


def test_moments_have_a_zone() -> None:
    assert dates.instant("2025-01-02 15:00", None, "America/New_York").isoformat() == "2025-01-02T20:00:00+00:00"
    assert dates.instant("01/02/2025 3:05 PM", "mdy", "America/New_York").isoformat() == "2025-01-02T20:05:00+00:00"
    assert dates.instant("2025-01-02T15:00:00Z", None, "Asia/Tokyo").isoformat() == "2025-01-02T15:00:00+00:00"
    assert dates.instant("2025-01-02", None, "UTC").isoformat() == "2025-01-02T12:00:00+00:00"


def test_phones_are_kept_and_doubted() -> None:
    assert cells.phone_doubt("+49 30 901820", "US") is None
    assert cells.phone_doubt("+1-555-0123", "US") == "no phone has this number; it is kept as it stands"
    assert cells.phone_doubt("by mail", "US") is not None


@pytest.mark.parametrize(
    ("name", "columns", "about", "meanings"),
    [
        ("hubspot-crm-exports-all-companies.csv", "Record ID|Company name|Company owner|Industry|Country/Region",
         "client", "client.external_id|client.company_name|client.owner|client.industry|client.country"),
        ("hubspot-crm-exports-all-deals.csv", "Record ID|Deal Name|Deal Stage|Close Date|Amount|Associated Company",
         "deal", "deal.external_id|deal.deal_name|deal.stage|deal.close_date|deal.deal_value|client.company_name"),
        ("report1650.csv", "First Name|Last Name|Title|Account Name|Email|Phone|Mailing City",
         "contact", "contact.first_name|contact.last_name|contact.job_title|client.company_name|contact.email|"
         "contact.phone|client.city"),
        ("report.csv", "Opportunity Name|Account Name|Stage|Close Date|Amount|Opportunity Owner",
         "deal", "deal.deal_name|client.company_name|deal.stage|deal.close_date|deal.deal_value|deal.owner"),
        ("people-1.csv", "Person - Name|Person - Organization|Person - Email - Work|Person - Phone - Work",
         "contact", "contact.name|client.company_name|contact.email|contact.phone"),
        ("deals-1.csv", "Deal - Title|Deal - Value|Deal - Currency of Value|Deal - Organization|Deal - Stage",
         "deal", "deal.deal_name|deal.deal_value|deal.currency|client.company_name|deal.stage"),
        ("deals-2.csv", "Deal - Title|Deal - Value|Deal - Currency|Deal - Stage|Deal - Status|Deal - Lost reason|"
         "Deal - Won time|Deal - Lost time|Organization - Name|Deal - Owner|Organization - Owner|Deal - Contact person",
         "deal", "deal.deal_name|deal.deal_value|deal.currency|deal.stage|deal.deal_status|deal.lost_reason|"
         "deal.won_on|deal.lost_on|client.company_name|deal.owner|client.owner|contact.name"),
        # Without a stage the status is all that says how far a deal is.
        ("deals-3.csv", "Deal - Title|Deal - Status|Organization - Name", "deal",
         "deal.deal_name|deal.stage|client.company_name"),
        ("deals.csv", "Name|Stage|Status|Company", "deal",
         "deal.deal_name|deal.stage|deal.deal_status|client.company_name"),
        ("Deals_001.csv", "Deal Name|Amount|Stage|Closing Date|Account Name|Deal Owner",
         "deal", "deal.deal_name|deal.deal_value|deal.stage|deal.close_date|client.company_name|deal.owner"),
        ("tasks.csv", "Subject|Due Date|Status|Account Name|Description",
         "activity", "activity.subject|activity.due_at|activity.done|client.company_name|activity.description"),
        ("clients.csv", "id|company_name|email|phone|status|owner|created_at",
         "client", "client.external_id|client.company_name|client.email|client.phone|client.status|client.owner|"
         "client.created_at"),
    ],
)  # fmt: skip
def test_columns_of_other_systems_are_understood(name: str, columns: str, about: str, meanings: str) -> None:
    assert guess(name, columns.split("|")) == (about, meanings.split("|"))


@pytest.mark.parametrize("file", ["deals.csv", "people.csv", "clients.csv", "activities.csv"])
@pytest.mark.parametrize(
    ("column", "entity"),
    [
        ("Deal - Status", "deal"), ("Deal - City", "deal"), ("Deal - Email", "deal"), ("Deal - Industry", "deal"),
        ("Person - Status", "contact"), ("Person - Owner", "contact"), ("Person - Label", "contact"),
        ("Person - City", "contact"), ("Person - Stage", "contact"), ("Organization - Stage", "client"),
        ("Organization - Email", "client"), ("Organization - First name", "client"), ("Organization - Value", "client"),
        ("Activity - Email", "activity"), ("Activity - Owner", "activity"),
    ],
)  # fmt: skip
def test_a_column_that_names_its_entity_means_no_field_of_another(file: str, column: str, entity: str) -> None:
    named = ["Company name", "Deal name", "Activity subject", "Full name"]
    meaning = guess(file, [*named, column])[1][-1]
    assert meaning is None or meaning.partition(".")[0] == entity


def test_our_own_list_of_invoices_is_known_by_its_columns() -> None:
    ours = "id invoice_number status overdue client_id company_name deal_id amount tax currency due_date paid_date"
    assert foreign(ours.split()) == "invoices are not imported"
    assert foreign("id deal_name client_id company_name deal_value currency stage".split()) is None


@pytest.mark.parametrize(
    ("columns", "left_out"),
    [
        ("sales_agent,manager,regional_office", True),
        ("Full Name,Work Email,Department,Reports To", True),
        ("Name,E-Mail,Abteilung,Vorgesetzter", True),
        ("sales_agent,manager,account", False),
        ("Full Name,Email,Company,Manager", False),
        ("manager,regional_office", False),
        ("Name,Email,Phone", False),
    ],
)
def test_a_list_of_our_own_people_is_known_by_its_columns(columns: str, left_out: bool) -> None:
    wanted = "people of your own company are brought in by an admin, under Settings, People"
    assert foreign(columns.split(",")) == (wanted if left_out else None)


def test_no_meaning_is_given_twice() -> None:
    assert guess("x.csv", ["Company", "Account Name"])[1] == ["client.company_name", None]


OWN = {
    "client.custom.region": "Sales region", "client.custom.kunde": "Kunde seit", "contact.custom.birthday": "Birthday",
    "deal.custom.region": "Region", "deal.custom.source": "Source", "contact.custom.company_name": "Company name",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column", "meaning"),
    [
        ("clients.csv", "client.custom.region", "client.custom.region"),
        ("deals.csv", "client.custom.region", "client.custom.region"),
        ("clients.csv", "custom.region", "client.custom.region"),
        ("clients.csv", "Sales Region", "client.custom.region"),
        ("clients.csv", "kunde seit", "client.custom.kunde"),
        # Nothing else names the company.
        ("clients.csv", "KUNDE", "client.company_name"),
        ("contacts.csv", "Birthday", "contact.custom.birthday"),
        ("contacts.csv", "sales region", "client.custom.region"),
        ("clients.csv", "Birthday", "contact.custom.birthday"),
        ("deals.csv", "Region", "deal.custom.region"),
        ("deals.csv", "deal.custom.gone", None),
        # What our own columns are called is ours.
        ("deals.csv", "source", "deal.source"),
        ("deals.csv", "Source", "deal.source"),
        ("deals.csv", "deal.custom.source", "deal.custom.source"),
        ("contacts.csv", "company_name", "client.company_name"),
        ("contacts.csv", "Company name", "client.company_name"),
        ("contacts.csv", "contact.custom.company_name", "contact.custom.company_name"),
        # Without a deal there is no field of one.
        ("contacts.csv", "deal.custom.region", None),
    ],
)
def test_the_companys_own_fields_are_guessed(name: str, column: str, meaning: str | None) -> None:
    named = ["Deal name"] if name == "deals.csv" else []
    assert guess(name, [*named, column], OWN)[1][-1] == meaning


TIER = {f"{entity}.custom.tier": "Tier" for entity in ("client", "contact", "deal")}


@pytest.mark.parametrize(
    ("name", "columns", "meaning"),
    [
        ("x.csv", "Company name|Tier", "client"), ("deals.csv", "Company name|Amount|Tier", "client"),
        ("pipeline.csv", "First name|Email|Tier", "contact"), ("deals.csv", "Deal name|Company|Tier", "deal"),
        ("people.csv", "First name|Company|Tier", "contact"), ("list.csv", "Website|City|Tier", "client"),
        ("clients.csv", "Company name|Deal name|Tier", "client"), ("x.csv", "Company name|Deal - Tier", None),
        ("x.csv", "Company name|Person - Tier", "contact"),
    ],
)  # fmt: skip
def test_of_one_label_the_field_of_what_the_file_has_is_meant(name: str, columns: str, meaning: str | None) -> None:
    found = guess(name, columns.split("|"), TIER)[1][-1]
    assert found == (f"{meaning}.custom.tier" if meaning else None)


@pytest.mark.parametrize(
    ("cell", "mark", "said"),
    [
        ("1234", None, "1234"), ("-12.5", None, "-12.5"), ("12,5", None, "12.5"), ("1,234.5", None, "1234.5"),
        ("1.234,5", None, "1234.5"), ("1,234,567", None, "1234567"), ("1'234.50", None, "1234.50"),
        ("1 234", None, "1234"), ("1e-06", None, "0.000001"),
        ("1,234", ".", "1234"), ("1,234", ",", "1.234"), ("1.234", ".", "1.234"), ("1.234", ",", "1234"),
        ("0.125", None, "0.125"), ("1.2340", None, "1.2340"), (".5", None, "0.5"), ("−3", None, "-3"),
        ("12345.678", None, "12345.678"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(cell: str, mark: str | None, said: str) -> None:
    assert Decimal(numbers.number(cell, mark)) == Decimal(said)


@pytest.mark.parametrize(
    "cell", ["1,234", "1.234", "-1.234", "five", "1.2.3", "1,23,4", "12 %", "1e999999999", "", "--1", "½"]
)
def test_what_is_no_number_or_two_is_refused(cell: str) -> None:
    with pytest.raises(Unclear):
        numbers.number(cell, None)


def test_a_column_decides_its_decimals_or_asks() -> None:
    column = looked_at("1,234", "1 000", "5", "2.345", "Smith, J.", "ann@acme.example")
    assert (column.mark, column.asks, column.samples) == (None, True, ["1,234", "2.345"])
    column = looked_at("1,234", "1,5")
    assert (column.mark, column.asks) == (",", False)
    column = looked_at("1,234", "1,5", "1,000.5")
    assert (column.mark, column.asks) == (None, True)


@pytest.mark.parametrize(
    ("cells_", "mark", "asks"),
    [
        (["12.345", "1.5", "12.34"], ".", False), (["$1,234", "$500"], None, True), (["CHF1.200"], None, True),
        (["$1,234", "$2,500.00"], ".", False), (["12.345 €", "1.000,-"], ",", False), (["1.000,5"], ",", False),
        (["(1,234)", "US$ 1,234,567"], ".", False),
    ],
)  # fmt: skip
def test_a_column_of_amounts_decides_as_one_of_numbers_does(cells_: list[str], mark: str | None, asks: bool) -> None:
    column = looked_at(*cells_)
    assert (column.mark, column.asks) == (mark, asks)


def looked_at(*typed: str) -> numbers.Evidence:
    column = numbers.Evidence()
    for cell in typed:
        if figures := amounts.figures_of(cell):
            column.look(cell, figures)
    return column


def own(kind: str, *options: str) -> own_fields.OwnField:
    return own_fields.OwnField("client", Definition("x", "X", kind, options))


def read_as(field: own_fields.OwnField, cell: str, **how: Any) -> Any:
    given = {"order": None, "mark": None, "currency": "USD", "words": {}, "unknown": lambda _name, _word: None} | how
    return own_fields.reader(field, own_fields.How(**given))(cell)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("text", "'=1+1", "=1+1"), ("number", "'-12.5", -12.5), ("number", "3.0", 3),
        ("money", "1.234,56 €", {"amount_minor": 123456, "currency": "EUR"}),
        ("money", "1.2340 BHD", {"amount_minor": 1234, "currency": "BHD"}),
        ("money", "5", {"amount_minor": 500, "currency": "USD"}),
        ("date", "31.12.2025", "2025-12-31"), ("yes_no", "Ja", True), ("yes_no", "false", False),
        ("choice", "north-west", "North West"), ("choice", "South", "South"),
    ],
)  # fmt: skip
def test_cells_of_the_companys_own_fields_are_kept_by_their_kind(kind: str, cell: str, value: Any) -> None:
    options = ("North West", "South") if kind == "choice" else ()
    found = read_as(own(kind, *options), cell)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("text", "x" * 501, "at most 500"), ("number", "1,234", "is two numbers"), ("number", "0.1234567", "15 digits"),
        ("number", "a", "is not a number"), ("money", "-5 USD", "cannot be below zero"),
        ("money", "5 XXQ", "no currency"), ("money", "1,234 €", "is two numbers"),
        ("date", "01/02/2025", "is two dates"), ("yes_no", "maybe", "neither yes nor no"),
        ("choice", "East", "is none of North West, South"),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_kind_is_refused_with_a_reason(kind: str, cell: str, reason: str) -> None:
    with pytest.raises(Unclear, match=reason):
        read_as(own(kind, *(("North West", "South") if kind == "choice" else ())), cell)


def test_words_of_a_choice_can_be_answered_for() -> None:
    asked: list[tuple[str, str]] = []
    field = own("choice", "North", "A b", "a-B")
    with pytest.raises(Unclear):
        read_as(field, "Nord", unknown=lambda *each: asked.append(each))
    with pytest.raises(Unclear):
        # Of two options that are one word nobody guesses.
        read_as(field, "A B", unknown=lambda *each: asked.append(each))
    assert asked == [("client.custom.x", "Nord"), ("client.custom.x", "A B")]
    assert read_as(field, "Nord", words={"nord": "North"}) == "North" and read_as(field, "a-B") == "a-B"


def test_the_system_shows_by_more_than_one_name() -> None:
    assert system_of(["Record ID", "Associated Company"]) == "hubspot"
    assert system_of(["Account Name"]) == ""
    assert plain("Straße – Ort") == "strasse ort"


def test_words_of_others_are_ours() -> None:
    assert cells.choice("stage", "Closed Won", ("won", "lost"), {}) == "won"
    assert cells.choice("stage", "Maybe", ("won", "lost"), {"maybe": "lost"}) == "lost"
    with pytest.raises(Unclear):
        cells.choice("stage", "Maybe", ("won", "lost"), {})
    assert [cells.flag(word) for word in ("Yes", "0", "Ja", "Not Started")] == [True, False, True, False]
    assert cells.tags("VIP; east, vip") == ["vip", "east"]
    assert cells.tags('"a, b;c"; 5" screen,"say ""hi"""') == ["a, b;c", '5" screen', 'say "hi"']
    assert cells.names("Jane van Dyke") == ("Jane", "van Dyke") and cells.names("Dyke, Jane") == ("Jane", "Dyke")
    assert [cells.unmasked(each) for each in ("'=1+1", "'quoted", "+1-555-0123")] == ["=1+1", "'quoted", "+1-555-0123"]
    assert cells.email(" Ann@Acme.example") == "Ann@acme.example"
