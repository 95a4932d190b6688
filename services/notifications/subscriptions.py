"""Ending a kind of mail from the mail itself, without a log-in: a signed name of the person and the kind."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from libs.common.ids import is_id
from libs.common.problems import NotFound
from services.notifications.domain import PERIODIC_MAILS


class Subscriptions:
    """Makes and reads the tokens. They do not end: a mail may be opened years later, and its link has to work."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="unsubscribe")

    def token(self, user_id: str, kind: str) -> str:
        """What stands in a person's mails of a kind."""
        return str(self._signer.dumps([user_id, kind]))

    def opened(self, token: str) -> tuple[str, str]:
        """``(user_id, kind)``; NotFound where the token is none of ours."""
        try:
            user_id, kind = self._signer.loads(token)
        except (BadSignature, TypeError, ValueError):
            user_id, kind = None, None
        if not is_id(user_id) or kind not in PERIODIC_MAILS:
            raise NotFound("this link is not valid: open it as it stands in the mail")
        return user_id, kind
