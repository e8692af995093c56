"""What a host is made of, from the XML of its capabilities, as far as that can be relied on.

It lists only those CPU flags that its model does not imply, so they are not told; nor is that KVM
is missing, since a hypervisor without it may be meant to be.
"""

from xml.etree.ElementTree import Element, ParseError, fromstring

from msgspec import Struct

from vurti.wire.xdr import WireError

TAGS_MAX = 100_000


class MadeOf(Struct, frozen=True, gc=False):
    """`machines` are those that it emulates for guests of its own architecture."""

    architecture: str | None = None
    cpu_model: str | None = None
    machines: tuple[str, ...] | None = None


NOT_TOLD = MadeOf()


def made_of(xml: str) -> MadeOf:
    """The facts in it. Raises WireError for what is no capabilities."""
    if "<!" in xml or xml.count("<") > TAGS_MAX:
        raise WireError("capabilities with a document type, or with too many tags")
    try:
        tree = fromstring(xml.encode())
    except (ParseError, ValueError) as error:
        raise WireError(f"capabilities are not well-formed: {error}") from None
    architecture = _text(tree, "host/cpu/arch")
    return MadeOf(architecture, _text(tree, "host/cpu/model"), _machines(tree, architecture))


def _machines(tree: Element, architecture: str | None) -> tuple[str, ...] | None:
    guests = [
        arch
        for guest in tree.iterfind("guest")
        for arch in guest.iterfind("arch")
        if arch.get("name") == architecture
    ]
    if not guests:
        return None
    names = {name for arch in guests for one in arch.iter("machine") if (name := one.text)}
    return tuple(sorted(names))


def _text(tree: Element, path: str) -> str | None:
    return tree.findtext(path) or None
