"""Who may ask, and for what: tokens, sessions of browsers, and limits."""
