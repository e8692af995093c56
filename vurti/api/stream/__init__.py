"""The live stream: committed events as they come, for any number of readers."""
