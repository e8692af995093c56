"""Our side of TLS, as the configuration has it."""

import ssl as plain_ssl

from gevent import ssl

from vurti.config.api import ApiSettings
from vurti.errors import VurtiError


def tls(settings: ApiSettings) -> ssl.SSLContext | None:
    """None where there is to be none. Raises VurtiError for files that will not do."""
    if settings.certificate_path is None or settings.key_path is None:
        return None
    context = ssl.SSLContext(plain_ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = plain_ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certificate_path, settings.key_path)
        if settings.client_ca_path is not None:
            context.verify_mode = plain_ssl.CERT_REQUIRED
            context.load_verify_locations(settings.client_ca_path)
    except OSError as error:
        raise VurtiError(f"[api] TLS cannot be had: {error}") from error
    return context
