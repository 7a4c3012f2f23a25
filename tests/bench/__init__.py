"""`make bench`: what an operation costs here, beside bare equivalents in the same run."""
