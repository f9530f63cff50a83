"""Pages of the kinds of notices: the list, one of each sort, and its texts with and without a version."""

from django.urls import reverse

from applications.models import Procedure
from notices.models import NoticeType, NoticeTypeVersion

TITLE, BODY = "就学援助のご案内", "((subject_name)) さん\n((if 額 filled))\n- ((額))円\n((end))"


def at(name, *parts):
    return reverse(f"notices:{name}", args=parts)


def pages_of_kinds(user):
    """As an administrator sees them."""
    yield from (at("kind_list"), at("kind_list") + "?text=zzz", at("kind_new"))
    plain = _kind("axe-plain")
    for number in (1, 2):
        NoticeTypeVersion.objects.get_or_create(
            notice_type=plain,
            number=number,
            defaults={
                "title": f"{TITLE}{number}",
                "body": BODY,
                "sample": {"額": "57,060"},
                "translations": {"en": {"title": "School aid", "body": "((額)) yen"}},
                "created_by": user,
            },
        )
    empty = _kind("axe-empty")
    letter = Procedure.objects.exclude(approval_notice_type=None).first().approval_notice_type
    for kind in (plain, empty, letter):
        yield at("kind_detail", kind.key)
    for name in ("kind_rules", "kind_text", "kind_versions"):
        yield from (at(name, kind.key) for kind in (plain, empty))
    yield at("kind_versions", plain.key) + "?older=1&newer=2"


def _kind(key):
    kind, _made = NoticeType.objects.get_or_create(
        key=key, defaults={"name": f"案内 {key}", "category": "new", "consent_required": False}
    )
    return kind
