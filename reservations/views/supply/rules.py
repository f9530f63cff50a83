"""Hours that come again: listed, added, changed, ended."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.errors import DomainError
from reservations.forms_supply import EndForm, RuleForm
from reservations.models import OpeningRule
from reservations.permissions import CHANGE_SUPPLY
from reservations.queries import supply as queries
from reservations.services import supply
from reservations.supply.words import rule_details, rule_title
from reservations.views.staff.shared import staff_of
from reservations.views.supply.editor import Editor, editor_or_404, render_editor, tell_rebuilt, to


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_safe
def supply_week(request: HttpRequest, group: str, place: str) -> HttpResponse:
    """The week, and the rules it comes from."""
    editor = editor_or_404(request, group, place)
    rules = queries.rules_of(editor.group, editor.place, on=today())
    lines = [(rule, rule_title(rule), rule_details(rule)) for rule in rules]
    return render_editor(request, editor, "rules", rules=lines)


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supply_rule_add(request: HttpRequest, group: str, place: str) -> HttpResponse:
    """New hours."""
    editor = editor_or_404(request, group, place)
    rule = OpeningRule(group=editor.group, place=editor.place, valid_from=today())
    return _rule_page(request, editor, rule)


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supply_rule(request: HttpRequest, group: str, place: str, public_id: str) -> HttpResponse:
    """Hours that are there: changed."""
    editor = editor_or_404(request, group, place)
    return _rule_page(request, editor, _rule_or_404(editor, public_id))


def _rule_page(request: HttpRequest, editor: Editor, rule: OpeningRule) -> HttpResponse:
    """The form; a change that takes people's time away asks first."""
    if request.method != "POST":
        form = RuleForm(instance=rule, initial={"weekdays": rule.weekdays})
        form.without_question()
        return _show(request, editor, rule, form)
    form = RuleForm(request.POST, instance=rule)
    if form.is_valid():
        lost = supply.lost_by_rule(rule)
        if form.ask(lost):
            return _show(request, editor, rule, form, lost=lost)
        try:
            rebuilt = supply.save_rule(rule=rule, by=staff_of(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            tell_rebuilt(request, _("受付時間を保存しました。"), rebuilt)
            return to(editor, "supply_week")
    form.without_question()
    return _show(request, editor, rule, form)


def _show(
    request: HttpRequest,
    editor: Editor,
    rule: OpeningRule,
    form: RuleForm,
    *,
    lost: int = 0,
    end: EndForm | None = None,
) -> HttpResponse:
    """The panel of one rule: its form, and how it ends."""
    is_there = rule.pk is not None
    if end is None and is_there:
        end = EndForm(initial={"last_day": today()}, prefix="end")
        end.without_question()
    title = rule_title(OpeningRule.objects.get(pk=rule.pk)) if is_there else ""
    return render_editor(
        request,
        editor,
        "rule",
        has_errors=bool(form.errors) or lost > 0,
        rule=rule,
        title=title,
        form=form,
        end_form=end,
        lost=lost,
    )


@staff_only(CHANGE_SUPPLY)
@require_POST
def supply_rule_end(request: HttpRequest, group: str, place: str, public_id: str) -> HttpResponse:
    """The last day of a rule; who loses their time by it is asked about first."""
    editor = editor_or_404(request, group, place)
    rule = _rule_or_404(editor, public_id)
    end = EndForm(request.POST, prefix="end")
    form = RuleForm(instance=rule, initial={"weekdays": rule.weekdays})
    form.without_question()
    if not end.is_valid():
        end.without_question()
        return _show(request, editor, rule, form, end=end)
    last_day = end.cleaned_data["last_day"]
    lost = supply.lost_by_end(rule, last_day=last_day)
    rule.refresh_from_db()
    if end.ask(lost):
        return _show(request, editor, rule, form, lost=lost, end=end)
    try:
        rebuilt = supply.end_rule(rule=rule, last_day=last_day, by=staff_of(request))
    except DomainError as error:
        end.add_error(None, str(error))
        return _show(request, editor, rule, form, end=end)
    tell_rebuilt(request, _("受付時間を終了しました。"), rebuilt)
    return to(editor, "supply_week")


def _rule_or_404(editor: Editor, public_id: str) -> OpeningRule:
    rules = OpeningRule.objects.select_related("group", "place")
    rule = rules.filter(group=editor.group, place=editor.place, public_id=public_id).first()
    if rule is None:
        raise Http404
    return rule
