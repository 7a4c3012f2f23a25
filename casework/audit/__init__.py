"""The trail: an append-only, gap-free, chained record of every visit, done or refused."""
