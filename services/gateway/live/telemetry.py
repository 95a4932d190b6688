"""What the live process counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

OPEN = Gauge("crm_live_streams", "Pages that are connected to this process")
TOLD = Counter("crm_live_changes_total", "Hints handed on")
GAPS = Counter("crm_live_gaps_total", "Streams that were told to look anew")
