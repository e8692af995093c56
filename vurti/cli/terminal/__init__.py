"""`vurti top`: the fleet in a terminal, followed over the API of a vurti that runs elsewhere.

What is known (`fleet`, `worst`, `feed`, `lanes`) and whether it is live (`standing`, `figures`) is
pure; `following` asks vurti in threads; `app` and `widgets` draw by Textual.
"""
