"""The tablet of a desk without a network: kept encrypted, said clearly, sent once, wiped at sign-out."""

import re

import pytest
from django.templatetags.static import static
from django.urls import reverse
from playwright.sync_api import expect

from applications.models import Application
from counter.enums import VisitState
from counter.models import Visit
from counter.services import visits
from tests.counter import fillkit, receivingkit
from tests.counter.fillkit import REASON, complete
from tests.e2e.conftest import TABLET, in_worker, violations, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# what a script that runs on the tablet can read of it, without its key
READ = """async () => {
  const opened = indexedDB.open("desk-keep", 1);
  const database = await new Promise((resolve) => (opened.onsuccess = () => resolve(opened.result)));
  if (!database.objectStoreNames.length) return { rows: 0, keys: 0, text: "" };
  const all = (name) => new Promise((resolve) => {
    const asked = database.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  const [items, keys] = [await all("items"), await all("keys")];
  database.close();
  const text = items.map((one) => JSON.stringify(one) + new TextDecoder().decode(one.sealed)).join();
  return { rows: items.length, keys: keys.length, text, extractable: keys.some((one) => one.extractable) };
}"""


@pytest.fixture
def visit(department, municipality, clerk):
    values = {key: value for key, value in complete().items() if key != REASON}
    both = fillkit.make_both(department)
    return fillkit.filling(fillkit.make_place(department), clerk, both, values=values, sources={})


def at(name, visit):
    return reverse(f"counter:{name}", args=[visit.public_id])


def said(page):
    return page.locator("[data-keep-said]")


def reason(page):
    return page.get_by_label(re.compile("引っ越しの理由"))


def held(visit):
    return in_worker(lambda: Visit.objects.get(pk=visit.pk).values.get(REASON))[0]


def go_offline(page, is_offline=True):
    page.context.set_offline(is_offline)


