"""統計: sealed, protected caseload statistics, the ministry's counts, and the evaluation of the city plan."""
