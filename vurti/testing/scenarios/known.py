"""From what is given to a scope that has run for a while and knows just that."""
