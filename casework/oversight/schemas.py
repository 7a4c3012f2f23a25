"""What the doors of oversight take and give."""

from __future__ import annotations

from marshmallow import fields

from ..web.schema import OutSchema


class CheckpointOut(OutSchema):
    size = fields.Integer()
    at = fields.AwareDateTime()
    root = fields.String()
    house = fields.String()
    line = fields.String()
