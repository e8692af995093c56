"""What Textual draws, and the only room that knows Textual."""
