"""What is wrong with a set-up, before or while vurti runs with it. Nothing is changed anywhere."""

from vurti.doctor.examine import examined
from vurti.doctor.finding import Finding, Verdict

__all__ = ["Finding", "Verdict", "examined"]
