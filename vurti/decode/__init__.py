"""What sources say, as the values that everything above speaks in. Pure."""
