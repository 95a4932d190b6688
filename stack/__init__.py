"""Brings the whole CRM up on one machine: PostgreSQL, RabbitMQ and every process, kept alive and stopped cleanly."""
