"""The demo city: plainly invented people and cases, made through the use cases with a moved clock."""
