"""`vurti top`: the fleet of a vurti that answers over HTTP, in this terminal."""

import click

from vurti.cli.opening import USED_WRONGLY, told
from vurti.cli.source import Source, by_url
from vurti.errors import VurtiError

MISSING = "vurti top needs Textual: pip install 'vurti[tui]'"


@click.command()
@by_url
@click.option(
    "--theme", type=click.Choice(["auto", "dark", "light"]), default="auto", show_default=True,
    help="auto goes by COLORFGBG; NO_COLOR takes all colours away.",
)  # fmt: skip
def top(source: Source, theme: str) -> None:
    """Watch the fleet of the vurti at --url: what is worst, since when and why, and what happens.

    ? shows the keys.
    """
    try:
        import textual  # noqa: F401  only looks whether it is there
    except ImportError:
        click.echo(MISSING, err=True)
        raise SystemExit(USED_WRONGLY) from None
    if source.url is None:
        raise click.UsageError("say --url of a vurti that answers, or set VURTI_URL")
    with told():
        _watch(source, source.url, theme)


def _watch(source: Source, url: str, theme: str) -> None:
    from vurti.cli.remote import Client
    from vurti.cli.terminal.drawn.app import Top, palette_of
    from vurti.cli.terminal.following import Follower

    def connect() -> Client:
        try:  # the token is read each time: it may have been exchanged
            return Client(url, source.token(), source.ca)
        except OSError as error:
            raise VurtiError(f"{source.token_file}: {error.strerror or error}") from None

    client = connect()
    try:
        client.get("about")  # what is wrong from the start is told as by other commands
    finally:
        client.close()
    Top(Follower(connect), url.partition("://")[2] or url, palette_of(theme)).run()
