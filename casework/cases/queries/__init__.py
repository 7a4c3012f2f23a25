"""Reading case files: steps for other houses, the cover, lists, notes, consents and the timeline."""

from .steps import an_agency, any_protected, consent_for, consents_of, people_of, segments_for, threads_of

__all__ = [
    "an_agency",
    "any_protected",
    "consent_for",
    "consents_of",
    "people_of",
    "segments_for",
    "threads_of",
]
