"""Two-factor log-in of one's own account."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import Response
from flask_babel import gettext as _
from markupsafe import Markup

from libs.common.problems import Problem
from services.gateway.api import second_factor as api
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("second_factor")


@pages.get("/account/second-factor")
def show() -> Any:
    """Whether it is on; the QR code while it is being set up."""
    return _page()


@pages.post("/account/second-factor/begin")
def begin() -> Any:
    """Make a secret for the authenticator app."""
    try:
        api.begin_second_factor()
    except Problem as problem:
        return _refused(problem, Form(), "form")
    return done("/account/second-factor")


@pages.post("/account/second-factor/confirm")
def confirm() -> Any:
    """Switch it on with a first code, and show the recovery codes this once."""
    form = forms.sent()
    try:
        made = api.confirm_second_factor(checked(api.Code, {"code": form.values.pop("code", "")}))
    except Problem as problem:
        return _refused(problem, form, "form")
    return shell.page("account/recovery_codes.html", codes=made["recovery_codes"])


@pages.post("/account/second-factor/recovery-codes")
def renew() -> Any:
    """New recovery codes in the place of the former ones, shown this once."""
    form = forms.sent()
    try:
        made = api.new_recovery_codes(checked(api.Password, _password(form)))
    except Problem as problem:
        return _refused(problem, form, "renewing")
    return shell.page("account/recovery_codes.html", codes=made["recovery_codes"])


@pages.post("/account/second-factor/off")
def switch_off() -> Any:
    """Switch it off, with the password."""
    form = forms.sent()
    try:
        api.switch_second_factor_off(checked(api.Password, _password(form)))
    except Problem as problem:
        return _refused(problem, form, "ending")
    return done("/account/second-factor", Toast(_("Two-factor log-in is off")))


def _password(form: Form) -> dict[str, str]:
    return {"current_password": form.values.pop("current_password", "")}


def _refused(problem: Problem, form: Form, shown: str) -> Response:
    if not editing.fits(problem) and problem.status != 429:
        raise problem
    return _page(problem.status, **{shown: form.refused(problem)})


def _page(status: int = 200, **shown: Form) -> Response:
    all_forms = {name: shown.get(name, Form()) for name in ("form", "renewing", "ending")}
    state = api.second_factor()
    try:
        waiting = None if state["on"] else api.being_set_up()
    except Problem as problem:
        waiting = None
        all_forms["form"].refused(problem)
    picture = _picture(waiting["uri"]) if waiting else ""
    return shell.page("account/second_factor.html", status, state=state, waiting=waiting, picture=picture, **all_forms)


def _picture(uri: str) -> Markup:
    """The QR code as SVG within the page; black on white in every theme, since not every camera reads it inverted."""
    target = io.BytesIO()
    segno.make(uri, micro=False).save(
        target, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False,
        title=_("QR code for your authenticator app"),
    )  # fmt: skip
    return Markup(target.getvalue().decode())  # noqa: S704  (made of black and white squares by segno)
