"""受付 at any window: receiving, screening, and "known already?"."""
