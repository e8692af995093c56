"""How vdsm hosts are watched over XML-RPC: the keys of `[sources.vdsm_xmlrpc]`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class VdsmXmlRpcOptions(BaseModel):
    """Seconds, bytes and file names. `tls_minimum` and `check_hostname` may be set for one host in
    its URL: `vdsm+https://HOST?tls_minimum=1.0`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    connect_secs: float = Field(default=5.0, gt=0)
    """How long a connection may take, TLS included; never longer than the question may."""

    reply_bytes_max: int = Field(default=16 * 1024 * 1024, ge=4096)
    """A longer answer is refused."""

    ca_path: Path = Path("/etc/pki/vdsm/certs/cacert.pem")
    """The authority that signed the hosts' certificates (`vdsm+https`)."""

    cert_path: Path = Path("/etc/pki/vdsm/certs/vdsmcert.pem")
    """Our own certificate for the hosts; the same authority must have signed it."""

    key_path: Path = Path("/etc/pki/vdsm/keys/vdsmkey.pem")
    """The private key of our own certificate."""

    tls_minimum: Literal["1.0", "1.1", "1.2", "1.3"] = "1.2"
    """The oldest TLS version to speak; hosts of oVirt 3 may need "1.0", which is not safe today."""

    check_hostname: bool = True
    """Whether a host's certificate must carry the name or address by which it is reached."""
