"""How libvirt hosts are watched. The fields are the keys of `[sources.libvirt]`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class LibvirtOptions(BaseModel):
    """Seconds, bytes and file names; the defaults suit a fleet on a local network."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pushes: bool = True
    """Whether to subscribe to what hosts say by themselves; without it only polls tell."""

    connect_secs: float = Field(default=5.0, gt=0)
    """How long a connection may take until it can be asked, name resolution and TLS included."""

    keepalive_secs: float = Field(default=5.0, gt=0)
    """How often a silent host is pinged."""

    keepalive_unanswered_max: int = Field(default=3, ge=1)
    """After so many pings in a row without an answer the connection counts as lost."""

    retry_secs: float = Field(default=0.5, gt=0)
    """How long to wait before the second try to connect; it doubles with each further one."""

    retry_secs_max: float = Field(default=10.0, gt=0)
    """The longest wait between two tries."""

    doubt_secs: float = Field(default=1.0, gt=0)
    """How long a poll of states may wait for an errno, or for which way a migration goes."""

    vcpus_secs: float = Field(default=150.0, ge=0)
    """How long the number of a VM's vCPUs is taken to be what it was: to tell it costs its QEMU as
    much as its time of CPU does. Whatever is new on a host is asked at once."""

    reply_bytes_max: int = Field(default=16 * 1024 * 1024, ge=4096)
    """A host that announces a longer packet is disconnected."""

    ca_path: Path = Path("/etc/pki/CA/cacert.pem")
    """The authority that signed the hosts' certificates (`qemu+tls`)."""

    cert_path: Path = Path("/etc/pki/libvirt/clientcert.pem")
    """Our own certificate for the hosts."""

    key_path: Path = Path("/etc/pki/libvirt/private/clientkey.pem")
    """The private key of our own certificate."""
