"""Made-up clients, deals and invoices that drafts speak of."""

from __future__ import annotations

from services.ai.email_drafts.context import Activity, Deal, Invoice, MailContext, Person

ENGLISH = (
    MailContext(
        words="Demo went well on Thursday. They want the pilot first: 5 weeks, then reporting in 3 weeks. Kickoff could"
        " be March 9. Loop in Priya Natarajan from our data team.",
        purpose="follow_up",
        tone="friendly",
        language="en",
        today="2026-02-16",
        sender=Person("Maya Lindqvist"),
        company="Northlight Studio",
        client="Brightwater Logistics",
        contact=Person("Tobias Okafor", "Head of Operations"),
        deal=Deal(
            "d1", "Route Planning Assistant", "proposal", 8_450_000, "USD", "Assistant for dispatchers", "2026-04-30"
        ),
        people=(Person("Helen Marsh", "CFO"),),
        activities=(Activity("2026-02-12", "meeting", "Demo of the pilot", "They liked it", "Maya Lindqvist", True),),
        invoices=(
            Invoice(
                "INV-2026-014",
                "sent",
                1_200_000,
                1_200_000,
                "USD",
                "2026-03-02",
                "2026-02-02",
                None,
                "Discovery workshop",
            ),
        ),
    ),
    MailContext(
        words="Remind them of the open invoice. They paid half already. Ask whether they need the purchase order"
        " number.",
        purpose="reminder",
        tone="formal",
        language="en",
        today="2026-06-10",
        sender=Person("Daniel Prescott"),
        company="Harbor & Pine",
        client="Silverline Dental Group",
        contact=Person("Dr. Amara Hussein", "Managing Partner"),
        deal=Deal(
            "d2", "Appointment Bot", "won", 2_400_000, "GBP", "Booking by chat for eleven practices", "2026-05-04"
        ),
        activities=(
            Activity("2026-06-03", "call", "Call about payment", "Bookkeeping changed", "Daniel Prescott", True),
        ),
        invoices=(
            Invoice(
                "INV-2026-031",
                "partially_paid",
                1_440_000,
                720_000,
                "GBP",
                "2026-06-01",
                "2026-05-11",
                None,
                "Appointment Bot, second half",
            ),
        ),
    ),
    MailContext(
        words="We have not heard from them since autumn. New: voice support. Suggest a short call next Wednesday.",
        purpose="cold_revival",
        tone="brief",
        language="en",
        today="2026-09-07",
        sender=Person("Rosa Delgado"),
        company="AMO AI",
        client="Cobalt Outdoor",
        contact=Person("Quentin Ashby", "Marketing Director"),
        deal=Deal("d3", "Gear Advisor", "lead", 3_175_050, "EUR", "Advises shoppers which gear fits", "2026-12-18"),
        activities=(Activity("2025-10-21", "email", "Sent: Gear Advisor proposal", "Our offer", "Rosa Delgado", True),),
    ),
)
GERMAN = (
    MailContext(
        words="Termin war gestern. Sie wollen zuerst den Prototyp: vier Wochen, danach zwei Wochen Tests. Start am"
        " 4. Mai möglich. Lukas Brandner macht die Technik.",
        purpose="revised_timeline",
        tone="friendly",
        language="de",
        today="2026-04-14",
        sender=Person("Franziska Hollmann"),
        company="Werkraum Digital",
        client="Kranzler Maschinenbau GmbH",
        contact=Person("Matthias Reuter", "Leiter IT"),
        deal=Deal(
            "d4",
            "Ersatzteil-Assistent",
            "negotiation",
            4_860_000,
            "EUR",
            "Assistent für den Ersatzteilverkauf",
            "2026-05-29",
        ),
        people=(Person("Annette Vogelsang", "Einkauf"),),
        activities=(
            Activity("2026-04-13", "meeting", "Abstimmung Prototyp", "Guter Termin", "Franziska Hollmann", True),
        ),
        invoices=(
            Invoice("INV-2026-022", "sent", 950_000, 950_000, "EUR", "2026-04-28", "2026-04-07", None, "Konzept"),
        ),
    ),
    MailContext(
        words="Bitte an die Rechnung erinnern, freundlich. Telefonat war letzte Woche.",
        purpose="reminder",
        tone="formal",
        language="de",
        today="2026-11-11",
        sender=Person("Jörg Petersen"),
        company="AMO AI",
        client="Seeblick Hotels AG",
        contact=Person("Corinna Achterberg", "Direktorin"),
        deal=Deal(
            "d5", "Gästeservice-Bot", "won", 1_990_000, "EUR", "Antwortet Gästen rund um den Aufenthalt", "2026-09-30"
        ),
        activities=(Activity("2026-11-05", "call", "Telefonat Zahlung", "Klärt es intern", "Jörg Petersen", True),),
        invoices=(
            Invoice("INV-2026-077", "sent", 597_000, 597_000, "EUR", "2026-10-30", "2026-10-16", None, "Schlussrate"),
        ),
    ),
)
WORLDS = {"en": ENGLISH, "de": GERMAN}
