"""What others may ask the running program over HTTP: its health, its figures, and what it knows."""
