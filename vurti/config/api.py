"""Where programs and browsers ask: the `[api]` table."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from vurti.config.listen import Place, place


class ApiSettings(BaseModel):
    """`vurti run` answers /api/v1 there. docs/api.md, docs/security.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    address: str = ""
    """ADDRESS:PORT, or unix:/PATH; port 0 is any free one, "" is nowhere. Where other machines
    reach it there must be a token; else who is on this machine may read, until there is one."""

    tokens_path: Path = Path("tokens.json")
    """The file that `vurti token` writes: tokens by their digests."""

    writes: bool = False
    """Whether who has a token with the role `operate` may announce what he is about to do."""

    certificate_path: Path | None = None
    """Our certificate (PEM, with those between it and the authority): then it is TLS."""

    key_path: Path | None = None
    """Its private key, without a passphrase."""

    client_ca_path: Path | None = None
    """Who signed the certificates that clients must then show besides their tokens."""

    connections_max: int = Field(1000, ge=1, le=100_000)
    """So many at once; further ones wait."""

    requests_per_sec: float = Field(50.0, gt=0, le=100_000)
    """How often one caller may ask, by token or by address; twice as many at once."""

    @field_validator("address")
    @classmethod
    def _can_be_listened_at(cls, address: str) -> str:
        if address:
            place(address)
        return address

    @model_validator(mode="after")
    def _both_halves_of_tls(self) -> Self:
        if (self.certificate_path is None) is not (self.key_path is None):
            raise ValueError("certificate_path and key_path belong together")
        if self.client_ca_path is not None and self.certificate_path is None:
            raise ValueError("client_ca_path takes a certificate_path of our own as well")
        return self

    @property
    def place(self) -> Place | None:
        """Where to listen; None for nowhere."""
        return place(self.address) if self.address else None

    def beside(self, directory: Path) -> Self:
        """The same, with relative paths taken from `directory`, where the file stands."""
        names = ("tokens_path", "certificate_path", "key_path", "client_ca_path")
        paths = {name: getattr(self, name) for name in names}
        return self.model_copy(
            update={name: directory / path for name, path in paths.items() if path is not None}
        )
