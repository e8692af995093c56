"""How vdsm hosts are watched over JSON-RPC. The fields are the keys of `[sources.vdsm]`."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Dialect(StrEnum):
    """Which queues a host listens to."""

    AUTO = "auto"
    MODERN = "modern"  # since oVirt 3.6: who asks names the queue for the replies
    V3_5 = "3.5"  # fixed queues, no subscriptions, no events


class VdsmOptions(BaseModel):
    """Seconds, bytes and file names; the defaults suit oVirt hosts since 3.6.

    `dialect`, `short_polls`, `pushes`, `tls_minimum` and `check_hostname` may be set for one host
    in its URL: `vdsm://HOST?check_hostname=false`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pushes: bool = True
    """Whether to subscribe to what hosts say by themselves; without it only polls tell."""

    short_polls: bool = False
    """Whether states are polled by the short list of VMs, where the host's list tells statuses;
    then a VM that does not respond is noticed at the rate of statistics only."""

    dialect: Dialect = Dialect.AUTO
    """"auto" tries "modern" first and "3.5" where no answer comes."""

    connect_secs: float = Field(default=5.0, gt=0)
    """How long a connection may take until it can be asked, name resolution and TLS included."""

    heartbeat_secs: float = Field(default=5.0, ge=1)
    """How often a host shows that it lives; one that is silent for twice as long is lost. We show
    it a sixth as often, and by whatever we ask."""

    reply_lost_secs: float = Field(default=10.0, gt=0)
    """A reply that is so late is not waited for any more: the same is asked again, and on a new
    connection once nothing at all was answered for twice as long. Of a host that answers other
    questions no more than four replies are given up in a minute."""

    retry_secs: float = Field(default=0.5, gt=0)
    """How long to wait before the second try to connect; it doubles with each further one."""

    retry_secs_max: float = Field(default=10.0, gt=0)
    """The longest wait between two tries."""

    frame_bytes_max: int = Field(default=16 * 1024 * 1024, ge=4096)
    """A host that sends a longer message is disconnected."""

    tls_minimum: Literal["1.0", "1.1", "1.2", "1.3"] = "1.2"
    """The oldest TLS version to speak; hosts of oVirt 3 may need "1.0", which is not safe today."""

    check_hostname: bool = True
    """Whether a host's certificate must carry the name that its URL has. Without it any host that
    the authority vouches for may pose as any other."""

    ca_path: Path = Path("/etc/pki/vdsm/certs/cacert.pem")
    """The authority that signed the hosts' certificates."""

    cert_path: Path = Path("/etc/pki/vdsm/certs/vdsmcert.pem")
    """Our own certificate for the hosts."""

    key_path: Path = Path("/etc/pki/vdsm/keys/vdsmkey.pem")
    """The private key of our own certificate."""
