"""One scenario, as it stands in a file."""

from typing import Any, Literal

from pydantic import Field, model_validator

from vurti.testing.scenarios.words.given import Given
from vurti.testing.scenarios.words.plain import Text, Words
from vurti.testing.scenarios.words.steps import OneStep
from vurti.testing.scenarios.words.then import Then


class Scenario(Words):
    """What is known, what arrives, what must follow. `today` is for people and is not compared."""

    id: Text = Field(min_length=1)
    title: str
    rule: Text = ""
    priority: Literal["core", "expected", "niche"] = "expected"
    source: Text = ""
    given: Given = Given()
    steps: tuple[OneStep, ...] = Field(min_length=1)
    then: Then | None = None
    each: tuple[Then | None, ...] | None = None
    today: Any = None
    note: Text = ""

    @model_validator(mode="after")
    def _compares(self) -> "Scenario":
        if (self.then is None) == (self.each is None):
            raise ValueError("either `then` or `each` says what must follow")
        if self.each is not None and len(self.each) != len(self.steps):
            raise ValueError(
                f"`each` has {len(self.each)} expectations for {len(self.steps)} steps"
            )
        return self
