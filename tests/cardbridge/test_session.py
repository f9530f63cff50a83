"""One reading of one card: what is asked of it, what goes wrong, and what is never asked."""

import contextlib

import pytest

from cardbridge import apdu, card_layout
from cardbridge.card_layout import File
from cardbridge.errors import (
    BadData,
    BadSecret,
    Blocked,
    CardRemoved,
    CardUnreadable,
    LastTry,
    NoCard,
    NoReader,
    OtherCard,
    ReaderBusy,
    WrongSecret,
)
from cardbridge.reader import CardReader
from cardbridge.secrets_typed import Secret, SecretKind
from cardbridge.session import read_card, tries_left
from tests.cardbridge.virtual_card import ATTRIBUTES, CODE_B, MY_NUMBER, PIN, Card, Readers, attributes_file

RIGHT = Secret(SecretKind.PIN, "1234")
WRONG = Secret(SecretKind.PIN, "9999")


def selected(card):
    """The files that were selected by any command of any form."""
    return {command[5:7] for command in card.commands if command[1] == 0xA4 and command[2] != 4}


def test_pin_opens_the_attributes():
    card = Card()
    assert read_card(card, RIGHT).name == "高橋　さくら"
    assert selected(card) == {PIN, ATTRIBUTES}


def test_code_on_the_card_opens_them_too():
    card = Card()
    assert read_card(card, Secret(SecretKind.CODE_B, "02011520301234")).birth_date == "1990-01-15"
    assert selected(card) == {CODE_B, ATTRIBUTES}


def test_long_file_is_read_in_parts():
    address = "東京都" + "長" * 300
    assert read_card(Card(attributes_file(address=address)), RIGHT).address == address


@pytest.mark.parametrize("digits", ["", "123", "12345", "abcd", "１２３４", "123456789018"])
def test_what_is_no_pin_never_reaches_the_card(digits):
    with pytest.raises(BadSecret):
        Secret(SecretKind.PIN, digits)


@pytest.mark.parametrize("digits", ["1234", "123456789018", "0201152030123"])
def test_my_number_is_no_code_to_open_the_card_with(digits):
    with pytest.raises(BadSecret):
        Secret(SecretKind.CODE_B, digits)


def test_secret_is_in_no_words():
    assert "1234" not in repr(RIGHT)


def test_wrong_pin_says_how_many_tries_are_left():
    card = Card()
    with pytest.raises(WrongSecret, match="あと2回") as caught:
        read_card(card, WRONG)
    assert (caught.value.left, card.left[PIN]) == (2, 2)


def test_right_pin_after_a_wrong_one_fills_the_counter_again():
    card = Card()
    with pytest.raises(WrongSecret):
        read_card(card, WRONG)
    read_card(card, RIGHT)
    assert card.left[PIN] == 3


def test_last_try_is_spent_only_when_the_resident_says_so():
    card = Card(left=(1, 10))
    with pytest.raises(LastTry):
        read_card(card, WRONG)
    assert card.left[PIN] == 1
    with pytest.raises(Blocked):
        read_card(card, WRONG, may_be_last=True)
    assert card.left[PIN] == 0


def test_blocked_card_is_not_asked_again():
    card = Card(left=(0, 10))
    with pytest.raises(Blocked):
        read_card(card, RIGHT)
    # asked for its counter and nothing else: no secret was sent
    assert [command for command in card.commands if command[1] == 0x20] == [apdu.ask_tries()]


def test_asking_for_the_tries_costs_none():
    card = Card(left=(2, 7))
    card.transmit(apdu.select_application())
    assert [tries_left(card, File.PIN), tries_left(card, File.CODE_B)] == [2, 7]
    assert list(card.left.values()) == [2, 7]


class Stubborn(Card):
    """Says of its counter only that it is blocked, as cards do after the last try."""

    def _verify(self, command):
        return b"\x69\x84"


def test_blocked_card_may_say_so_at_once():
    with pytest.raises(Blocked):
        read_card(Stubborn(), RIGHT)


def test_other_card():
    with pytest.raises(OtherCard):
        read_card(Card(aid=b"\xa0\0\0\0\3"), RIGHT)


