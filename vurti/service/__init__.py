"""vurti as a program: what the command line runs until it is told to stop."""

from vurti.service.demo import run_demo
from vurti.service.run import run_service

__all__ = ["run_demo", "run_service"]
