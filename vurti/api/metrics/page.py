"""/metrics."""

from collections.abc import Iterable
from functools import cache
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from vurti.api.metrics.family import Watched


def page(watched: Watched) -> WSGIApplication:
    """In the form that the caller asks for. What renders it is loaded when it is first asked for,
    so that nobody starts more slowly for it."""

    @cache
    def rendered() -> WSGIApplication:
        from prometheus_client import make_wsgi_app

        from vurti.api.metrics.collector import registry

        return make_wsgi_app(registry(watched))

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return rendered()(environ, start)

    return answer
