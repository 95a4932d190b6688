"""What the built-in mails are made of, by language: sentences that hold whatever the deal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose of a mail: ``{deal}``, ``{client}`` and ``{points}`` are filled in.

    why: what the mail is about. more: left out where the tone is brief. ask: what is hoped for.
    """

    subject: str
    why: str
    more: str
    ask: str


@dataclass(frozen=True, slots=True)
class Language:
    """The frame of a mail. Greetings and closings by tone; ``{first}`` and ``{name}`` are the contact's."""

    greetings: dict[str, str]
    nobody: str
    closings: dict[str, str]
    talked: dict[str, str]
    owed_before: str
    owed_after: str
    paid_meanwhile: str
    points: str
    attached: str
    attached_more: str
    yesterday: str
    on_day: str
    purposes: dict[str, Purpose]


ENGLISH = Language(
    greetings={"friendly": "Hi {first},", "formal": "Dear {name},", "brief": "Hi {first},"},
    nobody="Hello,",
    closings={"friendly": "Best regards,", "formal": "Kind regards,", "brief": "Best,"},
    talked={
        "meeting": "thank you for taking the time to meet {when}.",
        "call": "thank you for the call {when}.",
    },
    owed_before="Invoice {number} over {amount} is due on {due}.",
    owed_after="Invoice {number} was due on {due}; {amount} is still to be paid.",
    paid_meanwhile="If you have paid in the meantime, please take no notice of this.",
    points="These are the points:",
    attached="You will find {file} attached.",
    attached_more="You will find these files attached: {file}.",
    yesterday="yesterday",
    on_day="on {day}",
    purposes={
        "follow_up": Purpose(
            "Following up: {deal}",
            "I am following up on {deal}.",
            "I would like to make sure that we have understood what matters to you at {client}.",
            "Let me know what you think, and what would help you to decide.",
        ),
        "revised_timeline": Purpose(
            "Revised Timeline - {deal}",
            "I have taken your concerns about the timeline of {deal} to our team, and we are revising it.",
            "Our aim is that you can start with the core early and add the rest step by step.",
            "Next steps:\n1. Go through the revised timeline together\n2. Agree on a day for the kickoff call\n"
            "3. Finalize the contract details\n\nWhich day suits you?",
        ),
        "reminder": Purpose(
            "Reminder: {deal}",
            "a short reminder about {deal}.",
            "Perhaps it got lost among everything else.",
            "Could you let me know how things stand?",
        ),
        "thank_you": Purpose(
            "Thank you - {deal}",
            "thank you for your trust and for working with us on {deal}.",
            "It is a pleasure to work with you and everyone at {client}.",
            "If there is anything you need, just reply to this mail.",
        ),
        "cold_revival": Purpose(
            "Is {deal} still on your mind?",
            "we have not spoken about {deal} for a while.",
            "Plans change, and that is fine: if it is no longer of interest, a short word is enough.",
            "Would it make sense to talk again?",
        ),
    },
)
GERMAN = Language(
    greetings={"friendly": "Hallo {name},", "formal": "Guten Tag {name},", "brief": "Hallo {name},"},
    nobody="Guten Tag,",
    closings={"friendly": "Viele Grüße", "formal": "Mit freundlichen Grüßen", "brief": "Beste Grüße"},
    talked={
        "meeting": "vielen Dank für das Treffen {when}.",
        "call": "vielen Dank für das Telefonat {when}.",
    },
    owed_before="Die Rechnung {number} über {amount} ist am {due} fällig.",
    owed_after="Die Rechnung {number} war am {due} fällig; offen sind noch {amount}.",
    paid_meanwhile="Falls Sie inzwischen bezahlt haben, betrachten Sie diese Nachricht bitte als erledigt.",
    points="Es geht um diese Punkte:",
    attached="Im Anhang finden Sie {file}.",
    attached_more="Im Anhang finden Sie diese Dateien: {file}.",
    yesterday="gestern",
    on_day="am {day}",
    purposes={
        "follow_up": Purpose(
            "Wie es weitergeht: {deal}",
            "ich melde mich zu {deal}.",
            "Mir ist wichtig, dass wir richtig verstanden haben, worauf es Ihnen bei {client} ankommt.",
            "Was denken Sie, und was würde Ihnen bei der Entscheidung helfen?",
        ),
        "revised_timeline": Purpose(
            "Neuer Zeitplan - {deal}",
            "Ihre Bedenken zum Zeitplan von {deal} habe ich mit unserem Team besprochen, und wir überarbeiten ihn.",
            "Unser Ziel ist, dass Sie früh mit dem Kern beginnen und den Rest schrittweise ergänzen.",
            "Nächste Schritte:\n1. Den neuen Zeitplan gemeinsam durchgehen\n2. Einen Tag für den Auftakt vereinbaren\n"
            "3. Die Einzelheiten des Vertrags klären\n\nWelcher Tag passt Ihnen?",
        ),
        "reminder": Purpose(
            "Erinnerung: {deal}",
            "eine kurze Erinnerung zu {deal}.",
            "Vielleicht ist es in der Fülle untergegangen.",
            "Können Sie mir sagen, wie der Stand ist?",
        ),
        "thank_you": Purpose(
            "Vielen Dank - {deal}",
            "vielen Dank für Ihr Vertrauen und die Zusammenarbeit bei {deal}.",
            "Es ist uns eine Freude, mit Ihnen und allen bei {client} zu arbeiten.",
            "Wenn Sie etwas brauchen, antworten Sie einfach auf diese Nachricht.",
        ),
        "cold_revival": Purpose(
            "Ist {deal} noch ein Thema?",
            "wir haben länger nicht über {deal} gesprochen.",
            "Pläne ändern sich, und das ist in Ordnung: Wenn es kein Thema mehr ist, genügt ein kurzes Wort.",
            "Wollen wir noch einmal darüber sprechen?",
        ),
    },
)
LANGUAGES = {"en": ENGLISH, "de": GERMAN}
