"""HTML of our own templates as PDF."""

from pathlib import Path


def html_pdf(html: str, *, style: Path) -> bytes:
    """The pages of a document with one style sheet. Nothing is fetched, whatever the text holds."""
    # takes a quarter of a second and 60 MB to load: only processes that print pay for it
    from weasyprint import CSS, HTML

    sheet = CSS(filename=style, url_fetcher=no_addresses)
    return bytes(HTML(string=html, url_fetcher=no_addresses).write_pdf(stylesheets=[sheet]) or b"")


def no_addresses(url: str, *_args: object, **_kwargs: object) -> dict[str, object]:
    """Printed pages are made of text alone."""
    raise ValueError(url)
