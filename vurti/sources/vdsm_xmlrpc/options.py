"""How vdsm hosts are watched over XML-RPC: the keys of `[sources.vdsm_xmlrpc]`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class VdsmXmlRpcOptions(BaseModel):
    """Seconds, bytes and file names; they hold for all hosts of this kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    connect_secs: float = Field(default=5.0, gt=0)
    """How long a connection may take, TLS included; never longer than the question may."""

    reply_bytes_max: int = Field(default=16 * 1024 * 1024, ge=4096)
    """A longer answer is refused."""

    ca_path: Path = Path("/etc/pki/ovirt-engine/ca.pem")
    """The authority that signed the hosts' certificates (`vdsm+https`)."""

    cert_path: Path = Path("/etc/pki/ovirt-engine/certs/vurti.cer")
    """Our own certificate for the hosts; the same authority must have signed it."""

    key_path: Path = Path("/etc/pki/ovirt-engine/keys/vurti.key")
    """The private key of our own certificate."""

    tls_minimum: Literal["1.0", "1.1", "1.2", "1.3"] = "1.2"
    """No older TLS is spoken. Hosts of oVirt 3.x may know none but 1.0, which is weak: a single
    host is allowed it by `?tls_minimum=1.0` behind its URL."""

    check_hostname: bool = True
    """Whether a host's certificate must carry the name or address by which it is reached."""
