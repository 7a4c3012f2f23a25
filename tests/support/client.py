"""A test client whose requests stand alone, although the test itself holds an application context."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class LoneClient(FlaskClient):
    """Every request gets an application context of its own, as on a server; Flask would share the test's `g`,
    and with it the person signed in by the request before.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)
