"""Code lists: what staff choose or count; dated, retired, never renamed or deleted."""
