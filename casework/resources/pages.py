"""Pages of 社会資源 (福祉資源マップ): find a place or service, register it, verify it each year, retire it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.blueprint import arguments
from ..web.request import context
from . import actions, queries
from .rules import ResourceView
from .schemas import ResourceArgs, ResourceEditIn, ResourceIn, ResourceOut

bp = PageBlueprint("resources", __name__)
ONE = "/resources/<uuid:resource_id>"


@bp.page("/resources", queries.search)
def listing() -> Response:
    """Active resources by kind and area."""
    args = arguments(ResourceArgs)
    book = house().desk.book()
    found = queries.search(context(), **args)
    kinds, districts = book.offered("place_kind"), book.offered("district")
    return page("resources/listing.html", found=found, args=args, kinds=kinds, districts=districts)


@bp.page(ONE, queries.read_resource)
def resource(resource_id: UUID) -> Response:
    """One resource with whom to ask and when it was last verified."""
    return page("resources/resource.html", view=queries.read_resource(context(), resource_id))


def _new() -> Setting:
    return Setting(show={"back": url_for("resources_pages.listing")})


def _one(resource_id: UUID) -> Setting:
    view = queries.read_resource(context(), resource_id)
    back = url_for("resources_pages.resource", resource_id=resource_id)
    crumbs = [(url_for("resources_pages.listing"), "社会資源"), (back, view.name)]
    return Setting(
        {"back": back, "view": view, "crumbs": crumbs, "about": view.name},
        ResourceOut().dump(view),
        version=view.version,
    )


def _to_one(view: ResourceView, **_: Any) -> str:
    return url_for("resources_pages.resource", resource_id=view.id)


bp.form(
    "/resources/new",
    actions.add_resource,
    endpoint="add",
    title="社会資源を登録する",
    takes=ResourceIn,
    prepare=_new,
    then=_to_one,
    button="登録する",
)
for path, title, action, takes, button in (
    ("edit", "社会資源を直す", actions.edit_resource, ResourceEditIn, "保存"),
    ("verify", "内容を確かめた日を記録する", actions.verify_resource, None, "確かめた"),
    ("retire", "社会資源の利用を終える", actions.retire_resource, None, "利用を終える"),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=path,
        title=title,
        takes=takes,
        prepare=_one,
        then=_to_one,
        button=button,
    )