@pytest.mark.parametrize("after", range(7))
def test_card_taken_away_at_any_moment(after):
    with pytest.raises(CardRemoved):
        read_card(Card(removed_after=after), RIGHT)


def test_card_that_holds_something_else():
    with pytest.raises(BadData):
        read_card(Card(content=b"\x30\x03abc"), RIGHT)


def test_file_that_ends_too_early():
    card = Card()
    card.files[ATTRIBUTES] = card.files[ATTRIBUTES][:40]
    with pytest.raises(BadData):
        read_card(card, RIGHT)


class Short(Card):
    """Says how much there is instead of sending it, as some readers want it."""

    def _read(self, command):
        rest = len(self.files[ATTRIBUTES]) - int.from_bytes(command[2:4], "big")
        return bytes([0x6C, min(rest, 0x20)]) if command[4] > 0x20 else super()._read(command)


def test_card_that_says_how_much_there_is():
    assert read_card(Short(), RIGHT).sex == "female"


@pytest.mark.parametrize("answer", [b"", b"\x90", b"\x6f\x00"])
def test_answers_that_are_none(answer):
    class Odd(Card):
        def _select(self, command):
            return answer

    with pytest.raises(CardUnreadable):
        read_card(Odd(), RIGHT)


# --- never the My Number ----------------------------------------------------------------------


def flows():
    """Every way a reading can go."""
    right, code, wrong = RIGHT, Secret(SecretKind.CODE_B, "02011520301234"), WRONG
    for secret in (right, code, wrong):
        for card in (Card(), Card(left=(1, 1)), Card(left=(0, 0)), Short(), Stubborn(), Card(content=b"\x30\x00")):
            yield card, secret
        yield from ((Card(removed_after=after), secret) for after in range(8))


def test_no_command_selects_the_file_with_the_my_number():
    for card, secret in flows():
        for may_be_last in (False, True):
            with contextlib.suppress(BadData, Blocked, CardRemoved, LastTry, WrongSecret):
                read_card(card, secret, may_be_last=may_be_last)
        assert card.commands
        for command in card.commands:
            assert command[1] in (0xA4, 0x20, 0xB0)
            # files are selected by their id and never by a short id beside the offset
            assert command[1] != 0xB0 or command[2] < 0x80
        assert MY_NUMBER not in selected(card)


def test_layout_has_no_name_for_that_file():
    assert MY_NUMBER not in {file.value for file in card_layout.File}
    assert {file.value for file in card_layout.File} == {ATTRIBUTES, PIN, CODE_B}


# --- the reader -------------------------------------------------------------------------------


def reader(readers, name="", patience=0.0):
    return CardReader(name, patience=patience, opened=readers.opened)


def test_first_connect_is_tried_again():
    readers = Readers(one=Card())
    readers.problems = [CardUnreadable(), CardRemoved()]
    with reader(readers, patience=5).card() as link:
        assert read_card(link, RIGHT).sex == "female"


def test_card_on_the_second_reader_is_found():
    card = Card()
    with reader(Readers(one=None, two=card)).card() as link:
        assert link is card


@pytest.mark.parametrize(("name", "found"), [("TWO", "second"), ("", "first")])
def test_reader_of_the_configuration(name, found):
    cards = {"Reader one": Card(pin="1111"), "Reader two": Card(pin="2222")}
    with reader(Readers(**cards), name).card() as link:
        assert link is cards["Reader two" if found == "second" else "Reader one"]


def test_no_reader_is_said_at_once():
    with pytest.raises(NoReader), reader(Readers(one=Card()), "other", patience=60).card():
        pass


def test_no_card_in_time():
    with pytest.raises(NoCard), reader(Readers(one=None)).card():
        pass


def test_card_that_another_program_holds():
    readers = Readers(one=Card())
    readers.problems = [ReaderBusy()]
    with pytest.raises(ReaderBusy), reader(readers).card():
        pass


def test_card_is_closed_whatever_happens():
    card = Card()
    with pytest.raises(WrongSecret), reader(Readers(one=card)).card() as link:
        read_card(link, WRONG)
    with reader(Readers(one=card)).card() as link:
        read_card(link, RIGHT)
    assert not card.is_open
