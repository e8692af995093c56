"""Listens to what an agent says by itself: a GET that is answered line by line, and never ends."""

import random
from collections.abc import Callable

from requests import Response

from vurti.clock import Clock, Task
from vurti.decode import json_http as decode
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.json_http.address import Address
from vurti.sources.json_http.known import checked
from vurti.sources.json_http.options import JsonOptions
from vurti.sources.json_http.session import Session
from vurti.wire.error import WireError
from vurti.wire.lines import Lines

NDJSON = "application/x-ndjson"
_TURN_BYTES = 1024 * 1024


class Declined(Exception):
    """The agent answers, but not with a stream: it does not push."""


class Follower:
    """The stream of one URL, made anew whenever it is lost, ever slower. `on_line` gets what is
    said, `on_up` is called whenever something may have been missed: at each beginning, and for
    each line that cannot be read. `is_up` while the stream is there and heard."""

    def __init__(
        self,
        where: Address,
        clock: Clock,
        options: JsonOptions,
        on_line: Callable[[decode.PushLine], None],
        on_up: Callable[[], None],
        chance: random.Random,
    ) -> None:
        self.is_up = False
        self.ups = self.declined = self.lines = self.unreadable = 0
        self.trouble = ""
        self._where, self._clock, self._options = where, clock, options
        self._on_line, self._on_up, self._chance = on_line, on_up, chance
        self._session = Session(options)
        self._task: Task = clock.spawn(self._run)

    def close(self) -> None:
        """End it."""
        self._task.kill()
        self.is_up = False
        self._session.close()

    def _run(self) -> None:
        pause = self._options.retry_secs
        while True:
            began = self._clock.now()
            try:
                self._listen()
            except Declined:
                self.declined += 1
                pause = self._options.retry_secs_max  # it may be taught to one day
            except Trouble as trouble:
                self.trouble = trouble.reason
            self.is_up = False
            if self._clock.now() - began >= self._options.retry_secs_max:
                pause = self._options.retry_secs  # one that is lost at once is no recovery
            jittered = pause * self._chance.uniform(0.5, 1.0)  # many must not come back as one
            self._clock.sleep_until(self._clock.now() + jittered)
            pause = min(pause * 2, self._options.retry_secs_max)

    def _listen(self) -> None:
        url, silence = self._where.asking("follow", "1"), self._options.silence_secs
        response = self._session.get(url, NDJSON, None, silence)
        try:
            checked(response)
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind != NDJSON:
                raise Declined
            self.is_up = True
            self.ups += 1
            self._on_up()
            self._read(response)
        finally:
            self.is_up = False
            response.close()

    def _read(self, response: Response) -> None:
        lines, taken = Lines(self._options.line_bytes_max), 0
        while data := self._session.some(response):
            try:
                for line in lines.feed(data):
                    self._take(line)
            except WireError as error:
                raise Trouble(Miss.DECODE, str(error)) from None
            taken += len(data)
            if taken >= _TURN_BYTES:  # one that never pauses must not keep others waiting
                self._clock.sleep_until(self._clock.now())
                taken = 0
        raise Trouble(Miss.NETWORK, "the agent ended the stream")

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        self.lines += 1
        try:
            said = decode.push_line(line)
        except decode.JsonDecodeError:
            self.unreadable += 1
            self._on_up()  # what it would have told must be asked for
            return
        self.unreadable += len(said.unreadable)
        self._on_line(said)
