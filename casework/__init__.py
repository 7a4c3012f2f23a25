"""casework: case coordination for 重層的支援, from any window to the close of a case."""
