"""Metrics for Prometheus, and spans for an OpenTelemetry collector where one is configured."""

from __future__ import annotations

import os

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

RPC_SECONDS = Histogram("crm_rpc_seconds", "Time an RPC method took", ["service", "method", "outcome"])
EVENTS_PUBLISHED = Counter("crm_events_published_total", "Events the broker confirmed", ["service"])
EVENTS_HANDLED = Counter("crm_events_handled_total", "Events applied", ["service", "type"])
JOBS_DONE = Counter("crm_jobs_total", "Jobs by outcome", ["service", "kind", "outcome"])
BUS_REFUSALS = Counter("crm_bus_refusals_total", "Messages whose sender may not send them", ["service", "kind"])
# Where several processes share one address, each of them reads the same database: the newest reading is the state.
OUTBOX_OLDEST_SECONDS = Gauge(
    "crm_outbox_oldest_seconds", "Age of the oldest unsent event", ["service"], multiprocess_mode="mostrecent"
)
DEAD_LETTERS = Gauge(
    "crm_dead_letters", "Dead letters that wait for a person", ["service"], multiprocess_mode="mostrecent"
)
FIGURES = Gauge("crm_figure", "A figure of a service's own", ["service", "name"], multiprocess_mode="mostrecent")

tracer = trace.get_tracer("amo-crm")


def configure(service: str, process: str) -> None:
    """Record spans when OTEL_EXPORTER_OTLP_ENDPOINT names a collector and its exporter is installed."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"crm-{service}-{process}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def exposition() -> bytes:
    """All metrics in Prometheus's text; where processes count together in a folder, those of all of them."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest()
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library types this one not
    return generate_latest(together)
