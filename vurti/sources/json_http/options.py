"""How hosts are watched that answer in JSON over HTTP: the keys of `[sources.json]`."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vurti.settings import Secret


class JsonOptions(BaseModel):
    """Seconds, bytes and file names; they hold for all hosts of this kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pushes: bool = True
    """Whether to listen to what agents say by themselves; without it only polls tell."""

    token: Secret | None = None
    """Sent as `Authorization: Bearer …`. Best written as `${file:…}` or `${env:…}`."""

    ca_path: Path | None = None
    """Who signed the agents' certificates; not set: the authorities that this machine trusts."""

    cert_path: Path | None = None
    """Our own certificate, for agents that want one."""

    key_path: Path | None = None
    """The private key of our own certificate."""

    connect_secs: float = Field(default=5.0, gt=0)
    """How long a connection may take, TLS included."""

    gather_secs: float = Field(default=0.01, ge=0, le=1)
    """Where several hosts share a URL, a request waits so long for more of them to ask along."""

    silence_secs: float = Field(default=30.0, gt=0)
    """A stream of pushes that says nothing for so long, not even an empty line, is lost."""

    retry_secs: float = Field(default=0.5, gt=0)
    """How long to wait before listening again; it doubles with each further try."""

    retry_secs_max: float = Field(default=30.0, gt=0)
    """The longest wait between two tries."""

    reply_bytes_max: int = Field(default=16 * 1024 * 1024, ge=4096)
    """A longer answer is refused."""

    line_bytes_max: int = Field(default=1024 * 1024, ge=1024)
    """A longer line of a stream of pushes ends it."""

    @model_validator(mode="after")
    def _certificate_with_its_key(self) -> Self:
        if (self.cert_path is None) != (self.key_path is None):
            raise ValueError("cert_path and key_path belong together: set both or none")
        return self
