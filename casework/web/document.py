"""The OpenAPI document of the JSON door, put together when somebody asks for it.

Building it costs ten times as much as opening the routes; a server, a command or a test that nobody asks for the
document need not pay for it.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from flask import Flask, Response
from flask_smorest import Api, Blueprint

from .problems import ProblemOut


class Document(Api):
    """flask-smorest's Api, which opens routes at once and describes them later."""

    ERROR_SCHEMA = ProblemOut

    def __init__(self, app: Flask, **kwargs: Any) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = Lock()
        super().__init__(app, **kwargs)

    def register_blueprint(self, blp: Blueprint, *, parameters: Any = None, **options: Any) -> None:
        """Open the routes of a house."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undescribed.append(blp)

    def describe(self) -> None:
        """Everything that was opened, into the document; once."""
        with self._describing:
            while self._undescribed:
                blp = self._undescribed[0]
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
                self.spec.tag({"name": blp.name, "description": blp.description})
                self._undescribed.pop(0)

    def _openapi_json(self) -> Response:
        self.describe()
        answer: Response = super()._openapi_json()
        return answer
