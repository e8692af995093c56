"""/ages: how old is what is known of each host."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from vurti.api import ages as running
from vurti.api.v1 import described
from vurti.api.v1.answers import answer
from vurti.api.v1.asked import Ages
from vurti.api.v1.running import TAG, told_by
from vurti.api.v1.served import PREFIX, Served


def ages_of(served: Served) -> APIBlueprint:
    """The resource."""
    resources = APIBlueprint("ages", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/ages", responses=described.ages())
    def ages(query: Ages) -> Response:
        """Get how old is what is known of the hosts

        From the running pipeline, so it is exact to the moment, where `heard_at` of `/hosts` is
        what the store was told last. `items` are the hosts of whom nothing newer than `over_secs`
        is known, and those that take longer to answer than the time between two questions.
        """
        found: running.Ages = told_by(served, "ages")
        told = {
            "period_secs": found.period_secs,
            "target_secs": found.target_secs,
            "stale_secs": found.stale_secs,
            **found.figures(),
            "split_brains": found.split_brains,
            "items": [one._asdict() for one in found.older(query.over_secs)],
        }
        return answer(told, now=served.wall())

    return resources
