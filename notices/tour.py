"""The guided tour of digital notices: what is told at each step. The pictures are templates of the same key."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Step:
    """One page of the tour. `picture` describes what the picture shows to those who do not see it."""

    key: str
    title: str | Promise
    text: str | Promise
    remember: str | Promise
    picture: str | Promise

    @property
    def template(self) -> str:
        return f"notices/trial/pictures/{self.key}.html"


TOUR: tuple[Step, ...] = (
    Step(
        "alert",
        _("お知らせが届きます"),
        _("市からの通知ができると、登録したメールやLINEなどに「通知が届きました」というお知らせが届きます。"),
        _("メールやLINEには、通知の中身もお金の話も書かれていません。書いてあったら、にせものを疑ってください。"),
        _("スマートフォンに、緑色の市のマークと「市からの通知が届きました」というお知らせが出ている絵"),
    ),
    Step(
        "sign_in",
        _("いつもの入口からログインします"),
        _("市のホームページやブックマークから「オンライン窓口」を開き、ログインします。"),
        _("市が電話やメールでパスワードをたずねることは、決してありません。"),
        _("メールアドレスとパスワードの欄がある、ログイン画面の絵"),
    ),
    Step(
        "open",
        _("通知を開きます"),
        _("「通知」を選ぶと、届いた通知が封筒のように並びます。「開封する」を押すと、中身を読めます。"),
        _("開いた日時が市に記録されます。決められた日までに開かないと、郵便でもお届けします。"),
        _("封筒の絵の下に「開封する」というボタンがある画面の絵"),
    ),
    Step(
        "read",
        _("読んで、確認します"),
        _("中身を読み、「内容を確認しました」のボタンがあれば押します。通知書はPDFで保存や印刷ができます。"),
        _("スマートフォンをなくしても、通知は消えません。別の機械でログインすれば、また読めます。"),
        _("通知の文章と、「内容を確認しました」というボタンがある画面の絵"),
    ),
    Step(
        "go_on",
        _("手続に進みます"),
        _("申請や予約をお願いする通知には、そのまま手続に進むボタンがあります。名前などは入力済みです。"),
        _("急いで決める必要はありません。家族や窓口に相談してからでも大丈夫です。"),
        _("通知の下に「申請に進む」というボタンがあり、名前が入力された申請の画面が開いた絵"),
    ),
    Step(
        "verify",
        _("本物か確かめられます"),
        _(
            "通知書の右下のQRコードを読み取ると、市が出した本物かどうかが分かります。家族が受け取った通知書も確かめられます。"
        ),
        _("迷ったら、通知書に書かれた電話番号ではなく、市の代表番号に電話してください。"),
        _("QRコードの付いた通知書と、「本市の通知書です」という結果の画面の絵"),
    ),
    Step(
        "paper",
        _("紙で受け取ることもできます"),
        _("「通知の受け取り方」で、いつでも郵便に変えられます。電子と郵便で、内容に違いはありません。"),
        _("分からないことは、窓口の職員や、公民館の教室でたずねてください。"),
        _("「電子で受け取る」と「郵便で受け取る」の2つから選ぶ画面の絵"),
    ),
)
