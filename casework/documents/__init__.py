"""帳票: A4 forms from the records, each print with its purpose, its number and a day to destroy it."""
