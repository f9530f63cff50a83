from cityhall import guests


def test_a_browser_holds_what_it_has_shown():
    session = {}
    assert not guests.holds_anything(session)
    guests.remember(session, "application", "abc", 3)
    assert guests.holds_anything(session)
    assert guests.held_version(session, "application", "abc") == 3
    assert guests.held(session, "application") == {"abc": 3}
    assert guests.held_version(session, "application", "ab") is None
    assert guests.held_version(session, "reservation", "abc") is None
    assert guests.held(session, "reservation") == {}


def test_a_browser_forgets_what_is_not_used():
    session = {}
    guests.remember(session, "application", "abc", 1, now=1_000)
    # the stamp is written seldom: the doubt is the guest's
    used = 1_000 + guests.IDLE_SECONDS + 5 * 60 - 1
    assert guests.held_version(session, "application", "abc", now=used) == 1
    # being used prolongs it
    assert guests.held_version(session, "application", "abc", now=used + guests.IDLE_SECONDS - 1) == 1
    over = used + 3 * guests.IDLE_SECONDS
    assert guests.held_version(session, "application", "abc", now=over) is None
    assert guests.held(session, "application", now=over) == {}


def test_being_used_often_writes_seldom():
    session = {}
    guests.remember(session, "application", "abc", 1, now=1_000)
    before = dict(session)
    guests.held_version(session, "application", "abc", now=1_100)
    assert session == before
    guests.held_version(session, "application", "abc", now=1_400)
    assert session != before


def test_a_browser_holds_a_limited_number_and_drops_the_oldest():
    session = {}
    for number in range(guests.MAX_HELD + 1):
        guests.remember(session, "application", f"id{number}", 1, now=1_000 + number)
    held = guests.held(session, "application", now=1_100)
    assert len(held) == guests.MAX_HELD
    assert "id0" not in held


def test_forgetting_closes_one_row():
    session = {}
    guests.remember(session, "application", "abc", 1)
    guests.remember(session, "application", "def", 1)
    guests.forget(session, "application", "abc")
    guests.forget(session, "application", "never shown")
    assert guests.held(session, "application") == {"def": 1}
    assert guests.was_forgotten(session, "application", "abc")
    assert not guests.was_forgotten(session, "application", "never shown")


def test_what_is_closed_for_lying_idle_is_still_known_by_name():
    session = {}
    guests.remember(session, "application", "abc", 1, now=1_000)
    assert not guests.is_open(session, "application:abc")
    assert guests.name_of(session, "abc") == "application:abc"
    assert guests.name_of(session, "ab") == guests.name_of(session, "") == ""
    assert not guests.touch(session, "abc")
    guests.remember(session, "application", "abc", 1)
    assert guests.is_open(session, "application:abc")
    assert guests.touch(session, "abc")
    guests.forget(session, "application", "abc")
    assert guests.name_of(session, "abc") == ""


def test_the_way_back_is_taken_once_and_in_time():
    session = {}
    guests.remember(session, "application", "abc", 1)
    guests.close(session, "application:abc", way_back="/kept/", seconds=60)
    assert not guests.is_open(session, "application:abc")
    assert guests.take_way_back(session, "application", "def") == ""
    assert guests.take_way_back(session, "application", "abc") == "/kept/"
    assert guests.take_way_back(session, "application", "abc") == ""
    guests.close(session, "application:abc", way_back="/kept/", seconds=-1)
    assert guests.take_way_back(session, "application", "abc") == ""
