"""Web push: browsers that subscribe, and what is sent to them."""

from notices.services.push.sending import PushSender
from notices.services.push.subscribing import NotAPushService, end_subscription, leave_account, subscribe

__all__ = ["NotAPushService", "PushSender", "end_subscription", "leave_account", "subscribe"]
