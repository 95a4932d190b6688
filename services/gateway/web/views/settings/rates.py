"""Exchange rates: what other currencies are worth, so that sums in the base currency are whole."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import rates as api
from services.gateway.api import requests as r
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import MONEY, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_rates")

_RATE: dict[str, forms.Reader] = {"currency": forms.text, "day": forms.text, "rate": forms.amount}


@pages.get("/settings/rates", who=MONEY)
def rates() -> Any:
    """The rates that are known, newest first."""
    return _page(Form())


@pages.post("/settings/rates", who=MONEY)
def set_rate() -> Any:
    """Say what a currency is worth from a day on; won deals are valued anew at once."""
    form = forms.sent()
    form.values["currency"] = form.values.get("currency", "").strip().upper()
    try:
        made = api.set_exchange_rate(checked(api.RateNew, forms.read(_RATE, form.values)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(form.refused(problem), problem.status)
    text = ngettext("%(num)s deal was valued anew", "%(num)s deals were valued anew", made["deals"])
    return done("/settings/rates", Toast(_("Saved") + ". " + text))


def _page(form: Form, status: int = 200) -> Any:
    found = parts.ask({"rates": Call("clients", "list_exchange_rates", {"limit": 100})})
    base = r.gateway().settings.base_currency
    return shell.page("settings/rates.html", status, form=form, parts=found, base=base)
