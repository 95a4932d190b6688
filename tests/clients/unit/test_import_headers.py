"""What the columns of the usual exports of other systems mean, product by product."""

from __future__ import annotations

import pytest

from services.clients.importing.headers import guess, recognised, system_of

# By file and what it is about: its columns, each with its meaning; a column alone means nothing of ours.
Exports = dict[tuple[str, str], str]

HUBSPOT: Exports = {
    ("hubspot-crm-exports-all-companies-2025-03-04.csv", "client"): """
        Record ID=client.external_id | Company name=client.company_name | Company owner=client.owner
        Create Date=client.created_at | Phone Number=client.phone | Last Activity Date | City=client.city
        Country/Region=client.country | Industry=client.industry | Company Domain Name=client.website
        Street Address=client.address | State/Region=client.state | Postal Code | Lifecycle Stage=client.status
        Description=client.notes | Annual Revenue | Number of Employees | Type | Lead Status | Website URL
        Original Traffic Source=client.source | Number of Associated Contacts""",
    ("hubspot-crm-exports-all-contacts-2025-03-04.csv", "contact"): """
        Record ID=contact.external_id | First Name=contact.first_name | Last Name=contact.last_name
        Email=contact.email | Phone Number=contact.phone | Contact owner=client.owner | Last Activity Date
        Lead Status=client.status | Marketing contact status | Create Date=contact.created_at
        Associated Company=client.company_name | Associated Company IDs=client.external_id
        Job Title=contact.job_title | City=client.city | State/Region=client.state | Country/Region=client.country
        Mobile Phone Number | Original Traffic Source=client.source | Website URL=client.website""",
    ("hubspot-crm-exports-all-deals-2025-03-04.csv", "deal"): """
        Record ID=deal.external_id | Deal Name=deal.deal_name | Deal Stage=deal.stage | Close Date=deal.close_date
        Deal owner=deal.owner | Amount=deal.deal_value | Pipeline | Create Date=deal.created_on | Deal Type
        Currency=deal.currency | Closed Lost Reason=deal.lost_reason | Deal Description=deal.description
        Associated Company=client.company_name | Associated Company IDs=client.external_id
        Associated Contact=contact.name | Associated Contact IDs=contact.external_id | Amount in company currency""",
    ("hubspot-crm-exports-all-tasks-2025-03-04.csv", "activity"): """
        Record ID=activity.external_id | Task Title=activity.subject | Task Type=activity.type
        Task Status=activity.done | Due date=activity.due_at | Task Notes=activity.description
        Assigned to=activity.assignee | Associated Contact=contact.name | Associated Company=client.company_name
        Associated Deal=deal.deal_name | Completed at=activity.done_at | Create date=activity.occurred_at""",
    ("hubspot-crm-exports-all-calls-2025-03-04.csv", "activity"): """
        Record ID=activity.external_id | Call Title=activity.subject | Call notes=activity.description | Call outcome
        Activity date=activity.occurred_at | Activity assigned to=activity.assignee | Call duration
        Associated Contact=contact.name | Associated Company=client.company_name""",
}
SALESFORCE: Exports = {
    ("report1709.csv", "client"): """
        Account Owner=client.owner | Account Name=client.company_name | Type=client.status | Rating
        Industry=client.industry | Billing Street=client.address | Billing City=client.city
        Billing State/Province=client.state | Billing Zip/Postal Code | Billing Country=client.country
        Phone=client.phone | Fax | Website=client.website | Account ID=client.external_id
        Description=client.notes | Annual Revenue | Employees | Created Date=client.created_at
        Last Modified Date | Account Source=client.source | Parent Account""",
    ("report1710.csv", "contact"): """
        Salutation | First Name=contact.first_name | Last Name=contact.last_name | Title=contact.job_title
        Account Name=client.company_name | Mailing Street=client.address | Mailing City=client.city
        Mailing State/Province=client.state | Mailing Zip/Postal Code | Mailing Country=client.country
        Phone=contact.phone | Mobile | Fax | Email=contact.email | Account Owner=client.owner
        Contact ID=contact.external_id | Account ID=client.external_id | Department | Lead Source=client.source
        Contact Owner | Birthdate | Created Date=contact.created_at | Last Activity""",
    ("report1711.csv", "contact"): """
        Lead Owner=client.owner | First Name=contact.first_name | Last Name=contact.last_name | Title=contact.job_title
        Company / Account=client.company_name | Email=contact.email | Mobile=contact.phone | Phone
        Lead Source=client.source | Street=client.address | City=client.city | State/Province=client.state
        Zip/Postal Code | Country=client.country | Industry=client.industry | Lead Status=client.status | Rating
        Website=client.website | Lead ID=contact.external_id | Created Date=contact.created_at
        Description=client.notes""",
    ("report1712.csv", "contact"): """
        Full Name=contact.name | Account Name=client.company_name | Mailing Address Line 1=client.address
        Mailing Street | Mailing City=client.city | Mailing State=client.state | Mailing Country=client.country
        Business Phone=contact.phone | Email=contact.email""",
    ("report1713.csv", "deal"): """
        Opportunity Owner=deal.owner | Account Name=client.company_name | Opportunity Name=deal.deal_name
        Stage=deal.stage | Fiscal Period | Amount=deal.deal_value | Amount Currency=deal.currency | Expected Revenue
        Probability (%) | Age | Close Date=deal.close_date | Created Date=deal.created_on | Next Step
        Lead Source=deal.source | Type | Owner Role | Account Owner=client.owner | Opportunity ID=deal.external_id
        Description=deal.description | Primary Contact=contact.name | Closed | Won | Loss Reason=deal.lost_reason""",
    ("report1714.csv", "activity"): """
        Subject=activity.subject | Date=activity.occurred_at | Assigned=activity.assignee
        Company / Account=client.company_name | Contact=contact.name | Lead | Opportunity=deal.deal_name | Priority
        Status=activity.done | Task | Activity ID=activity.external_id | Full Comments=activity.description
        Activity Type=activity.type | Created Date=activity.created_at""",
}
_PIPEDRIVE_COMPANY = """
    {0}Name=client.company_name | {0}Label=client.tags | {0}Address=client.address
    {0}City/town/village/locality of Address=client.city | {0}State/county of Address=client.state
    {0}Country of Address=client.country | {0}ZIP/Postal code of Address | {0}ID=client.external_id
    {0}Owner=client.owner | {0}People | {0}Open deals | {0}Won deals | {0}Website=client.website
    {0}Industry=client.industry | {0}Organization created=client.created_at | {0}Update time"""
