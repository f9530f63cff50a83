"""Certificates at a desk without a network: typing, payment and hand-over are kept, said not to be done, sent once."""

import re

import pytest
from playwright.sync_api import expect

from applications.models import Payment
from counter.enums import IssueState, VisitState
from counter.models import CertificateIssue, Visit
from counter.services import visits
from tests.counter import certkit, fillkit, receivingkit
from tests.e2e.conftest import TABLET, in_worker, violations, wait_until
from tests.e2e.test_offline_desk import READ, at, go_offline, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
READY = """async () => {
  const all = await navigator.serviceWorker.getRegistrations();
  const kept = await Promise.all(["visits", "certificates"].map((name) => caches.match(`/staff/${name}/offline/`)));
  return all.filter((one) => one.active?.state === "activated").length + kept.filter(Boolean).length;
}"""


def ready(page):
    """Both workers are at work, each with its page."""
    wait_until(page, lambda: page.evaluate(READY) == 4)


def test_certificates_go_on_without_a_network(open_browser, department, municipality, clerk, resident):
    one = certkit.make_both(department)[1:]
    place = certkit.make_place(department)
    visit = certkit.asking(place, clerk, one, resident=resident, values={"p1_scope": "", "p1_purpose": ""})
    page = open_browser(clerk, size=TABLET)
    page.goto(at("certificate", visit))
    ready(page)

    # typed, kept, found again by a page that was opened anew, and sent once
    page.get_by_role("radio", name="第三者").check()
    expect(page.locator("[data-typing-state]")).to_contain_text("保存しました")
    go_offline(page)
    page.get_by_label("使いみち").fill("登記のひみつ")
    expect(said(page)).to_contain_text("暗号化して残しています")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_role("heading", name="つながっていません")).to_be_visible()
    expect(page.get_by_text("入力した内容は、このタブレットに暗号化して残しています。")).to_be_visible()
    assert "ひみつ" not in page.content()
    go_offline(page, is_offline=False)
    expect(said(page)).to_contain_text("残していた内容を送信しました")
    expect(page.get_by_label("使いみち")).to_have_value("登記のひみつ")
    expect(page.get_by_role("radio", name="第三者")).to_be_checked()
    page.get_by_role("radio", name="本人", exact=True).check()
    page.get_by_role("button", name="確認と署名へ", exact=True).last.click()
    page.get_by_text("職員が使います", exact=True).click()
    page.get_by_role("button", name="紙に署名しました").click()

    # paid: not said to be done before it is
    expect(page.get_by_role("heading", name="お支払いと受付")).to_be_visible()
    go_offline(page)
    page.get_by_role("button", name="現金 300円ちょうど").click()
    expect(said(page)).to_contain_text("受付も収納も、まだ記録していません")
    assert in_worker(Payment.objects.count)[0] == 0
    go_offline(page, is_offline=False)
    page.wait_for_url(re.compile("/done/"))
    expect(said(page)).to_contain_text("残していた内容を送信しました")

    # handed over
    go_offline(page)
    page.get_by_role("button", name="交付済みにする（1件）").click()
    expect(said(page)).to_contain_text("「交付済み」は、まだ記録していません")
    assert violations(page) == []
    assert in_worker(lambda: CertificateIssue.objects.get().state)[0] == IssueState.WAITING
    go_offline(page, is_offline=False)
    expect(page.get_by_role("heading", name="証明書の受付・交付")).to_be_visible()
    expect(page.locator("[data-list-said]")).to_contain_text("残していた内容を送信しました")
    issue, paid = in_worker(CertificateIssue.objects.get, lambda: list(Payment.objects.values_list("state", flat=True)))
    assert (issue.state, paid) == (IssueState.HANDED, ["paid"])
    assert (page.evaluate(READ)["rows"], page.evaluate(READ)["keys"]) == (0, 0)

    # a button of the list is pressed again
    go_offline(page)
    page.get_by_role("button", name="何もない方を受け付ける").click()
    expect(page.locator("[data-list-said]")).to_contain_text("まだ何も送っていません")
    go_offline(page, is_offline=False)
    expect(page.locator("[data-list-said]")).to_contain_text("もう一度ボタンを押してください")
    assert in_worker(Visit.objects.count)[0] == 1


def test_what_was_refused_is_said_with_its_reason_and_the_page(open_browser, department, municipality, clerk):
    procedure = receivingkit.make_procedure(department, name="転入届")
    place = fillkit.make_place(department)
    visit = receivingkit.reviewing(place, clerk, [procedure])
    page = open_browser(clerk, size=TABLET)
    page.goto(f"{at('visit_review', visit)}?facing=resident")
    go_offline(page)
    page.get_by_role("button", name="これでよい").click()
    expect(said(page)).to_contain_text("まだ受け付けていません")
    path = next(iter(visit.values))
    in_worker(lambda: visits.dispute(Visit.objects.get(pk=visit.pk), path=path, is_wrong=True, by=clerk))
    go_offline(page, is_offline=False)
    # the page answers 200 after a redirect, as if it were done
    expect(said(page)).to_contain_text("受け付けられませんでした")
    expect(said(page)).to_contain_text("「ちがいます」の印が付いた内容があります")
    expect(page.get_by_text("「ちがいます」のところを、職員が直します。")).to_be_visible()
    assert page.evaluate(READ)["rows"] == 0

    # what has no other page is said on this one, and sent no second time
    signed = in_worker(lambda: receivingkit.signed(place, clerk, [procedure]))[0]
    page.goto(at("visit_receive", signed))
    go_offline(page)
    page.get_by_role("button", name="1件を受け付ける").click()
    expect(said(page)).to_contain_text("まだ受け付けていません")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    go_offline(page, is_offline=False)
    expect(said(page)).to_contain_text("受け付けられませんでした")
    expect(said(page)).to_contain_text("まだどの手続も受け付けていません")
    # whoever presses again goes the ordinary way, to the page with its errors
    page.get_by_role("button", name="1件を受け付ける").click()
    expect(page.locator("[data-visit-keep]")).to_be_hidden()
    expect(page.get_by_text("まだどの手続も受け付けていません").first).to_be_visible()
    assert [address.endswith(at("visit_receive", signed)) for address in sent] == [True, True]
    assert in_worker(lambda: Visit.objects.get(pk=signed.pk).state)[0] == VisitState.SIGNED
    assert page.evaluate(READ)["rows"] == 0
