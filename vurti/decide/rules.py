"""The parameters of judgement, as `[rules]` of the configuration has them."""

from pydantic import ConfigDict, Field

from vurti.decide.vds_rules import VdsRules
from vurti.model import IntentKind


class Rules(VdsRules):
    """How long to wait before believing the worst. The defaults of the grace are those of oVirt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vanish_grace_secs: float = Field(10, ge=0)
    """A VM that vanished without a word is Unknown for this long before it is Down (contract 2)."""

    reboot_window_secs: float = Field(30, ge=0)
    """Guest reboots within this time after a reported one are summed up into one more event."""

    forget_secs: float = Field(86_400, gt=0)
    """A VM that is not running and that no host lists is removed after this time."""

    power_off_secs: float = Field(20, gt=0)
    """A VM that ends this soon after a forced power-off was announced was powered off (13.5)."""

    external_data_secs: float = Field(60, gt=0)
    """So long at most is a VM that ended kept from being closed, while its TPM and NVRAM data are
    asked for."""

    balloon_samples_max: int = Field(3, ge=1)
    """After so many bad samples in a row one more makes a balloon's fault news (8.5)."""

    intents: tuple[IntentKind, ...] = ()
    """What managers are told to do; nothing, unless it is named here."""

    intent_secs: float = Field(600, gt=0)
    """An intent that nothing has become of for this long is valid no longer."""
