"""The WhatsApp Cloud API: sending, media, templates, and Meta's signed webhooks."""
