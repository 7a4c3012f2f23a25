"""支援プラン: versions, goals, roles per agency, review, evaluation and closing."""
