"""The case file: its flow, people, assignments, consent, notes, alerts and disclosures."""
