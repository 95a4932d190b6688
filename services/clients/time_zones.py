"""By which clock somebody lives, as their phone number tells. Pure: no I/O."""

from __future__ import annotations

_UNKNOWN = "Etc/Unknown"


def zone_of(phone: str | None, country: str, ours: str) -> str:
    """The time zone (IANA name) of a number; ours where it has none, or is one of several.

    country: how numbers without a country code are read (ISO 3166).
    """
    if not phone:
        return ours
    # Their tables are large, and only who books a meeting needs them.
    import phonenumbers
    from phonenumbers import timezone

    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(phone, country))
    except phonenumbers.NumberParseException:
        return ours
    if ours in zones or not zones or zones[0] == _UNKNOWN:
        return ours
    return str(zones[0])
