"""What is announced by embedders, and what managers should do: when the one has come, and when the
other has lost its ground. `expected` and `intended` are tables of pure rules; `announced` takes the
embedder's words in."""
