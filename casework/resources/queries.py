"""Searching the register of resources."""

from __future__ import annotations

from uuid import UUID

from ..kernel.actor import Permission as P
from ..usecase import Context, Page, use_case
from ..usecase.page import after_moment, cut
from .models import Resource
from .rules import ResourceView


@use_case(P.RESOURCE_READ, event="resource.searched", reads=True)
def search(
    ctx: Context, *, kind: str | None = None, district: str | None = None, after: str | None = None
) -> Page[ResourceView]:
    """Find active resources by kind and area, newest first."""
    query = ctx.select(Resource).where(Resource.active.is_(True))
    if kind is not None:
        query = query.where(Resource.kind == kind)
    if district is not None:
        query = query.where(Resource.district == district)
    query = after_moment(query, Resource.recorded_at, Resource.id, after).limit(ctx.settings.page_size + 1)
    rows, following = cut(ctx.all(query), ctx.settings.page_size, lambda r: (r.recorded_at, r.id))
    return Page(tuple(view(row) for row in rows), following)


@use_case(P.RESOURCE_READ, event="resource.read", reads=True)
def read_resource(ctx: Context, resource_id: UUID) -> ResourceView:
    """Open one resource."""
    return view(ctx.load(Resource, resource_id))


def view(row: Resource) -> ResourceView:
    """Step: a loaded resource as its View."""
    return ResourceView(
        row.id,
        row.version,
        row.kind,
        row.name,
        row.district,
        row.agency,
        row.capacity,
        row.accepts,
        row.contact,
        row.remarks,
        row.active,
        row.last_verified_on,
        row.verified_by,
    )
