"""Stripe's API as the CRM meets it: payments, checkout, refunds, idempotency keys and signed webhooks."""
