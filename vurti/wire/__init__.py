"""Frames and fields of the protocols: bytes to plain values and back. Pure."""
