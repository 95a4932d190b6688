"""The app of the Stripe port, put together."""

from __future__ import annotations

from flask import Flask

from sandbox import pages
from sandbox.behaviour import Behaviour
from sandbox.behaviour import control as behaviour_routes
from sandbox.deliveries import Deliveries
from sandbox.settings import Settings
from sandbox.storage import Storage
from sandbox.stripe import control, web
from sandbox.stripe.api import Api
from sandbox.stripe.store import SCHEMA, Objects
from sandbox.stripe.webhooks import signer


class StripeSandbox:
    """The stand-in for Stripe: its app, its outgoing webhooks and its database."""

    def __init__(self, settings: Settings) -> None:
        self.storage = Storage(settings.directory / "stripe.sqlite", SCHEMA)
        behaviour, objects = Behaviour(control.BEHAVIOUR), Objects(self.storage)
        sign = signer(settings.stripe_webhook_secret)
        self.deliveries = Deliveries(self.storage, behaviour, settings.stripe_webhook_url, sign)
        objects.send_events_by(self.deliveries)
        self.app = Flask(__name__, static_folder=None)
        pages.install(self.app, settings, "stripe")
        self.app.register_blueprint(behaviour_routes(behaviour))
        self.app.register_blueprint(control.routes(objects, self.deliveries))
        self.app.register_blueprint(Api(settings.stripe_api_key, objects, behaviour).routes())
        self.app.register_blueprint(web.routes(objects))
