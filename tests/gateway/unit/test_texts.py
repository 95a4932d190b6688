"""The pages' texts: each is marked, each is there in German, and what services say is known to the pages."""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from flask import Flask, g
from jinja2 import Environment

from libs.common import problems
from services.gateway.web import language, texts
from services.gateway.web.phrases import N_
from services.gateway.web.said import refusal, said

ROOT = texts.WEB.parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%")


@pytest.fixture(scope="module")
def german() -> Catalog:
    return texts.catalogue("de")


@pytest.fixture
def in_german(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, german: Catalog) -> Iterator[None]:
    """A request of somebody who reads German, with the catalogue as it stands."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(compiled(german))
    app = Flask("services.gateway.app")
    language.install(app)
    app.extensions["babel"].translation_directories[:] = [str(tmp_path)]
    with app.test_request_context("/"):
        g.signed_in = SimpleNamespace(locale="de")
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    app = Flask("services.gateway.app")
    language.install(app)
    with app.test_request_context("/"):
        yield


def compiled(catalog: Catalog) -> bytes:
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def forms_of(message: Message) -> list[tuple[str, str]]:
    """Each form of a translation beside the form of the original that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(number, 1)], form) for number, form in enumerate(message.string)]


def texts_of(catalog: Catalog) -> set[Any]:
    return {message.id for message in catalog if message.id}


# -- the catalogue


def test_every_text_is_in_the_catalogue_and_nothing_else() -> None:
    """Else: ``make texts``, and translate what is new."""
    assert texts_of(texts.catalogue("de")) == texts_of(texts.collected())


def test_the_catalogue_stands_as_it_is_written(german: Catalog) -> None:
    target = io.BytesIO()
    texts.write(target, german)
    kept = texts.TRANSLATIONS / "de" / "LC_MESSAGES" / "messages.po"
    assert kept.read_bytes() == target.getvalue()
    assert not re.search(rb"^#:|Date:|Generated", target.getvalue(), re.MULTILINE)


def test_everything_is_translated(german: Catalog) -> None:
    assert [message.id for message in german if message.id and message.fuzzy] == []
    assert [message.id for message in german if message.id and not all(form for _, form in forms_of(message))] == []
    plural = [message for message in german if not isinstance(message.id, str)]
    assert plural and all(len(message.string) == german.num_plurals == 2 for message in plural)


def test_placeholders_are_those_of_the_original(german: Catalog) -> None:
    for message in german:
        for original, form in forms_of(message) if message.id else []:
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(original)), form
            if isinstance(message.id, str) and not PLACEHOLDER.search(original):
                assert ("%" in form) is ("%" in original), form


def test_translations_keep_how_a_text_ends(german: Catalog) -> None:
    for message in german:
        for original, form in forms_of(message) if message.id else []:
            assert form == form.strip(), form
            assert original.endswith((".", "?", "!")) == form.endswith((".", "?", "!")), (original, form)
            assert original.endswith(":") == form.endswith(":"), (original, form)
            assert "..." not in form and not re.search(r"\b(du|dein|dir|dich)\b", form, re.IGNORECASE), form


def test_the_compiled_catalogue_speaks(german: Catalog) -> None:
    found = gettext.GNUTranslations(io.BytesIO(compiled(german)))
    assert found.gettext("Clients") == "Kunden"
    assert [found.ngettext("%(num)s deal", "%(num)s deals", number) for number in (0, 1, 2)] == [
        "%(num)s Deals", "%(num)s Deal", "%(num)s Deals",
    ]  # fmt: skip


# -- templates

ALLOWED = {"AMO CRM", "PDF", "API", "CRM", "ms"}
_SHOWN_ATTRIBUTES = re.compile(r"""\s(?:title|alt|placeholder|aria-label|aria-description|label)="([^"]*)\"""")


def pages() -> list[Path]:
    """All templates but the API's reference, which like the API speaks English."""
    return [path for path in sorted(texts.WEB.glob("templates/**/*.html")) if path.name != "docs.html"]


