"""参加支援: needs, matching with resources, trial, settling, and needs without a place."""
