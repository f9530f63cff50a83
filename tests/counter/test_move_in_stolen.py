"""Who copies the database finds of an imported notice what a booking has, and nothing else."""

import pytest

from cityhall.crypto import CannotDecrypt, decrypt, decrypt_for
from counter import codes
from counter.models import MoveIn
from counter.moving_in import sealing
from counter.moving_in.sealing import open_token, open_values
from notices.models import OutgoingMail
from tests.counter.moveinkit import mails, make_city, make_slot, row, take_in, token_in, upload
from tests.counter.test_home_stolen import _everything

pytestmark = pytest.mark.django_db
NUMBER = "MP2026-00012345"
CHILD = {"異動者1氏名": "新居　陸之介", "異動者1フリガナ": "ニイ　リクノスケ"}
# no blanks in them: a dump writes 　 in another way
SECRET = ("リクノスケ", "陸之介", "平成2年3月4日", "1990-03-04", "市場町", "東青梅", "090-1234-5678")


@pytest.fixture
def city(municipality):
    return make_city()


def test_between_look_and_work_the_rows_stand_under_the_servers_key(city, handler):
    upload(handler, row(**CHILD))
    stolen = _everything()
    assert [
        word for word in (*SECRET, "新居", "葵", NUMBER, "MP202600012345", "aoi@example.jp") if word in stolen
    ] == []


def test_without_a_booking_no_word_and_no_token_stands_anywhere(city, handler):
    take_in(handler, row(**CHILD))
    token = token_in(mails()[0])
    # the mail is sent and wiped
    OutgoingMail.objects.update(body="")
    stolen = _everything()
    spoken = codes.spoken_code(token)
    known = [
        *SECRET,
        "新居",
        "葵",
        NUMBER,
        "MP202600012345",
        token,
        codes.key_part(token),
        spoken,
        codes.written(spoken),
    ]
    assert [word for word in known if word in stolen] == []
    # the control: what stands in clear is found by the same search
    assert MoveIn.objects.get().lookup in stolen


def test_a_booking_has_who_comes_and_nothing_of_the_family(city, handler):
    make_slot(city)
    take_in(handler, row(**CHILD))
    OutgoingMail.objects.update(body="")
    stolen = _everything()
    assert "新居" in stolen
    assert "葵" in stolen
    assert [word for word in (*SECRET[:-1], NUMBER) if word in stolen] == []


def test_the_server_key_alone_opens_nothing_that_is_kept(city, handler):
    take_in(handler, row(**CHILD))
    move_in, token = MoveIn.objects.get(), token_in(mails()[0])
    for column in (move_in.token_by_number, move_in.taken):
        with pytest.raises(CannotDecrypt):
            decrypt(column)
    with pytest.raises(CannotDecrypt):
        decrypt_for("MP202600012345", move_in.token_by_number, purpose=sealing._TOKEN)
    with pytest.raises(CannotDecrypt):
        open_token("MP202600099999", move_in.token_by_number)
    # with the portal's number, or the family's code, each of them opens
    assert open_token("MP202600012345", move_in.token_by_number) == token
    assert open_values(token, move_in.taken)["applicant_name"]["family"] == "新居"


def test_the_number_is_no_use_without_the_server_key(city, handler, settings):
    take_in(handler, row(**CHILD))
    move_in = MoveIn.objects.get()
    settings.OUTBOX_KEY = "another key of another city, long enough to be one"
    with pytest.raises(CannotDecrypt):
        open_token("MP202600012345", move_in.token_by_number)
