"""The outside world, local: stand-ins that speak the real wire protocols of Stripe, WhatsApp, Gemini and SMTP.

Nothing here is imported by a service, and nothing of the services is imported here.
"""
