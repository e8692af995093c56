"""The keys of `[inventory]`, which hold for every inventory, and of `[inventory.NAME]`."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from vurti.settings import Secret

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class InventoryRules(BaseModel):
    """How often an inventory is asked, and when its answer is doubted."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    refresh_secs: float = Field(60.0, ge=0.1, le=86_400)
    """Each inventory is asked again this often."""

    timeout_secs: float = Field(30.0, gt=0, le=3600)
    """So long may it take; then it is cut off."""

    reply_bytes_max: int = Field(16_777_216, ge=1024, le=1_073_741_824)
    """A longer answer is refused."""

    shrink_share_max: float = Field(0.3, ge=0, le=1)
    """An answer that lacks more of the hosts known from it than this share removes nothing yet."""

    shrink_hosts_min: int = Field(2, ge=1)
    """Unless so few are lacking; all of them are never too few."""

    shrink_confirmations: int = Field(3, ge=1, le=1000)
    """It removes them once so many answers in a row lack the same hosts."""


class InventoryDefaults(InventoryRules):
    """The table `[inventory]`."""

    reread_files: bool = True
    """This file and those that it includes are read again, too; without, only at a SIGHUP."""

    check_secs: float = Field(60.0, ge=0, le=3600)
    """So long may the trial of changed files take (`vurti check`) before they count for bad. 0:
    they are not tried, only read."""


class InventorySettings(InventoryRules):
    """One table `[inventory.NAME]`: a program or an HTTP address."""

    command: tuple[str, ...] = ()
    """A program and its arguments, without a shell; it prints the answer."""

    environment: dict[str, Secret] = {}
    """Variables for the program, besides PATH, HOME, USER, LANG, LC_ALL, TZ and TMPDIR of ours."""

    directory: Path = Path(".")
    """Where the program runs; not set: where the file stands that names it."""

    url: str | None = None
    """An address that answers the same by GET: https://… or http://…"""

    token: Secret | None = None
    """Sent there as `Authorization: Bearer …`. Best written as `${file:…}` or `${env:…}`."""

    ca_path: Path | None = None
    """Who signed its certificate; not set: the authorities that this machine trusts."""

    format: Literal["vurti", "ansible"] = "vurti"
    """What is answered: {"hosts": …, "vms": …}, or what `ansible-inventory --list` prints."""

    host_url: str = "{vurti_url}"
    """Of Ansible: a host's URL, made of its variables, such as "vdsm://{ansible_host}"."""

    host_cluster: str = "{vurti_cluster|}"
    """Of Ansible: a host's cluster, where `groups` do not tell it. `{NAME|TEXT}`: else TEXT."""

    groups: dict[str, str] = {}
    """Of Ansible: only hosts of these groups, each with the cluster that it stands for."""

    @field_validator("environment")
    @classmethod
    def _are_names(cls, given: dict[str, Secret]) -> dict[str, Secret]:
        for name, value in given.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a variable")
            if "\0" in value.reveal():
                raise ValueError(f"the value of {name} has a NUL in it")
        return given

    @field_validator("command")
    @classmethod
    def _can_be_run(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if given and (not given[0] or any("\0" in word for word in given)):
            raise ValueError("a command is a program and its arguments, without a NUL")
        return given

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("an inventory's url is https://HOST/… or http://HOST/…")
        return url

    @field_validator("token")
    @classmethod
    def _fits_a_header(cls, token: Secret | None) -> Secret | None:
        if token is not None and not (token.reveal().isascii() and token.reveal().isprintable()):
            raise ValueError("a token is printable ASCII")
        return token

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.command) == (self.url is not None):
            raise ValueError("an inventory has either command or url")
        return self
