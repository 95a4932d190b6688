"""What HubSpot, Salesforce, Pipedrive, Zoho and people of their own call the fields that we know."""

from __future__ import annotations

# By field: the names that other systems give it, best known first; those of an entity alone stand under its name.
NAMES: dict[str, str] = {
    "client.company_name": "company name|company|account name|account|organization name|organization|organisation|"
    "associated company|primary associated company|organization name name|customer|customer name|firm|firma|"
    "unternehmen|client|client name|person organization|deal organization|kunde|"
    "company account|activity organization|task organization",
    "client.email": "company email|account email|organization email|company email address|office email",
    "client.phone": "company phone|account phone|phone number company|main phone|company phone number|"
    "organization phone",
    "client.website": "website|website url|company domain name|company domain|domain|web site|url|webseite|homepage",
    "client.industry": "industry|sector|branche|vertical",
    "client.address": "address|street address|billing street|street|mailing street|shipping street|"
    "organization address|adresse|strasse|billing address|"
    "mailing address line 1|mailing address|address line 1",
    "client.city": "city|billing city|mailing city|ort|stadt|town|organization address locality|"
    "shipping city|city town village locality of address|organization city town village locality of address",
    "client.state": "state|state region|billing state|billing state province|mailing state|province|region|bundesland|"
    "state province|mailing state province|shipping state|shipping state province|state county of address|state county",
    "client.country": "country|country region|billing country|mailing country|land|office location|"
    "shipping country|country of address|billing country region|mailing country region",
    "client.notes": "notes|about us|company description|account description|notizen|notiz|bemerkung|bemerkungen|"
    "comments|company notes",
    "client.source": "source|lead source|original source|account source|quelle|original source type|"
    "original traffic source",
    "client.status": "status|account status|lifecycle stage|lead status|customer status|account type|rating status",
    "client.tags": "tags|tag|labels|label|company tags|organization label|schlagworte",
    "client.owner": "owner|company owner|account owner|contact owner|lead owner|account owner email|assigned to|"
    "besitzer|betreuer|kundenbetreuer|organization owner|owner email|owner id|owner name",
    "client.external_id": "company id|account id|organization id|associated company id|associated company ids|"
    "client id|record id company|associated company ids primary|organization name id|"
    "account name id",
    "client.created_at": "company created|account created date|client created at",
    "contact.first_name": "first name|firstname|given name|vorname|contact first name",
    "contact.last_name": "last name|lastname|surname|family name|nachname|contact last name",
    "contact.name": "name|full name|contact name|contact|person name|person|contact full name|ansprechpartner|"
    "associated contact|primary contact|deal contact person|deal person|"
    "contact person|activity contact person|activity person|activity contact",
    "contact.email": "email|email address|e mail|e mail address|contact email|email work|person email|"
    "person email work|mail|business email|contact email address|"
    "email home|email other|person email home|person email other",
    "contact.phone": "phone|phone number|mobile phone number|mobile|mobile phone|telefon|phone work|"
    "person phone work|person phone|contact phone|tel|handy|business phone|direct phone|"
    "phone mobile|phone home|phone other|person phone mobile|person phone home|person phone other|home phone",
    "contact.job_title": "job title|title|position|role|contact title|funktion|person job title",
    "contact.is_primary": "is primary|primary",
    "contact.external_id": "contact id|person id|record id contact|lead id|associated contact id|"
    "associated contact ids|"
    "contact name id",
    "contact.created_at": "contact created at",
    "deal.deal_name": "deal name|opportunity name|deal title|opportunity|deal|potential name|deal deal name|product|"
    "associated deal|activity deal|task deal",
    "deal.deal_value": "deal value|amount|deal amount|value|close value|opportunity amount|betrag|deal value amount|"
    "amount in company currency|expected revenue amount|wert|revenue amount",
    "deal.currency": "currency|deal currency|currency of value|amount currency|opportunity currency|currency iso code|"
    "deal currency code|waehrung|wahrung",
    "deal.stage": "stage|deal stage|pipeline stage|opportunity stage|sales stage|phase",
    "deal.deal_status": "deal status|opportunity status|deal outcome|deal won lost",
    "deal.source": "deal source|deal lead source|opportunity source|source channel|deal source channel",
    "deal.lost_reason": "lost reason|closed lost reason|loss reason|reason for loss|closed lost reason name|"
    "deal lost reason",
    "deal.description": "description|deal description|opportunity description|beschreibung",
    "deal.expected_close_date": "expected close date|expected close|expected closing date",
    "deal.close_date": "close date|closing date|closed date|abschlussdatum|deal close date",
    "deal.actual_close_date": "actual close date|close time|deal closed on",
    "deal.won_on": "won time|won on|won date",
    "deal.lost_on": "lost time|lost on|lost date",
    "deal.created_on": "created on|create date|engage date|deal created|created date|add time|created time|"
    "deal created on|opportunity created date|deal create date|open date",
    "deal.history": "history|stage history",
    "deal.tags": "deal tags|deal label",
    "deal.owner": "deal owner|opportunity owner|sales agent|sales rep|salesperson|agent|verkaeufer|deal owner email",
    "deal.external_id": "deal id|opportunity id|record id deal|potential id",
    "activity.type": "activity type|type|engagement type|task type|event type",
    "activity.subject": "subject|activity subject|task subject|activity|activity title|betreff|task name|event title|"
    "call title|task title|meeting name|meeting title",
    "activity.description": "activity description|note|body|note body|activity notes|call notes|"
    "task notes|full comments|meeting description",
    "activity.occurred_at": "occurred at|activity date|date|start date|start time|datum|done time|call start time|"
    "activity date time",
    "activity.due_at": "due at|due date|deadline|faellig|due date time",
    "activity.done_at": "done at|completed at|completed date|marked as done time|completed date time|"
    "closed time|completed time",
    "activity.done": "done|completed|erledigt|is closed|task status",
    "activity.assignee": "assignee|activity assigned to|task owner|assigned to user|assigned|task assigned to",
    "activity.actor_name": "actor name|logged by|activity created by|activity owner|creator|call owner|created by",
    "activity.external_id": "activity id|task id|event id",
    "activity.created_at": "activity created at",
}
# Names that mean another field where the file is about this entity.
WITHIN: dict[str, dict[str, str]] = {
    "client": {
        "name": "client.company_name", "id": "client.external_id", "record id": "client.external_id",
        "email": "client.email", "phone": "client.phone", "phone number": "client.phone", "type": "client.status",
        "description": "client.notes", "created at": "client.created_at", "create date": "client.created_at",
        "created time": "client.created_at", "created date": "client.created_at", "created on": "client.created_at",
        "e mail": "client.email", "email address": "client.email", "telefon": "client.phone",
        "title": "client.company_name", "labels": "client.tags", "add time": "client.created_at",
        "organization created": "client.created_at",
    },
    "contact": {
        "description": "client.notes", "person created": "contact.created_at", "add time": "contact.created_at",
        "id": "contact.external_id", "record id": "contact.external_id", "created at": "contact.created_at",
        "create date": "contact.created_at", "created time": "contact.created_at",
        "created date": "contact.created_at", "created on": "contact.created_at",
    },
    "deal": {
        "name": "deal.deal_name", "title": "deal.deal_name", "id": "deal.external_id", "record id": "deal.external_id",
        "source": "deal.source", "lead source": "deal.source", "status": "deal.deal_status",
        "outcome": "deal.deal_status", "won lost": "deal.deal_status", "tags": "deal.tags",
        "owner": "deal.owner", "owner email": "deal.owner", "owner id": "deal.owner", "owner name": "deal.owner",
        "notes": "deal.description", "notizen": "deal.description", "notiz": "deal.description",
        "bemerkung": "deal.description", "bemerkungen": "deal.description", "label": "deal.tags",
        "labels": "deal.tags", "tag": "deal.tags",
    },
    "activity": {
        "id": "activity.external_id", "record id": "activity.external_id", "name": "activity.subject",
        "title": "activity.subject", "description": "activity.description", "notes": "activity.description",
        "notizen": "activity.description", "notiz": "activity.description", "bemerkung": "activity.description",
        "bemerkungen": "activity.description", "beschreibung": "activity.description",
        "owner": "activity.actor_name", "assigned to": "activity.assignee", "status": "activity.done",
        "created date": "activity.created_at", "create date": "activity.created_at",
        "created time": "activity.created_at", "add time": "activity.created_at",
        "contact id": "contact.external_id", "deal id": "deal.external_id", "created at": "activity.created_at",
        "email": "contact.email", "contact": "contact.name",
    },
}  # fmt: skip