_PIPEDRIVE_PERSON = """
    {0}Name=contact.name | {0}First name=contact.first_name | {0}Last name=contact.last_name
    {0}Organization=client.company_name | {0}Email - Work=contact.email | {0}Email - Home
    {0}Phone - Work=contact.phone | {0}Phone - Mobile | {0}ID=contact.external_id | {0}Job title=contact.job_title
    {0}Open deals | {0}Person created=contact.created_at | {0}Update time"""
_PIPEDRIVE_DEAL = """
    {0}Title=deal.deal_name | {0}Organization=client.company_name | {0}Contact person=contact.name
    {0}Value=deal.deal_value | {0}Currency=deal.currency | {0}Stage=deal.stage | {0}Status=deal.deal_status
    {0}Owner=deal.owner | {0}Expected close date=deal.expected_close_date | {0}Deal created=deal.created_on
    {0}Won time=deal.won_on | {0}Lost time=deal.lost_on | {0}Deal closed on=deal.actual_close_date
    {0}Lost reason=deal.lost_reason | {0}Label=deal.tags | {0}ID=deal.external_id | {0}Pipeline | {0}Probability
    {0}Source channel=deal.source | {0}Total activities"""
_PIPEDRIVE_ACTIVITY = """
    {0}Type=activity.type | {0}Subject=activity.subject | {0}Due date=activity.due_at | {0}Due time | {0}Duration
    {0}Done=activity.done | {0}Marked as done time=activity.done_at | {0}Assigned to user=activity.assignee
    {0}Organization=client.company_name | {0}Contact person=contact.name | {0}Deal=deal.deal_name
    {0}Note=activity.description | {0}ID=activity.external_id | {0}Add time=activity.occurred_at | {0}Lead
    {0}Creator=activity.actor_name | {0}Priority"""
