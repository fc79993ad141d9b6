"""`jianwei certificate …`: one file per command; `pictures` and `lists` do what `check` finds each file to be."""

import typer

from deploy.cli.certificate.check import check

app = typer.Typer(no_args_is_help=True, help="Certificates: photographs and lists of them.")
app.command("check")(check)


@app.callback()
def certificate() -> None:
    """Check photographed certificates and lists of certificates for form; nothing is asked of any network."""
