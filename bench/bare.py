"""The least that lists clients over HTTP: Flask, SQLAlchemy, the same SELECTs, no access rule, no bus."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, jsonify
from sqlalchemy import create_engine, text

app = Flask(__name__)
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"), pool_size=8)

_PAGE = text("""
    SELECT id, company_name, email, phone, website, industry, status, source, address, city, state, country, notes,
           tags, owner_id, lifetime_value_minor, currency, last_activity_at, created_at, updated_at, version
    FROM clients WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 26
""")
_COUNT = text("SELECT count(*) FROM clients WHERE deleted_at IS NULL")


@app.get("/clients")
def clients() -> Any:
    with engine.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(_PAGE)][:25]
        total = connection.execute(_COUNT).scalar_one()
    return jsonify({"items": rows, "next_cursor": None, "total": total})
