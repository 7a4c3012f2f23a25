"""Reading requests, the pieces of a record, the ledger and the copies that were handed over."""

from .requests import read_copy, read_request, record_of, requests
from .worksheet import parts_now, request_view

__all__ = [
    "parts_now",
    "read_copy",
    "read_request",
    "record_of",
    "request_view",
    "requests",
]
