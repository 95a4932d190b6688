"""The events of use cases 1 to 4, as the other services tell them."""

from __future__ import annotations

from typing import Any

from tests.support.actors import JOHN

CLIENT = "01920000-0000-7000-8000-0000000000c1"
CONTACT = "01920000-0000-7000-8000-0000000000c2"
DEAL = "01920000-0000-7000-8000-0000000000d1"
INVOICE = "01920000-0000-7000-8000-0000000000a1"
PAYMENT = "01920000-0000-7000-8000-0000000000b1"

SARAH: dict[str, Any] = {
    "contact_id": CONTACT,
    "first_name": "Sarah",
    "last_name": "Johnson",
    "email": "sarah@techcorp.com",
    "phone": "+1-555-0123",
    "job_title": "CTO",
}

INQUIRED: dict[str, Any] = {
    "client_id": CLIENT,
    "company_name": "TechCorp Solutions",
    "contact": SARAH,
    "message": "AI automation",
    "owner_id": None,
    "created": True,
    "reference": "r-1",
    "version": 1,
}

ASSIGNED: dict[str, Any] = {
    "client_id": CLIENT,
    "company_name": "TechCorp Solutions",
    "owner_id": JOHN.id,
    "previous_owner_id": None,
    "industry": "Technology",
    "phone": "+1-555-0123",
    "email": "hello@techcorp.com",
    "contact": SARAH,
    "assigned_by": "x",
    "version": 2,
}

BRIEF: dict[str, Any] = {
    "brief_id": "01920000-0000-7000-8000-0000000000e2",
    "deal_id": DEAL,
    "client_id": CLIENT,
    "company_name": "TechCorp Solutions",
    "contact_id": CONTACT,
    "contact_name": "Sarah Johnson",
    "contact_email": "sarah@techcorp.com",
    "owner_id": JOHN.id,
    "deal_name": "TechCorp - E-commerce AI Chatbot",
    "deal_value_minor": 6250000,
    "currency": "USD",
    "vision_title": "E-commerce AI Chatbot",
    "vision_summary": "AI chatbot for e-commerce with product recommendations",
    "audience": "Online shoppers, 25-45 years old",
    "features": ["Live chat", "product recommendations", "order tracking"],
    "design": "Modern, minimalist",
    "timeline_weeks": 8,
    "budget_min_minor": 5000000,
    "budget_max_minor": 7500000,
    "requested_by": "client",
    "reference": "r-1",
    "version": 1,
}

WON: dict[str, Any] = {
    "deal_id": DEAL,
    "client_id": CLIENT,
    "company_name": "TechCorp Solutions",
    "deal_name": "TechCorp - E-commerce AI Chatbot",
    "deal_value_minor": 6250000,
    "currency": "USD",
    "stage": "won",
    "previous_stage": "negotiation",
    "owner_id": JOHN.id,
    "version": 4,
}

BILL_TO = {
    "company_name": "TechCorp Solutions",
    "contact_name": "Sarah Johnson",
    "email": "sarah@techcorp.com",
    "contact_id": CONTACT,
}

INVOICE_SENT: dict[str, Any] = {
    "invoice_id": INVOICE,
    "invoice_number": "INV-2025-001",
    "client_id": CLIENT,
    "deal_id": DEAL,
    "company_name": "TechCorp Solutions",
    "amount_minor": 6250000,
    "paid_minor": 0,
    "currency": "USD",
    "due_date": "2025-02-15",
    "description": "E-commerce AI Chatbot Development - Phase 1",
    "pdf_key": "invoices/2025/INV-2025-001.pdf",
    "pdf_filename": "INV-2025-001.pdf",
    "pay_url": "https://crm.example/pay/token",
    "bill_to": BILL_TO,
    "owner_id": JOHN.id,
    "version": 2,
}

RECEIVED: dict[str, Any] = {
    "payment_id": PAYMENT,
    "invoice_id": INVOICE,
    "invoice_number": "INV-2025-001",
    "client_id": CLIENT,
    "deal_id": DEAL,
    "company_name": "TechCorp Solutions",
    "amount_minor": 6250000,
    "currency": "USD",
    "method": "stripe",
    "paid_on": "2025-02-10",
    "owner_id": JOHN.id,
    "version": 1,
}

RECEIPT: dict[str, Any] = {
    "payment_id": PAYMENT,
    "invoice_id": INVOICE,
    "invoice_number": "INV-2025-001",
    "client_id": CLIENT,
    "company_name": "TechCorp Solutions",
    "amount_minor": 6250000,
    "currency": "USD",
    "receipt_key": "receipts/2025/INV-2025-001.pdf",
    "receipt_filename": "Receipt-INV-2025-001.pdf",
    "bill_to": BILL_TO,
    "version": 1,
}

UNMATCHED: dict[str, Any] = {
    "payment_id": PAYMENT,
    "amount_minor": 6250000,
    "currency": "USD",
    "reason": "amount_differs",
    "provider_reference": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
    "version": 1,
}
