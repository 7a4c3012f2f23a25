"""Ground floor: what every other room may stand on, and that stands on nothing."""
