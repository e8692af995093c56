"""A fleet of simulated hosts on loopback that behave on the wire as real ones do.

It serves `vurti.world` and knows nothing of how vurti reads what it serves.
"""

from vurti.simulator.dialect import DIALECTS, Dialect, Scheme
from vurti.simulator.faults import Fault, FaultKind, SimulatorError, parse_fault
from vurti.simulator.options import SimulatorOptions, Tls
from vurti.simulator.places import DEFAULT_PORT
from vurti.simulator.simulator import Simulator

__all__ = [
    "DEFAULT_PORT", "DIALECTS", "Dialect", "Fault", "FaultKind", "Scheme", "Simulator",
    "SimulatorError", "SimulatorOptions", "Tls", "parse_fault",
]  # fmt: skip
