"""Which currencies Stripe charges in and how much at once. Amounts are integers in the currency's minor unit."""

from __future__ import annotations

from sandbox.stripe.errors import invalid
from sandbox.stripe.params import Params

SUPPORTED = frozenset(
    """usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf
    clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr
    isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr
    mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd
    std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw""".split()
)

# Eight digits for most: 999,999.99 USD is the largest single charge.
DIGITS = {"idr": 12, "cop": 10, "huf": 10, "jpy": 10, "lbp": 10, "inr": 9}


def currency(params: Params) -> str | None:
    """The `currency` parameter in lower case."""
    value = params.text("currency")
    if value is None:
        return None
    if value.lower() not in SUPPORTED:
        raise invalid("currency", f"Invalid currency: {value}. Stripe does not charge in it.")
    return value.lower()


def check_amount(amount: int, code: str, param: str = "amount") -> None:
    """Refuse more than one charge may be."""
    if amount >= 10 ** DIGITS.get(code, 8):
        raise invalid(param, f"Amount must be no more than {10 ** DIGITS.get(code, 8) - 1} {code}", "amount_too_large")
