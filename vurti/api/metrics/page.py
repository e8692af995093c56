"""/metrics."""

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from vurti.api.application import plain
from vurti.api.metrics.family import Watched
from vurti.clock import Timeout


def page(watched: Watched) -> WSGIApplication:
    """In the form that the caller asks for. What renders it is loaded when it is first asked for,
    so that nobody starts more slowly for it; `inside`, where all modules are loaded."""

    def loaded() -> WSGIApplication:
        from prometheus_client import make_wsgi_app

        from vurti.api.metrics.collector import registry

        return make_wsgi_app(registry(watched))

    @cache
    def rendered() -> WSGIApplication:
        return watched.inside(loaded)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        try:
            return rendered()(environ, start)
        except Timeout as error:
            return plain(start, HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    return answer