def unmarked(source: str) -> list[str]:
    """Words that a reader would see and no catalogue knows."""
    plain = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "\x00", source, flags=re.DOTALL)
    plain = re.sub(
        r"<!--.*?-->|<!doctype[^>]*>|<(script|style|code|kbd)\b.*?</\1>", "", plain, flags=re.DOTALL | re.IGNORECASE
    )
    # Beside elements a macro may make attributes, and an address is no word.
    plain_words = re.sub(r"<[^>]*>", "\n", plain)
    plain_words = re.sub(r"""[\w-]+="[^"\n]*"|(?<!\w)/[a-z/-]+""", "", plain_words)
    seen = _SHOWN_ATTRIBUTES.findall(plain) + plain_words.split("\n")
    parts = [part.strip(" \t&·–—:;,.()×+−#%*?!…|") for text in seen for part in text.split("\x00")]
    kept = [re.sub(r"&\w+;", "", part).strip() for part in parts]
    return [part for part in kept if re.search(r"[^\W\d_]", part) and part not in ALLOWED]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(texts.WEB / "templates")))
def test_every_word_of_a_template_is_marked(path: Path) -> None:
    assert unmarked(path.read_text()) == []


def test_the_scanner_sees_what_it_should() -> None:
    assert unmarked('<p title="Look">{{ _("Fine") }} here</p><kbd>Ctrl</kbd>') == ["Look", "here"]
    assert unmarked('{# a note #}<b class="x">{% if x > 1 %}{{ y }}: {{ z }}{% endif %}</b> · AMO CRM') == []


