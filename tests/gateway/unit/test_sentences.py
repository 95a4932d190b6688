"""In what pages say, a name that is written from right to left keeps its direction to itself, and numbers read well."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import gettext, ngettext

from services.gateway.web import language

REVERSING = "Ann \u202eeil"
ISOLATED = f"\u2068{REVERSING}\u2069"


@pytest.fixture
def app() -> Flask:
    app = Flask("services.gateway.app")
    language.install(app)
    return app


def test_in_sentences_of_views(app: Flask) -> None:
    with app.test_request_context():
        app.preprocess_request()
        assert gettext("%(name)s is a client", name=REVERSING) == f"{ISOLATED} is a client"
        assert gettext("%(name)s is a client", name="Ann") == "Ann is a client"
        said = ngettext("%(num)s deal of %(name)s", "%(num)s deals of %(name)s", 2, name="\u0645\u0631")
        assert said == "2 deals of \u2068\u0645\u0631\u2069"


def test_in_sentences_of_templates(app: Flask) -> None:
    template = "{{ _('%(name)s of %(firm)s', name=name, firm=firm) }}{% trans %}, {{ name }}{% endtrans %}"
    with app.test_request_context():
        app.preprocess_request()
        said = render_template_string(template, name=REVERSING, firm="<b>")
    assert said == f"{ISOLATED} of &lt;b&gt;, {ISOLATED}"


def test_numbers_are_written_as_people_do(app: Flask) -> None:
    template = "{{ ngettext('%(num)s client', '%(num)s clients', 5047) }}"
    with app.test_request_context():
        app.preprocess_request()
        assert ngettext("%(num)s client", "%(num)s clients", 5047) == "5,047 clients"
        assert render_template_string(template) == "5,047 clients"
    with app.test_request_context("/?lang=de"):
        app.preprocess_request()
        assert "5.047" in render_template_string(template)
