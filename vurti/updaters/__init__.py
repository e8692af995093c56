"""From decisions to what is stored: the updaters keep what is to be written, the writer writes it.

They know no repository: it is handed in as callables.
"""

from vurti.updaters.starting import start_writer
from vurti.updaters.updater import Updater, VdsUpdater, VmUpdater
from vurti.updaters.writer import Writer

__all__ = ["Updater", "VdsUpdater", "VmUpdater", "Writer", "start_writer"]
