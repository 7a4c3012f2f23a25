"""What every page stands on: forms from the schemas, pages that name their use case, refusals that lose no text."""

from ...kernel.book import Book, Option
from .blueprint import PageBlueprint, Setting, page
from .book import Desk, Place, Proofs, StoredText
from .controls import Control, Form
from .resume import ask_to_confirm, carry_on, resume

__all__ = [
    "Book",
    "Control",
    "Desk",
    "Form",
    "Option",
    "PageBlueprint",
    "Place",
    "Proofs",
    "Setting",
    "StoredText",
    "ask_to_confirm",
    "carry_on",
    "page",
    "resume",
]
