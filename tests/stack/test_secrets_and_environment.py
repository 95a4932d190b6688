"""Secrets are made once and each process gets its own, and no other's."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest

from stack.credentials import DATABASES, Credentials
from stack.environment import Environments, inherited, settings_of_caller
from stack.infrastructure import Urls
from stack.paths import StatePaths
from stack.ports import Ports
from stack.programs import TABLE


def test_secrets_are_generated_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "state" / "secrets.json"
    first = Credentials.load(path)
    assert Credentials.load(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_secrets_of_a_newer_version_join_those_that_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = Credentials.load(path)
    kept = json.loads(path.read_text())
    for name in ("mailed_link_key", "second_factor_key"):
        del kept[name]
    path.write_text(json.dumps(kept))
    second = Credentials.load(path)
    assert second == Credentials.load(path) and second.link_secret == first.link_secret
    assert len(second.mailed_link_key) == len(second.second_factor_key) == 64


def test_every_service_signs_with_its_own_key() -> None:
    credentials = Credentials.generate()
    published = {key["kid"]: key for key in json.loads(credentials.public_keys)["keys"]}
    assert set(published) == set(DATABASES)
    assert all("d" not in key for key in published.values())
    token = jwt.encode(
        {"sub": "system:billing"}, jwt.PyJWK(json.loads(credentials.private_key("billing"))).key, "EdDSA"
    )
    assert jwt.decode(token, jwt.PyJWK(published["billing"]), ["EdDSA"]) == {"sub": "system:billing"}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, jwt.PyJWK(published["deals"]), ["EdDSA"])


def environments(tmp_path: Path, **caller: str) -> Environments:
    """Environments of a stack that was never started."""
    paths = StatePaths(tmp_path)
    urls = Urls("postgresql://postgres:pw@127.0.0.1:1/postgres", "amqp://crm:pw@127.0.0.1:2/crm")
    ports = Ports.of(paths, [row.name for row in TABLE])
    return Environments(paths, ports, Credentials.generate(), urls, caller, {})


def test_without_keys_the_stand_ins_are_used(tmp_path: Path) -> None:
    parts = environments(tmp_path)
    assert parts.of("billing", "billing-rpc")["STRIPE_API_BASE"] == parts.sandbox_urls["stripe_url"]
    assert parts.of("notifications", "notifications-rpc")["SMTP_URL"].startswith("smtp://127.0.0.1:")
    assert "GEMINI_API_KEY" not in parts.of("ai", "ai-worker")
    assert "GEMINI_BASE_URL" not in parts.of("ai", "ai-worker")
    sandbox, billing = parts.of("sandbox", "sandbox"), parts.of("billing", "billing-worker")
    assert sandbox["STRIPE_WEBHOOK_SECRET"] == billing["STRIPE_WEBHOOK_SECRET"]
    assert "DATABASE_URL" not in sandbox


def test_keys_of_the_caller_replace_the_stand_ins(tmp_path: Path) -> None:
    parts = environments(
        tmp_path, STRIPE_API_KEY="sk_test_mine", GEMINI_API_KEY="g", SMTP_URL="smtps://mail.test", WHATSAPP_TOKEN="w"
    )
    billing = parts.of("billing", "billing-rpc")
    assert billing["STRIPE_API_KEY"] == "sk_test_mine"
    assert "STRIPE_API_BASE" not in billing
    assert parts.of("ai", "ai-rpc")["GEMINI_API_KEY"] == "g"
    notifications = parts.of("notifications", "notifications-worker")
    assert (notifications["SMTP_URL"], notifications["WHATSAPP_TOKEN"]) == ("smtps://mail.test", "w")
    assert "WHATSAPP_API_BASE" not in notifications


def test_a_service_sees_no_other_services_secrets(tmp_path: Path) -> None:
    parts = environments(tmp_path, STRIPE_API_KEY="sk_test_mine", GEMINI_API_KEY="g")
    for service in ("clients", "deals", "ai", "gateway", "notifications"):
        environment = parts.of(service, f"{service}-worker") | inherited(parts.caller)
        assert "STRIPE_API_KEY" not in environment
        assert ("GEMINI_API_KEY" in environment) == (service == "ai")
        text = json.dumps(environment)
        others = [name for name in DATABASES if name != service]
        assert not [name for name in others if parts.credentials.database_passwords[name] in text]
        assert not [name for name in others if parts.credentials.signing_keys[name]["d"] in text]


def test_only_who_needs_them_gets_the_keys_of_accounts(tmp_path: Path) -> None:
    parts = environments(tmp_path)
    having = {
        name: {row.service for row in TABLE if name in parts.of(row.service, row.name)}
        for name in ("MAILED_LINK_KEY", "SECOND_FACTOR_KEY")
    }
    assert having == {"MAILED_LINK_KEY": {"gateway", "notifications"}, "SECOND_FACTOR_KEY": {"gateway"}}


def test_the_file_at_the_root_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# keys\nexport SMTP_URL='smtp://a'\nGEMINI_API_KEY=from-file\n\nbroken line\n")
    settings = settings_of_caller({"GEMINI_API_KEY": "from-shell", "STRIPE_API_KEY": ""}, tmp_path)
    assert settings == {"SMTP_URL": "smtp://a", "GEMINI_API_KEY": "from-shell"}


def test_loopback_is_never_asked_through_a_proxy() -> None:
    assert "127.0.0.1" in inherited({"HTTPS_PROXY": "http://proxy.test"})["NO_PROXY"]


def test_the_workers_of_the_gateway_count_together_and_nobody_else(tmp_path: Path) -> None:
    parts, name = environments(tmp_path), "PROMETHEUS_MULTIPROC_DIR"
    assert parts.of("gateway", "gateway-http")[name] == str(tmp_path / "metrics")
    others = [row for row in TABLE if row.name != "gateway-http"]
    assert all(name not in parts.of(row.service, row.name) for row in others)


def test_every_service_knows_the_company(tmp_path: Path) -> None:
    parts = environments(tmp_path, COMPANY_NAME="AMO Studio", PAYMENT_INSTRUCTIONS="By transfer.")
    for service in ("billing", "notifications", "gateway"):
        given = parts.of(service, f"{service}-worker")
        assert (given["COMPANY_NAME"], given["PAYMENT_INSTRUCTIONS"]) == ("AMO Studio", "By transfer.")
