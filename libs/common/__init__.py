"""Mechanism that every service uses: database, bus, RPC, identity, money, time.

Nothing here knows a service or a business word other than Money.
"""
