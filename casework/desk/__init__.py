"""机: what every signed-in person has before them - today's work, labels for every page, and texts not yet sent."""
