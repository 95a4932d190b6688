"""Asking another service: nameko's RPC protocol, with a deadline, a signed actor and an idempotency key.

``server`` is for rpc processes (eventlet, nameko); ``client`` runs anywhere.
"""
