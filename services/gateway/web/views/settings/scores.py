"""Win probability: the models that were trained, how good each was on deals it had not seen, and training one now."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.rpc.client import Call
from services.gateway.api import scores as api
from services.gateway.web import chances, forms, parts, shell
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_scores")

_PATH = "/settings/win-probability"
_SHOWN = 20
# A training takes seconds; a page left open does not ask for ever.
_TRIES = 30


@pages.get(_PATH, who=ADMIN)
def models() -> Any:
    """All trainings, the newest with its calibration beside the base rate."""
    return shell.page("settings/scores.html", **_shown())


@pages.get(_PATH + "/models", who=ADMIN)
def newest() -> Any:
    """The same without its frame, as soon as a training that was asked for is done."""
    return shell.fragment("settings/scores_models.html", **_shown())


@pages.post(_PATH, who=ADMIN)
def train() -> Any:
    """Train now instead of tonight."""
    forms.sent()
    seen = forms.whole("seen", request.form.get("seen", "0"))
    api.train_scores()
    return done(f"{_PATH}?after={seen}", Toast(_("A model is being trained")))


def _shown() -> dict[str, Any]:
    found = parts.ask(
        {
            "models": Call("ai", "list_score_models", {"limit": _SHOWN}),
            "standing": Call("ai", "score_standing"),
        }
    )
    items = found["models"].get("items", []) if found["models"] else []
    number = items[0]["number"] if items else 0
    after, tries = (forms.whole(name, request.args.get(name) or "-1") for name in ("after", "tries"))
    waiting = after >= number and tries < _TRIES
    judged = next((each for each in items if each["calibration"]), None)
    return {
        "parts": found,
        "number": number,
        "waiting": {"after": after, "tries": tries + 1} if waiting else None,
        "judged": judged,
        "dots": chances.dots(judged["calibration"]) if judged else [],
        "chances": chances,
    }
