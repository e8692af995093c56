"""For the tests of kits."""

from loguru import logger

logger.disable("vurti")  # as the adapter does: subscribers that raise by the thousand are no news