def test_percent_signs_of_templates_are_written_twice() -> None:
    """In templates every text goes through ``%``: a single sign would break the page."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in pages():
        for _line, _function, found in environment.extract_translations(path.read_text()):  # type: ignore[attr-defined]
            for text in [found] if isinstance(found, str) else found:
                assert "%" not in PLACEHOLDER.sub("", text or ""), (path.name, text)


# -- what services say

# Only programs are told so: pages send what these ask for, or ask for nothing of the kind.
TO_PROGRAMS = re.compile(
    r"JSON|multipart|Idempotency-Key|access token|the actor of this call|this call carries|the body could not be read"
    r"|^(?:the )?[a-z]+_[a-z]+ is (?:a|an|needed|in)\b|^(?:to|day|email|size|rate|value) is (?:a|an|needed|the)\b"
    r"|an object with fields|a line has description|name stages|name at least one kind of mail|webhook secret"
    r"|this message has no id|no such generation|there is no such integration here|several lines; change those"
    r"|the bus does not let|API key (?:does not open|is not|may only)"
    r"|^a figure has|^a name is lower-case|^money, and nothing else|^data is the answer|^filters are names|^person is"
    r"|^only a service asks|^a report needs its first|One-Click|^name at least one of enabled|^owners are"
    r"|^a step is a stage and|^params is an object|^custom is an object|^choices say for a field"
    r"|^narrow is true|^this month has another target|^a window has a day|^a template is \{|^no app secret"
    r"|^send either a text|X-Hub-Signature|WHATSAPP_VERIFY_TOKEN|^the body cannot be read"
)


def refusals() -> set[str]:
    """Every refusal of services and libraries that is worded in one piece."""
    kinds = {name for name, kind in vars(problems).items() if isinstance(kind, type)}
    kinds |= {"NotValid", "NotPossible", "DealError", "ClientError", "MoneyError"}
    sources = [*ROOT.glob("services/**/*.py"), *ROOT.glob("libs/**/*.py")]
    calls = [node for path in sources for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in kinds and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_pages_know_what_services_refuse_with(in_german: None) -> None:
    """Else the sentence belongs into ``phrases.py``."""
    assert [text for text in sorted(refusals()) if said(text) == text and not TO_PROGRAMS.search(text)] == []


def refusals_with_names(folder: str) -> set[str]:
    """Refusals that name a place or a number, as a condition would have them."""
    calls = (node for path in ROOT.glob(folder) for node in ast.walk(ast.parse(path.read_text())))
    worded = [
        node.args[0]
        for node in calls
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Invalid"
        if isinstance(node.args[0], ast.JoinedStr)
    ]
    return {"".join(_filled(part) for part in each.values) for each in worded}


def _filled(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    name = ast.unparse(part.value)
    places = {
        "at": "where.any[0].value",
        "asked.at": "where.any[0]",
        "self.at": "where.any[0]",
        "wrong": "where.any[0].op",
    }
    words = {"_CALLED[field.kind]": "text", "_called(field)": "text", "name": "custom.x"}
    return places.get(name) or words.get(name) or ("not known here" if "not known here" in name else "5")


def test_pages_know_what_filters_refuse_with(in_german: None) -> None:
    """Else the shape belongs into ``finding_phrases.py``."""
    found = refusals_with_names("services/clients/queries/filtering/*.py")
    assert len(found) > 20
    assert [text for text in sorted(found) if said(text) == text] == []


def test_pages_know_the_titles_of_problems(in_german: None) -> None:
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, problems.Problem)]
    assert all(said(kind.title) != kind.title for kind in kinds)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("company_name is needed", "Diese Angabe wird gebraucht."),
        ("this is needed", "Diese Angabe wird gebraucht."),
        ("String should have at most 200 characters", "Höchstens 200 Zeichen."),
        ("notes has at most 20000 characters", "Höchstens 20000 Zeichen."),
        ("Input should be 'a', 'b' or 'c'", "Das kann nicht gewählt werden."),
        ("USD has 2 decimals", "USD hat 2 Nachkommastellen."),
        ("'x@' is not an e-mail address: no", "Das ist keine E-Mail-Adresse."),
        ("won always counts 100 %", "Diese Phase zählt immer 100 %."),
        ("INV-2025-001 is void", "INV-2025-001 ist storniert."),
        ("Congratulations! TechCorp 100% is won", "Glückwunsch! TechCorp 100% ist gewonnen."),
        ("e-mail address or password is wrong", "E-Mail-Adresse oder Passwort ist falsch."),
        ("Jo won $9 with TechCorp", "Jo hat $9 mit TechCorp gewonnen."),
        (
            "TechCorp paid invoice INV-2025-001 by bank transfer on February 15, 2025",
            "TechCorp hat Rechnung INV-2025-001 bezahlt (Überweisung, 15.02.2025).",
        ),
        ("where.all[0].value is a whole number", "Geben Sie eine ganze Zahl an."),
        ("where.value is a number of days, from 1 to 36,500", "Eine ganze Zahl von 1 bis 36,500."),
        ("where.all[1].field: there is no custom field deal.custom.x", "Dieses Feld gibt es nicht."),
        ("there is no filter 'colour' here", "Diesen Filter gibt es nicht."),
        ("where.all[0].op is not for yes or no: true or false", "Nach diesem Feld lässt sich so nicht filtern."),
        ("where.value is yes or no: true or false", "Hier wird Ja oder Nein gebraucht."),
        ("where.value is an amount: amount_minor and currency", "Ein Betrag mit seiner Währung, etwa 500 EUR."),
        ("where.all[2].value is a list of two values, from and to", "Zwei Werte werden gebraucht, von und bis."),
        ("where holds at most 50 conditions", "Höchstens 50 Bedingungen."),
        ("where.all is a list of conditions and stands alone", "Dieser Filter kann nicht gelesen werden."),
        ("shadowed is true or false", "Hier wird Ja oder Nein gebraucht."),
        ("notes is text", "Hier wird Text gebraucht."),
        ("sort is given more than once", "Das ist mehr als einmal angegeben."),
        ("there are 100 fields already", "Es gibt schon 100 Felder."),
        ("", ""),
        (None, ""),
    ],
)
def test_what_services_say_in_german(in_german: None, text: str | None, wanted: str) -> None:
    assert refusal(text, beside_field=True) == wanted


def test_away_from_its_field_the_field_is_named(in_german: None) -> None:
    assert refusal("company_name is needed") == "company_name: Diese Angabe wird gebraucht."
    two = "status: Input should be 'a' or 'b'; city: String should have at most 200 characters"
    assert refusal(two) == "status: Das kann nicht gewählt werden. city: Höchstens 200 Zeichen."


def test_what_services_say_in_english(in_english: None) -> None:
    assert said("there is no such page") == "there is no such page"
    assert refusal("there is no such page") == "There is no such page."
    assert refusal("company_name is needed", beside_field=True) == "This is needed."
    odd = "Somebody paid invoice INV-1 by hand on Smarch 13, 2025"
    assert said(odd) == odd and said("x won " * 5000) == "x won " * 5000
    paid = "TechCorp paid invoice INV-2025-001 by bank transfer on February 15, 2025"
    assert said(paid) == paid.replace("February", "Feb")
    assert refusal("a sentence nobody wrote down: 100%; <b>") == "A sentence nobody wrote down: 100%; <b>."


def test_marking_changes_nothing() -> None:
    assert N_("as it is") == "as it is"
