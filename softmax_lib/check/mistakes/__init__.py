"""Known mistakes: a stable name for each, what it does, and where the course explains it."""
