"""docker-compose.yml and the Dockerfile, as far as they can be checked without a Docker engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.credentials import Credentials
from stack.infrastructure.docker import DockerInfrastructure, compose_settings
from stack.paths import ROOT, StatePaths
from stack.ports import Ports
from stack.programs import DATABASES, TABLE

PROGRAMS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python3 -m stack env` writes."""
    paths = StatePaths(tmp_path_factory.mktemp("compose"))
    settings = compose_settings(Credentials.generate(), Ports.of(paths, []))
    path = paths.state / ".env"
    path.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
    return path


def compose(env_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The compose command, without an engine."""
    command = [str(PROGRAMS / "docker-compose"), "--env-file", str(env_file), "-f", str(ROOT / "docker-compose.yml")]
    environment = {"PATH": os.defpath, "HOME": str(env_file.parent)}
    return subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def services(env_file: Path) -> dict[str, Any]:
    """The services as compose understands them."""
    answer = compose(env_file, "config", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)["services"]
    return found


def test_compose_accepts_the_file_with_the_generated_settings(env_file: Path) -> None:
    answer = compose(env_file, "config", "-q")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_compose_refuses_to_start_without_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("")
    answer = compose(tmp_path / ".env", "config", "-q")
    assert answer.returncode != 0
    assert "python3 -m stack env" in answer.stderr


def test_every_process_of_the_table_has_its_container(services: dict[str, Any]) -> None:
    assert {row.name for row in TABLE} | {f"{name}-migrate" for name in DATABASES} | {
        "postgres",
        "rabbitmq",
        "gateway-seed",
    } == set(services)
    for row in TABLE:
        assert services[row.name]["command"] == ["python", "-m", row.module, *row.arguments]


def test_workers_can_be_scaled(env_file: Path, services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert "container_name" not in service
        if name.endswith(("-worker", "-rpc")):
            assert "ports" not in service
    assert compose(env_file, "config", "--services", "billing-worker").returncode == 0


def test_every_process_has_a_health_check_and_waits_for_its_schema(services: dict[str, Any]) -> None:
    for row in TABLE:
        if row.service == "sandbox":
            continue
        assert services[row.name]["healthcheck"]["test"]
        assert (
            services[row.name]["depends_on"][f"{row.service}-migrate"]["condition"] == "service_completed_successfully"
        )


def test_a_container_gets_no_other_services_password(services: dict[str, Any], env_file: Path) -> None:
    settings = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    for row in TABLE:
        text = json.dumps(services[row.name]["environment"])
        for other in DATABASES:
            for kind in ("DB", "AMQP"):
                password = settings[f"{other.upper()}_{kind}_PASSWORD"].strip("'")
                assert (password in text) == (other == row.service)


def test_only_loopback_is_published_apart_from_the_gateway(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for port in service.get("ports", []):
            assert name in ("gateway-http", "gateway-live") or port["host_ip"] == "127.0.0.1"


def test_the_file_names_images_with_their_versions() -> None:
    images = [
        service.get("image", "")
        for service in yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].values()
    ]
    outside = {image for image in images if image and not image.startswith("amo-crm-")}
    assert outside == {"postgres:16-bookworm", "rabbitmq:3.13"}


def test_the_dockerfile_passes_hadolint() -> None:
    answer = subprocess.run(
        [str(PROGRAMS / "hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout


def test_the_init_script_is_valid_shell() -> None:
    script = ROOT / "stack" / "docker" / "postgres-init.sh"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_the_engine_is_asked_for_the_servers_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in place of `docker` notes how it is called."""
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls"\nenv | grep -q "^POSTGRES_PASSWORD=.\\{{32\\}}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    paths = StatePaths(tmp_path)
    infrastructure = DockerInfrastructure(paths, Ports.of(paths, []), Credentials.generate())
    monkeypatch.setattr("stack.infrastructure.docker.wait_until_ready", lambda urls, hint: None)
    monkeypatch.setattr("stack.infrastructure.docker.close_common_databases", lambda url: None)
    infrastructure.ensure()
    infrastructure.stop()
    infrastructure.forget()
    head = f"compose -p amo-crm-{paths.instance} -f {ROOT}/docker-compose.yml "
    assert (tmp_path / "calls").read_text().splitlines() == [
        head + "up -d postgres rabbitmq",
        head + "down",
        head + "down --volumes",
    ]
