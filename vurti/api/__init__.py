"""What others may ask the running program over HTTP: its health, and its figures."""

from vurti.api.application import application, json_page
from vurti.api.health import Health
from vurti.api.listener import Listener
from vurti.api.progress import Progress

__all__ = ["Health", "Listener", "Progress", "application", "json_page"]
