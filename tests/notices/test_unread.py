import pytest

from notices.services import withdraw
from notices.unread import count_unread, newest_unopened
from residents.queries import own_row_ids
from tests.notices.test_receipts import give_mandate


@pytest.fixture
def fresh():
    """A user as the next request loads it."""
    return lambda resident: type(resident.user).objects.get(pk=resident.user.pk)


def test_header_counts_ones_own_and_the_list_those_of_a_principal_too(available, consenting, supporter, fresh):
    notice = available(consenting)
    give_mandate(consenting, supporter)
    agent = fresh(supporter)
    assert newest_unopened(agent, 5) == [notice]
    assert (count_unread(agent), count_unread(fresh(supporter)), count_unread(fresh(consenting))) == (0, 0, 1)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_header_counts_the_same_whether_or_not_the_list_was_made(limit, available, consenting, fresh):
    for number in range(2):
        available(consenting, key=f"decision-{number}")
    user = fresh(consenting)
    assert len(newest_unopened(user, limit)) == min(limit, 2)
    assert count_unread(user) == 2


def test_header_does_not_count_again_after_a_whole_list(available, consenting, fresh, django_assert_num_queries):
    available(consenting)
    user = fresh(consenting)
    newest_unopened(user, 5)
    with django_assert_num_queries(0):
        assert count_unread(user) == 1


def test_withdrawn_notice_is_not_unread(available, consenting, handler, fresh):
    withdraw(available(consenting), reason="誤り", by=handler)
    assert (newest_unopened(fresh(consenting), 5), count_unread(fresh(consenting))) == ([], 0)


def test_staff_have_no_notices_of_their_own(handler):
    assert (own_row_ids(handler), count_unread(handler)) == ([], 0)
