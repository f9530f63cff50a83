"""Where people are told and what was sent there, for reading; topics are made here."""

from django.contrib import admin

from cityhall.admin import BaseAdmin
from notices.admin.base import ReadOnlyAdmin, WorkAdmin
from notices.models import (
    AccountAlert,
    BadAddress,
    ChannelPreference,
    LineAccount,
    LineEvent,
    LineNonce,
    MailEvent,
    OutgoingLine,
    OutgoingPush,
    OutgoingSms,
    PushSubscription,
    SmsNumber,
    TokenLogin,
    Topic,
    TopicMessage,
    TopicSubscription,
)


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    list_display = ["device_name", "user", "created_at", "ended_at", "ended_reason"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["=public_id"]
    list_select_related = ["user"]
    # whoever has the three can send to the browser
    exclude = ["endpoint", "p256dh", "auth"]


@admin.register(LineAccount)
class LineAccountAdmin(ReadOnlyAdmin):
    list_display = ["pk", "user", "followed_at", "linked_at", "blocked_at"]
    list_filter = [("user", admin.EmptyFieldListFilter), ("blocked_at", admin.EmptyFieldListFilter)]
    search_fields = ["=line_user_id"]
    list_select_related = ["user"]


@admin.register(LineNonce)
class LineNonceAdmin(ReadOnlyAdmin):
    list_display = ["pk", "user", "expires_at", "used_at"]
    search_fields = ["=user__username"]
    list_select_related = ["user"]


@admin.register(AccountAlert)
class AccountAlertAdmin(ReadOnlyAdmin):
    list_display = ["pk", "user", "kind", "channel", "created_at"]
    list_filter = ["kind", "channel"]
    search_fields = ["=user__username"]
    list_select_related = ["user"]
    raw_id_fields = ["mail"]


@admin.register(TokenLogin)
class TokenLoginAdmin(ReadOnlyAdmin):
    list_display = ["pk", "created_at", "refused_at", "is_locked"]
    list_filter = ["is_locked"]
    search_fields = ["=pk"]


@admin.register(LineEvent)
class LineEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "at"]
    search_fields = ["=event_id"]


@admin.register(SmsNumber)
class SmsNumberAdmin(ReadOnlyAdmin):
    list_display = ["user", "verified_at", "ended_at"]
    search_fields = ["=user__username"]
    list_select_related = ["user"]


@admin.register(ChannelPreference)
class ChannelPreferenceAdmin(ReadOnlyAdmin):
    list_display = ["resident", "inbox_category", "channels", "changed_at"]
    list_filter = ["inbox_category"]
    search_fields = ["=resident__public_id"]
    list_select_related = ["resident"]


class AlertAdmin(WorkAdmin):
    list_display = ["created_at", "state", "attempts", "due_at", "finished_at", "last_error"]
    search_fields = ["=delivery__notice__number", "=retry_key"]


@admin.register(OutgoingPush)
class OutgoingPushAdmin(AlertAdmin):
    pass


@admin.register(OutgoingLine)
class OutgoingLineAdmin(AlertAdmin):
    pass


@admin.register(OutgoingSms)
class OutgoingSmsAdmin(AlertAdmin):
    pass


@admin.register(MailEvent)
class MailEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "mail"]
    list_filter = ["kind"]
    search_fields = ["=event_id", "=mail__message_id"]
    list_select_related = ["mail"]


@admin.register(BadAddress)
class BadAddressAdmin(BaseAdmin):
    list_display = ["email", "reason", "since"]
    list_filter = ["reason"]
    search_fields = ["=email"]


@admin.register(Topic)
class TopicAdmin(BaseAdmin):
    list_display = ["name", "key", "department", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "key"]
    list_select_related = ["department"]


@admin.register(TopicSubscription)
class TopicSubscriptionAdmin(ReadOnlyAdmin):
    list_display = ["topic", "created_at", "confirmed_at", "ended_at"]
    list_filter = ["topic", ("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["=email", "=public_id"]
    list_select_related = ["topic"]


@admin.register(TopicMessage)
class TopicMessageAdmin(WorkAdmin):
    list_display = ["title", "topic", "topic_state", "told_count", "written_at", "sent_at"]
    list_filter = ["topic", "topic_state"]
    search_fields = ["title"]
    list_select_related = ["topic"]
