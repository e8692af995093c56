"""Sources over blocking libraries work only where the standard library is patched by gevent."""

from vurti.errors import VurtiError


class NeedsPatching(VurtiError):
    """A source that would block the whole process; the text says what to do."""


def require_patching(source: str) -> None:
    """Go on where sockets are patched. Raises NeedsPatching; a library must not patch by itself."""
    from gevent.monkey import is_module_patched

    if not is_module_patched("socket"):
        raise NeedsPatching(
            f"the source {source!r} is over requests, which would block every other host: put"
            " `from gevent import monkey; monkey.patch_all()` before all other imports of your"
            " program (`vurti run` does that by itself)"
        )
