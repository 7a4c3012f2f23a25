"""Reading the trail: verification, and later reviews of emergency and unusual access."""
