"""Encryption, and whom to trust: the system's authorities, and the company's own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from channels.base import NotDelivered
from locales.text import Text, t
from locales.told import Told


def trusting(ca_file: str) -> ssl.SSLContext:
    """Return what connections are encrypted by; reads every certificate there is. Raises NotDelivered."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if ca_file:
            context.load_verify_locations(cafile=ca_file)
    except OSError as failure:  # ssl's errors are of this kind too
        why = t("ca_file cannot be read ({error})", error=type(failure).__name__)
        raise untrusted(why) from None
    return context


def untrusted(why: Text | str) -> NotDelivered:
    """Return the failure of an account whose server cannot be trusted."""
    told = t(
        "The mail server is not trusted: {why}. "
        "Give the name that its certificate has as host, or the file of your own authority as ca_file.",
        why=why,
    )
    return NotDelivered("stopped", Told(told), scope="account")


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})


def of_encryption(failure: BaseException) -> NotDelivered | None:
    """Return what a failure to encrypt means; None when that was not what failed."""
    for cause in _causes(failure):
        # OpenSSL's own errors have these, others of the class do not.
        if isinstance(cause, ssl.SSLCertVerificationError):
            return untrusted(getattr(cause, "verify_message", "") or t("its certificate is not valid"))
        if isinstance(cause, ssl.SSLError) and getattr(cause, "reason", "") in _NO_TLS:
            why = t(
                "The mail server does not begin with TLS here. Use {security}, or the port for TLS (465).",
                security='security = "starttls"',
            )
            return NotDelivered("stopped", Told(why), scope="account")
    return None


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__
