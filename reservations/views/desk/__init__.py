"""Pages of the clerk's tablet. Every button is an ordinary form; the script only fetches what has changed."""