def test_typing_survives_a_network_that_is_gone_and_is_sent_once(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    reason(page).fill("転")
    expect(page.locator("[data-typing-state]")).to_contain_text("保存しました")
    assert held(visit) == "転"
    go_offline(page)
    reason(page).fill("転勤のひみつ")
    expect(said(page)).to_contain_text("つながっていません。入力した内容はこのタブレットに暗号化して残しています")
    kept = page.evaluate(READ)
    assert (kept["rows"], kept["keys"], kept["extractable"], "ひみつ" in kept["text"]) == (1, 1, False, False)
    # a button is not lost, and nothing is said to be done
    page.get_by_role("button", name="保存して次へ").click()
    expect(said(page)).to_contain_text("つながっていません")
    assert violations(page) == []
    page.set_viewport_size({"width": 1180, "height": 360})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("scrollY") > 0
    expect(said(page)).to_be_in_viewport(ratio=1)
    counts = page.locator(".visit-pages__count")
    before = counts.all_text_contents()
    go_offline(page, is_offline=False)
    expect(said(page)).to_contain_text("残していた内容を送信しました")
    expect(said(page)).to_be_in_viewport(ratio=1)
    assert held(visit) == "転勤のひみつ"
    expect(counts.first).not_to_have_text(before[0])
    assert page.evaluate(READ)["keys"] == 0


def test_a_tablet_that_is_opened_again_without_a_network_loses_nothing(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/staff/visits/offline/'))")
    go_offline(page)
    reason(page).fill("転勤")
    expect(said(page)).to_contain_text("暗号化して残しています")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_role("heading", name="つながっていません")).to_be_visible()
    expect(page.get_by_text("入力した内容は、このタブレットに暗号化して残しています。")).to_be_visible()
    assert "転勤" not in page.content()
    go_offline(page, is_offline=False)
    expect(said(page)).to_contain_text("残していた内容を送信しました")
    assert held(visit) == "転勤"


def test_a_network_back_before_the_page_asks_for_it_leaves_nobody_standing(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/staff/visits/offline/'))")
    # the first question of the page without a network is answered as if the network were there again
    page.add_init_script("""
      const ask = window.fetch;
      window.fetch = (...all) => (all[1]?.method === "HEAD" ? Promise.resolve(new Response()) : ask(...all));
    """)
    go_offline(page)
    page.reload()
    expect(page.get_by_role("heading", name="つながっていません")).to_be_visible()
    go_offline(page, is_offline=False)
    expect(reason(page)).to_be_visible()


def test_what_a_visit_that_ended_does_not_take_is_shown_and_thrown_away(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    go_offline(page)
    reason(page).fill("転勤")
    expect(said(page)).to_contain_text("暗号化して残しています")
    in_worker(lambda: visits.leave(Visit.objects.get(pk=visit.pk), keep=False, by=clerk))
    go_offline(page, is_offline=False)
    expect(said(page)).to_contain_text("他の人が先に操作しました")
    page.goto(at("visit_closed", visit))
    expect(page.locator(".visit-keep__words")).to_contain_text("引っ越しの理由")
    expect(page.locator(".visit-keep__words")).to_contain_text("転勤")
    assert violations(page) == []
    page.get_by_role("button", name="消去する", exact=True).click()
    expect(said(page)).to_be_hidden()
    assert page.evaluate(READ)["rows"] == 0


def test_signing_out_wipes_what_is_kept_and_empties_the_other_window(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    other = page.context.new_page()
    other.problems = []
    other.goto(reverse("counter:visits"))
    go_offline(page)
    reason(page).fill("転勤")
    expect(said(page)).to_contain_text("暗号化して残しています")
    # the page hears of nothing before the other window signs out
    page.route("**/staff/visits/worker.js", lambda route: route.abort())
    page.route("**/api/ui/**", lambda route: route.abort())
    go_offline(page, is_offline=False)
    other.locator(".user-menu__button").click()
    with other.expect_navigation():
        other.get_by_role("button", name="ログアウト").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    assert (other.evaluate(READ)["rows"], other.evaluate(READ)["keys"]) == (0, 0)
    assert held(visit) is None


def test_somebody_else_who_signs_in_finds_nothing(open_browser, visit, clerk, handler, origin):
    from tests.e2e.conftest import session_cookie

    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    go_offline(page)
    reason(page).fill("転勤")
    expect(said(page)).to_contain_text("暗号化して残しています")
    page.context.add_cookies([session_cookie(handler, origin)])
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/api/ui/**", lambda route: route.abort())
    go_offline(page, is_offline=False)
    page.goto(at("visit_missing", visit))
    wait_until(page, lambda: page.evaluate(READ)["rows"] == 0)
    expect(said(page)).to_be_hidden()
    assert held(visit) is None


def test_receiving_without_a_network_is_never_said_to_be_done(open_browser, department, municipality, clerk):
    procedure = receivingkit.make_procedure(department, name="転入届")
    visit = receivingkit.signed(fillkit.make_place(department), clerk, [procedure])
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_receive", visit))
    page.get_by_role("checkbox", name="本人確認書類の写し").check()
    go_offline(page)
    page.get_by_role("button", name="1件を受け付ける").click()
    expect(said(page)).to_contain_text("まだ受け付けていません")
    assert in_worker(Application.objects.count)[0] == 0
    go_offline(page, is_offline=False)
    page.wait_for_url(re.compile("/received/"))
    expect(said(page)).to_contain_text("残していた内容を送信しました")
    row, numbers = in_worker(
        lambda: Visit.objects.get(pk=visit.pk), lambda: list(Application.objects.values_list("number", flat=True))
    )
    assert (row.state, len(numbers)) == (VisitState.RECEIVED, 1)
    assert page.get_by_text(f"{numbers[0][:4]}-{numbers[0][4:8]}-{numbers[0][8:]}").count() == 1
    assert page.evaluate(READ)["rows"] == 0


def test_what_could_not_be_received_is_not_said_to_be_sent(open_browser, department, municipality, clerk):
    procedure = receivingkit.make_procedure(department, name="転入届")
    visit = receivingkit.signed(fillkit.make_place(department), clerk, [procedure])
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_receive", visit))
    go_offline(page)
    page.get_by_role("button", name="1件を受け付ける").click()
    expect(said(page)).to_contain_text("まだ受け付けていません")
    in_worker(lambda: visits.back_to_questions(Visit.objects.get(pk=visit.pk), clerk))
    go_offline(page, is_offline=False)
    expect(said(page)).to_contain_text("受け付けられませんでした")
    expect(said(page)).to_contain_text("反映していません。来庁の状態が先に変わっていました")
    assert page.evaluate(READ)["rows"] == 0
    assert in_worker(Application.objects.count)[0] == 0


def test_fault_of_the_server_is_no_lost_network(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    page.problems.clear()
    page.route("**/api/ui/**", lambda route: route.fulfill(status=500, body="{}"))
    reason(page).fill("転勤")
    expect(said(page)).to_contain_text("サーバーで問題が起きた")
    expect(reason(page)).to_have_value("転勤")
    assert page.evaluate(READ)["rows"] == 1
    page.problems.clear()


def test_each_thing_kept_ends_for_itself(open_browser, visit, clerk):
    page = open_browser(clerk, size=TABLET)
    page.goto(at("visit_missing", visit))
    kept = """async (address) => {
      const { KeptStore, marks } = await import(address);
      const made = (hours) => new KeptStore({ owner: "me", hours, idle: 3600 });
      await made(0).put("dead", "visit", {});
      await made(4).put("alive", "visit", {});
      return (await marks()).map((one) => one.id);
    }"""
    assert page.evaluate(kept, static("js/kept-store.js")) == ["alive"]
    assert (page.evaluate(READ)["rows"], page.evaluate(READ)["keys"]) == (1, 1)
