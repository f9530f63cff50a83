"""What the combined form says of itself."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from applications.concepts import vocabulary
from applications.definition import Field
from applications.typed import Row

SUBJECT = "subject"


def conflict_sentence(field: Field, titles: tuple[str, str], reason: str | Promise) -> str:
    """Why one thing is asked twice, for whoever designs the form."""
    words = {"label": field.label, "one": titles[0], "other": titles[1], "concept": field.concept, "reason": reason}
    return (
        _(
            "「%(label)s」（%(concept)s）は、「%(one)s」と「%(other)s」で%(reason)sため、まとめて入力するときに二度お尋ねします。"
        )
        % words
    )


def title_of_part(title: str, number: int) -> str:
    """What the pages of a procedure are called."""
    return title or _("手続%(number)s") % {"number": number}


def short_title(title: str, titles: Sequence[str]) -> str:
    """児童手当 for 児童手当 認定請求, where no other procedure is called so."""
    first = _stem(title)
    return first if sum(_stem(one) == first for one in titles) == 1 else title


def _stem(title: str) -> str:
    """Without what follows a blank, and what stands in brackets: the name itself is put into brackets."""
    return title.partition(" ")[0].partition("（")[0] or title


def named_label(label: str, title: str) -> str:
    """請求の理由（児童手当）"""
    return _("%(label)s（%(title)s）") % {"label": label, "title": title} if title else label


def first_title() -> str:
    """The page before the people."""
    return _("はじめに")


def last_title() -> str:
    """The page after the people, before the procedures."""
    return _("手続に共通すること")


def tick_label(group: str, titles: Sequence[str]) -> str:
    """「助成を受ける子ども」に当てはまりますか（子ども医療費助成）"""
    if not any(titles):
        return _("「%(group)s」に当てはまりますか") % {"group": group}
    named = {"group": group, "titles": "・".join(title for title in titles if title)}
    return _("「%(group)s」に当てはまりますか（%(titles)s）") % named


def ticked() -> str:
    """The one thing to choose beside a row."""
    return _("はい、当てはまります")


def count_label(group: str) -> str:
    """What the number of marked rows is called."""
    return _("%(group)sの人数") % {"group": group}


def people_unit() -> str:
    """The unit of that number."""
    return _("人")


def ticks_help(needed: Mapping[str, int]) -> str:
    """Above the rows of a group that several procedures share: how many each kind of row needs, said once."""
    how = _("お一人ずつ、はじめにお名前などを入力し、つぎに、その方に当てはまるものに印を付けてください。")
    least = (
        _("「%(group)s」は、%(least)s人以上に印を付けてください。") % {"group": one, "least": needed[one]}
        for one in needed
    )
    return "".join((how, *least, _("全員に印を付ける必要はありません。") if needed else ""))


def role_label(role: str, labels: list[str]) -> str:
    """What people in a role are called when several procedures call them differently."""
    if len(labels) == 1:
        return labels[0]
    return next(one.role.label for one in vocabulary().values() if one.role.key == role)


def role_title(role: str, page: str) -> str:
    """The title of the page about somebody; a subject is whom the page of the form is about (入会する子ども)."""
    return page if role == SUBJECT else next(one.role.label for one in vocabulary().values() if one.role.key == role)


def lost_sentence(label: str) -> str:
    """What was typed and is asked no more."""
    return _("「%(label)s」は、今の様式では使いません。入力いただいた内容は引き継がれていません。") % {"label": label}


def unmarked_sentence(label: str) -> str:
    """Who was typed in, and was not marked for what is left."""
    return _("「%(label)s」は、残った手続の対象に選ばれていなかったため、外しました。") % {"label": label}


def one_of(label: str, row: Row) -> str:
    """Who of a group: what it is called, and the name where one was typed."""
    names = (one for one in row["values"].values() if isinstance(one, dict) and one.get("family"))
    name = next(names, {})
    return f"{label}：{name['family']} {name.get('given', '')}".rstrip() if name else label


def new_sentence(label: str) -> str:
    """What was not asked before."""
    return _("「%(label)s」は、新しい質問です。") % {"label": label}


def changed_sentence(label: str) -> str:
    """What is asked in other words, or with other limits."""
    return _("「%(label)s」は、質問の内容が変わりました。回答をご確認ください。") % {"label": label}