PIPEDRIVE: Exports = {
    ("organizations-8372-1.csv", "client"): _PIPEDRIVE_COMPANY.format("Organization - "),
    ("organizations-8372-2.csv", "client"): _PIPEDRIVE_COMPANY.format(""),
    ("people-8372-1.csv", "contact"): _PIPEDRIVE_PERSON.format("Person - "),
    ("people-8372-2.csv", "contact"): _PIPEDRIVE_PERSON.format("") + "| Owner=client.owner",
    ("people-8372-3.csv", "contact"): "Person - Name=contact.name | Person - Phone - Mobile=contact.phone",
    ("deals-8372-1.csv", "deal"): _PIPEDRIVE_DEAL.format("Deal - "),
    ("deals-8372-2.csv", "deal"): _PIPEDRIVE_DEAL.format(""),
    ("activities-8372-1.csv", "activity"): _PIPEDRIVE_ACTIVITY.format("Activity - "),
    ("activities-8372-2.csv", "activity"): _PIPEDRIVE_ACTIVITY.format(""),
}
ZOHO: Exports = {
    ("Accounts_2025_03_04.csv", "client"): """
        Record Id=client.external_id | Account Owner.id | Account Owner=client.owner | Rating
        Account Name=client.company_name | Phone=client.phone | Account Site | Fax | Parent Account
        Website=client.website | Ticker Symbol | Account Type=client.status | Ownership | Industry=client.industry
        Employees | Annual Revenue | Created By | Created Time=client.created_at | Billing Street=client.address
        Billing City=client.city | Billing State=client.state | Billing Code | Billing Country=client.country
        Shipping City | Description=client.notes | Tag=client.tags""",
    ("Contacts_2025_03_04.csv", "contact"): """
        Record Id=contact.external_id | Contact Owner=client.owner | Lead Source=client.source
        First Name=contact.first_name | Last Name=contact.last_name | Full Name=contact.name
        Account Name=client.company_name | Account Name.id=client.external_id | Email=contact.email
        Title=contact.job_title | Department | Phone=contact.phone | Home Phone | Mobile | Other Phone
        Created Time=contact.created_at | Mailing Street=client.address | Mailing City=client.city
        Mailing State=client.state | Mailing Zip | Mailing Country=client.country | Description=client.notes
        Tag=client.tags | Email Opt Out""",
    ("Leads_2025_03_04.csv", "contact"): """
        Record Id=contact.external_id | Lead Owner=client.owner | Company=client.company_name
        First Name=contact.first_name | Last Name=contact.last_name | Title=contact.job_title | Email=contact.email
        Phone=contact.phone | Mobile | Website=client.website | Lead Source=client.source | Lead Status=client.status
        Industry=client.industry | No. of Employees | Annual Revenue | Created Time=contact.created_at
        Street=client.address | City=client.city | State=client.state | Zip Code | Country=client.country
        Description=client.notes | Secondary Email""",
    ("Deals_2025_03_04.csv", "deal"): """
        Record Id=deal.external_id | Deal Owner=deal.owner | Deal Name=deal.deal_name | Amount=deal.deal_value
        Closing Date=deal.close_date | Account Name=client.company_name | Account Name.id=client.external_id
        Stage=deal.stage | Type | Probability (%) | Expected Revenue | Next Step | Lead Source=deal.source
        Campaign Source | Contact Name=contact.name | Contact Name.id=contact.external_id | Currency=deal.currency
        Created Time=deal.created_on | Description=deal.description | Reason For Loss=deal.lost_reason
        Tag=deal.tags""",
    ("Tasks_2025_03_04.csv", "activity"): """
        Record Id=activity.external_id | Task Owner=activity.assignee | Subject=activity.subject
        Due Date=activity.due_at | Contact Name=contact.name | Related To | Status=activity.done | Priority
        Created Time=activity.occurred_at | Closed Time=activity.done_at | Description=activity.description""",
    ("Calls_2025_03_04.csv", "activity"): """
        Record Id=activity.external_id | Call Owner=activity.actor_name | Subject=activity.subject | Call Type
        Call Start Time=activity.occurred_at | Call Duration | Contact Name=contact.name
        Description=activity.description""",
}
PRODUCTS = {"hubspot": HUBSPOT, "salesforce": SALESFORCE, "pipedrive": PIPEDRIVE, "zoho": ZOHO}


def pairs(text: str) -> list[tuple[str, str | None]]:
    cells = [cell.strip() for line in text.strip().split("\n") for cell in line.split("|") if cell.strip()]
    return [(name, meaning or None) for name, _equals, meaning in (cell.partition("=") for cell in cells)]


@pytest.mark.parametrize(
    ("product", "file", "entity"), [(product, *about) for product, exports in PRODUCTS.items() for about in exports]
)
def test_the_columns_of_an_export_mean_what_they_are_called(product: str, file: str, entity: str) -> None:
    wanted = pairs(PRODUCTS[product][file, entity])
    about, found = guess(file, [name for name, _meaning in wanted])
    assert about == entity
    odd = [
        f"{name}: {got}, not {meaning}" for (name, meaning), got in zip(wanted, found, strict=True) if got != meaning
    ]
    assert odd == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_header_of_an_export_is_known_as_one(product: str) -> None:
    for (file, _entity), text in PRODUCTS[product].items():
        names = [name for name, meaning in pairs(text) if meaning]
        assert sum(recognised(name) for name in names) >= 2, file


def test_products_are_told_apart() -> None:
    for product, exports in PRODUCTS.items():
        found = {system_of([name for name, _meaning in pairs(text)]) for text in exports.values()} - {""}
        assert found <= {product}, product
