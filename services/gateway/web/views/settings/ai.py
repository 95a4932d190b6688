"""What AI took, why the built-in rules stood in, and what may be spent in a day."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import ai as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.formats import exact
from services.gateway.web.forms import Form
from services.gateway.web.plotting import bars
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_ai")

_DAYS = 7
_BUDGET: dict[str, forms.Reader] = {"daily": forms.amount, "user_daily": forms.amount, "version": forms.whole}


@pages.get("/settings/ai", who=ADMIN)
def ai() -> Any:
    """Who answers, what it took today and in seven days, what failed and why."""
    return _page(Form())


@pages.post("/settings/ai", who=ADMIN)
def save_budget() -> Any:
    """Set what may be spent in a day."""
    form = forms.sent()
    try:
        api.change_budget(checked(api.BudgetChange, forms.read(_BUDGET, form.values)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(form.refused(problem), problem.status)
    return done("/settings/ai", Toast(_("Saved")))


def _page(form: Form, status: int = 200) -> Any:
    found = parts.ask({"usage": Call("ai", "usage", {"days": _DAYS})})
    used = found["usage"]
    if used:
        budget = used.value["budget"]
        for name in ("daily", "user_daily"):
            form.values.setdefault(name, exact(f"{budget[f'{name}_micro_usd'] / 1_000_000:.2f}"))
        form.values.setdefault("version", str(budget["version"]))
    plot = bars([(each["generations"], each["stood_in"]) for each in used.get("days", [])])
    return shell.page("settings/ai.html", status, form=form, parts=found, plot=plot)
