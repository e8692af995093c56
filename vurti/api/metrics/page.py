"""/metrics."""

from collections.abc import Iterable, Sequence
from functools import cache
from http import HTTPStatus
from typing import TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from vurti.api.application import plain
from vurti.api.metrics.family import Family
from vurti.api.metrics.watched import Process
from vurti.clock import Timeout

P = TypeVar("P", bound=Process)


def page(process: P, families: Sequence[Family[P]]) -> WSGIApplication:
    """These families, in the form that the caller asks for. What renders it is loaded when it is
    first asked for, so that nobody starts more slowly for it; `inside`, where all modules are."""

    def loaded() -> WSGIApplication:
        from prometheus_client import make_wsgi_app

        from vurti.api.metrics.collector import Metrics, registry

        return make_wsgi_app(registry(Metrics(process, families)))

    @cache
    def rendered() -> WSGIApplication:
        return process.inside(loaded)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        try:
            return rendered()(environ, start)
        except Timeout as error:
            return plain(start, HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    return answer
