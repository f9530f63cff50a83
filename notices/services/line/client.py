"""The official SDK of the LINE Messaging API behind the few calls we make. Imported by the worker only: it is big."""

from typing import Any
from uuid import UUID

from django.conf import settings

_TIMEOUT_SECONDS = (3.05, 10)
_DATA_HOST = "https://api-data.line.me"


def is_configured() -> bool:
    """Whether this city has an account at LINE and told us its keys."""
    return bool(settings.LINE_CHANNEL_SECRET and settings.LINE_CHANNEL_TOKEN)


class LineClient:
    """One client for many calls; connections are kept. Errors of the SDK and of urllib3 go through."""

    def __init__(self) -> None:
        from linebot.v3.messaging import Configuration, MessagingApi

        self._client = _client_class()(Configuration(access_token=settings.LINE_CHANNEL_TOKEN))
        self._api = MessagingApi(self._client)
        self._api.line_base_path = settings.LINE_API_URL

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def push(self, *, to: str, text: str, retry_key: UUID) -> str:
        """Send a text to a friend; the name LINE gives it. The same key at every try: 409 says it was taken before."""
        from linebot.v3.messaging import PushMessageRequest, TextMessage

        answer = self._api.push_message(
            PushMessageRequest(to=to, messages=[TextMessage(text=text)]),
            x_line_retry_key=str(retry_key),
            _request_timeout=_TIMEOUT_SECONDS,
        )
        sent = answer.sent_messages or []
        return str(sent[0].id) if sent else ""

    def reply(self, *, token: str, text: str, choices: list[tuple[str, str]] | None = None) -> None:
        """Answer what a friend wrote, with buttons (label, data) below the text; free of charge, within a minute."""
        from linebot.v3.messaging import PostbackAction, QuickReply, QuickReplyItem, ReplyMessageRequest, TextMessage

        items = [
            QuickReplyItem(action=PostbackAction(label=label[:20], data=data, display_text=label[:300]))
            for label, data in choices or []
        ]
        message = TextMessage(text=text, quick_reply=QuickReply(items=items) if items else None)
        self._api.reply_message(
            ReplyMessageRequest(reply_token=token, messages=[message]), _request_timeout=_TIMEOUT_SECONDS
        )

    def link_token(self, line_user_id: str) -> str:
        """A token that begins the linking of this friend's account; good for ten minutes, once."""
        answer = self._api.issue_link_token(line_user_id, _request_timeout=_TIMEOUT_SECONDS)
        return str(answer.link_token)

    def set_menu(self, menu: dict[str, Any], image: bytes) -> str:
        """Make a rich menu the default of all friends; its id."""
        from linebot.v3.messaging import MessagingApiBlob, RichMenuRequest

        made = self._api.create_rich_menu(RichMenuRequest.from_dict(menu), _request_timeout=_TIMEOUT_SECONDS)
        blobs = MessagingApiBlob(self._client)
        blobs.set_rich_menu_image(
            made.rich_menu_id,
            body=bytearray(image),
            _headers={"Content-Type": "image/png"},
            _request_timeout=_TIMEOUT_SECONDS,
        )
        self._api.set_default_rich_menu(made.rich_menu_id, _request_timeout=_TIMEOUT_SECONDS)
        return str(made.rich_menu_id)


def _client_class() -> Any:
    """The SDK's client, sending pictures where the settings say: the SDK has that host written into each call."""
    from linebot.v3.messaging import ApiClient

    class Client(ApiClient):  # type: ignore[misc]
        def call_api(self, *args: Any, _host: str | None = None, **named: Any) -> Any:
            host = settings.LINE_API_DATA_URL if _host == _DATA_HOST else _host
            return super().call_api(*args, _host=host, **named)

    return Client
