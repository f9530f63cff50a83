"""A small browser without JavaScript: cookies, redirects, forms. What it can do, a resident without JS can do."""

import http.cookiejar
import mimetypes
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

import lxml.html


@dataclass
class Page:
    """One answer of the server."""

    url: str
    status: int
    body: bytes
    content_type: str

    @property
    def tree(self) -> lxml.html.HtmlElement:
        return lxml.html.fromstring(self.body.decode(), base_url=self.url)

    @property
    def text(self) -> str:
        """The visible words, blanks folded."""
        tree = self.tree
        for hidden in tree.xpath("//script|//style|//template"):
            hidden.drop_tree()
        return " ".join(tree.text_content().split())

    def form(self, action_part: str = "") -> lxml.html.FormElement:
        """The first form of the main part whose address contains the given words."""
        tree = self.tree
        # what a template holds is no part of the page: the row a script would add
        for template in tree.xpath("//template"):
            template.drop_tree()
        for form in tree.xpath("//main//form") or tree.forms:
            if action_part in (form.get("action") or self.url):
                return form
        raise LookupError(f"no form for {action_part!r} on {self.url}")

    def link(self, part: str) -> str:
        """Address of the first link that contains the given words in address or text."""
        for anchor in self.tree.xpath("//main//a[@href]"):
            if part in anchor.get("href") or part in anchor.text_content():
                return str(anchor.get("href"))
        raise LookupError(f"no link {part!r} on {self.url}")


@dataclass
class Upload:
    """A file a person picked."""

    name: str
    content: bytes


Value = str | list[str] | Upload


@dataclass
class Browser:
    """One person's browser."""

    origin: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, address: str) -> Page:
        quoted = urllib.parse.quote(urllib.parse.urljoin(self.origin, address), safe=":/?&=%#+,;@")
        return self._open(urllib.request.Request(quoted))

    def submit(self, page: Page, values: dict[str, Value] | None = None, *, form: str = "", press: str = "") -> Page:
        """Send a form with its own values, changed by ours; `press` is the name=value of the button."""
        element = page.form(form)
        fields: list[tuple[str, Value]] = []
        given = dict(values or {})
        for name, value in element.form_values():
            if name not in given:
                fields.append((name, value))
        for name, value in given.items():
            fields += [(name, item) for item in (value if isinstance(value, list) else [value])]
        if press:
            name, _, value = press.partition("=")
            fields.append((name, value))
        address = urllib.parse.urljoin(page.url, element.get("action") or page.url)
        if (element.get("method") or "get").lower() == "get":
            return self.get(address.partition("?")[0] + "?" + urllib.parse.urlencode(fields))
        return self._post(address, fields, referer=page.url)

    def _post(self, address: str, fields: list[tuple[str, Value]], *, referer: str) -> Page:
        boundary = secrets.token_hex(16)
        parts: list[bytes] = []
        for name, value in fields:
            if isinstance(value, Upload):
                kind = mimetypes.guess_type(value.name)[0] or "application/octet-stream"
                head = f'Content-Disposition: form-data; name="{name}"; filename="{value.name}"\r\nContent-Type: {kind}'
                parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + value.content + b"\r\n")
            else:
                head = f'Content-Disposition: form-data; name="{name}"'
                parts.append(f"--{boundary}\r\n{head}\r\n\r\n{value}\r\n".encode())
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": referer}
        return self._open(urllib.request.Request(address, data=body, headers=headers, method="POST"))

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Page(answer.url, answer.status, answer.read(), answer.headers.get_content_type())
        except urllib.error.HTTPError as error:
            return Page(error.url, error.code, error.read(), error.headers.get_content_type())
