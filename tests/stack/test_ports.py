"""Ports: fixed defaults, the next free one when taken, remembered."""

from __future__ import annotations

import socket
from pathlib import Path

from stack.paths import ROOT, StatePaths
from stack.ports import DEFAULTS, Ports, is_free


def test_the_checkout_itself_gets_the_well_known_ports() -> None:
    ports = Ports.of(StatePaths(ROOT / "var"), ["clients-rpc", "clients-worker"])
    assert ports._defaults["http"] == DEFAULTS["http"] == 8000
    assert (ports._defaults["health:clients-rpc"], ports._defaults["health:clients-worker"]) == (18101, 18102)


def test_another_state_folder_gets_a_block_of_its_own_below_the_ephemeral_range(tmp_path: Path) -> None:
    ports = Ports.of(StatePaths(tmp_path), [f"p{number}" for number in range(20)])
    assert not set(ports._defaults.values()) & set(DEFAULTS.values())
    assert max(ports._defaults.values()) < 32768


def test_a_taken_port_is_passed_over_and_the_choice_is_remembered(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        ports = Ports(tmp_path / "ports.json", {"http": busy})
        ports.settle(["http"])
        chosen = ports["http"]
    assert chosen > busy
    assert Ports(tmp_path / "ports.json", {"http": busy})["http"] == chosen


def test_two_uses_never_get_the_same_port(tmp_path: Path) -> None:
    free = next(port for port in range(28000, 29000) if is_free(port) and is_free(port + 1))
    ports = Ports(tmp_path / "ports.json", {"postgres": free, "amqp": free})
    ports.settle(["postgres", "amqp"])
    assert ports["postgres"] != ports["amqp"]


def test_a_running_stack_keeps_its_own_ports(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ours:
        port = ours.getsockname()[1]
        (tmp_path / "ports.json").write_text(f'{{"http": {port}}}')
        ports = Ports(tmp_path / "ports.json", {"http": 8000})
        ports.settle(["http"], running=True)
        assert ports["http"] == port


def test_a_wish_for_the_gateway_wins_over_what_was_remembered(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text('{"http": 8000}')
    assert Ports.of(StatePaths(tmp_path), [], http=8123)["http"] == 8123


def test_a_listener_on_all_addresses_takes_the_port() -> None:
    with socket.create_server(("", 0)) as everywhere:
        assert not is_free(everywhere.getsockname()[1])
