"""The way in which a virtualization manager has always watched its hosts, as good as it can be:
a thread for each host, one exclusive lock, requests and json, and for each VM of each answer a
SELECT and an UPDATE."""
