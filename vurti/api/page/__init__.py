"""The live page: files without a build step, and without anything of the fleet in them."""

from vurti.api.page.served import add_page, is_of_page

__all__ = ["add_page", "is_of_page"]
