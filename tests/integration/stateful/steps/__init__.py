"""What people try in the stateful test: each step is one use case by one person, right or wrong at that moment."""

from tests.integration.stateful.run import STEPS, Run, possible
from tests.integration.stateful.steps import endings, files, front, meetings, plans, rights

__all__ = ["STEPS", "Run", "endings", "files", "front", "meetings", "plans", "possible", "rights"]
