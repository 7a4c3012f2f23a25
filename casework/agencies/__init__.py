"""Divisions, outside agencies, windows, districts and initiatives (取組) of the municipality."""
