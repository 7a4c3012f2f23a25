"""Keeping the register of resources: adding, editing, verifying, retiring."""

from __future__ import annotations

from uuid import UUID

from ..agencies.models import Agency, District
from ..kernel.actor import Permission as P
from ..usecase import Context, use_case
from .models import Resource
from .queries import view
from .rules import ResourceDraft, ResourceView


@use_case(P.RESOURCE_WRITE, event="resource.added")
def add_resource(ctx: Context, draft: ResourceDraft) -> ResourceView:
    """Add a place, service or host; who adds it has just verified it."""
    ctx.select(Resource)
    row = Resource(active=True, recorded_at=ctx.now, last_verified_on=ctx.today, verified_by=ctx.actor.id)
    _fill(ctx, row, draft)
    ctx.add(row)
    ctx.session.flush()
    return view(row)


@use_case(P.RESOURCE_WRITE, event="resource.edited")
def edit_resource(ctx: Context, resource_id: UUID, draft: ResourceDraft) -> ResourceView:
    """Change what is known of a resource."""
    row = ctx.load(Resource, resource_id)
    _fill(ctx, row, draft)
    ctx.session.flush()
    return view(row)


@use_case(P.RESOURCE_WRITE, event="resource.verified")
def verify_resource(ctx: Context, resource_id: UUID) -> ResourceView:
    """Record that the entry was checked today."""
    row = ctx.load(Resource, resource_id)
    row.last_verified_on, row.verified_by = ctx.today, ctx.actor.id
    ctx.session.flush()
    return view(row)


@use_case(P.RESOURCE_WRITE, event="resource.retired")
def retire_resource(ctx: Context, resource_id: UUID) -> ResourceView:
    """Take a resource out of the search; what points to it stays."""
    row = ctx.load(Resource, resource_id)
    row.active = False
    ctx.session.flush()
    return view(row)


def _fill(ctx: Context, row: Resource, draft: ResourceDraft) -> None:
    ctx.codes(("place_kind", draft.kind, "kind"))
    if draft.district is not None:
        ctx.load(District, draft.district, permission=P.DIRECTORY_READ, field="district")
    if draft.agency is not None:
        ctx.load(Agency, draft.agency, permission=P.DIRECTORY_READ, field="agency")
    for name in ResourceDraft.__slots__:
        setattr(row, name, getattr(draft, name))
