"""Time: streams of polls, inputs, decisions and events, and the operators between them."""
