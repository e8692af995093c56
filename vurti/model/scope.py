"""Names of scopes that have a meaning of their own."""

SYSTEM = "system"
"""The one scope of a fleet that is not divided; of one that is, what belongs to no cluster."""
