from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.schedule import IN_CHAT, IN_GROUP, OVERALL, PACE, Schedule

Sent = list[tuple[float, tuple[int, int]]]
"""When, and the chat and number of what was sent."""

ADA, GRACE, NEWSROOM = 1, 2, -1

bursts = st.lists(
    st.tuples(
        st.floats(0, 5),  # seconds since the one before
        st.sampled_from([ADA, GRACE, 3, NEWSROOM, -2]),
        st.integers(1, 40),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


def run(schedule: Schedule[tuple[int, int]], now: float, until: float = float("inf")) -> tuple[float, Sent]:
    """Let everybody send who may before `until`, at the moment they may."""
    sent: Sent = []
    while (at := schedule.next_at()) is not None and max(now, at) <= until:
        now = max(now, at)
        taken = schedule.take(now)
        assert taken is not None, "the time that was named is the time"
        sent.append((now, taken))
    return now, sent


def everything(given_bursts: list[tuple[float, int, int, bool]]) -> Sent:
    schedule: Schedule[tuple[int, int]] = Schedule()
    now, sent, number = 0.0, [], 0
    for pause, chat, size, progress in given_bursts:
        _, before = run(schedule, now, now + pause)
        sent += before
        now += pause
        for _ in range(size):
            schedule.add(chat, (chat, number), progress=progress)
            number += 1
    sent += run(schedule, now)[1]
    assert sorted(taken for _, taken in sent) == sorted({taken for _, taken in sent})
    assert len(sent) == number
    return sent


def assert_within(times: list[float], limit: tuple[int, float]) -> None:
    most, seconds = limit
    for first, last in zip(times, times[most:], strict=False):
        assert last - first >= seconds * (1 - 1e-12)


@given(bursts)
def test_no_window_ever_holds_more_than_telegram_allows_and_everything_is_sent(
    given_bursts: list[tuple[float, int, int, bool]],
) -> None:
    sent = everything(given_bursts)

    assert_within([at for at, _ in sent], OVERALL)
    assert_within([at for at, _ in sent], PACE)
    for chat in {taken[0] for _, taken in sent}:
        times = [at for at, taken in sent if taken[0] == chat]
        assert_within(times, IN_CHAT)
        if chat < 0:
            assert_within(times, IN_GROUP)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_a_burst_delays_nobody_else_by_more_than_a_second(sizes: list[int]) -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    for chat, size in enumerate(sizes, start=1):
        for number in range(size):
            schedule.add(chat, (chat, number))
    now, _ = run(schedule, 0.0, 0.5)
    schedule.add(99, (99, 0))

    _, sent = run(schedule, now, now + 2)

    assert next(at for at, taken in sent if taken[0] == 99) - now <= OVERALL[1]


def test_many_chats_together_get_nearly_thirty_messages_a_second() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    for chat in range(1, 901):
        schedule.add(chat, (chat, 0))

    end, sent = run(schedule, 0.0)

    assert len(sent) == 900
    assert end <= 30


def test_two_quick_messages_of_one_chat_go_at_once() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    schedule.add(ADA, (ADA, 0))
    schedule.add(ADA, (ADA, 1))

    assert [at for at, _ in run(schedule, 0.0)[1]] == [0.0, 0.0]


def test_a_chat_keeps_its_order_and_its_average() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    for number in range(9):
        schedule.add(ADA, (ADA, number))

    sent = run(schedule, 0.0)[1]

    assert [taken[1] for _, taken in sent] == list(range(9))
    assert [round(at) for at, _ in sent] == [0, 0, 0, 3, 3, 3, 6, 6, 6]


def test_answers_go_before_progress_of_any_chat() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    schedule.add(ADA, (ADA, 0), progress=True)
    schedule.add(GRACE, (GRACE, 1))
    schedule.add(ADA, (ADA, 2))

    assert [taken[1] for _, taken in run(schedule, 0.0)[1]][-1] == 0


def test_chats_take_turns() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    for number, chat in enumerate([ADA, ADA, GRACE, GRACE]):
        schedule.add(chat, (chat, number))

    chats = [taken[0] for _, taken in run(schedule, 0.0)[1]]

    assert all(one != other for one, other in pairwise(chats))


def test_a_pause_holds_up_its_own_chat_only() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    schedule.pause(ADA, 7.0)
    schedule.add(ADA, (ADA, 0))
    schedule.add(GRACE, (GRACE, 1))

    assert run(schedule, 0.0)[1] == [(0.0, (GRACE, 1)), (7.0, (ADA, 0))]


def test_whoever_leaves_the_line_takes_nobodys_turn() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    schedule.add(ADA, (ADA, 0))
    schedule.add(ADA, (ADA, 1))
    schedule.leave(ADA, (ADA, 0))

    assert [taken for _, taken in run(schedule, 0.0)[1]] == [(ADA, 1)]


def test_chats_that_are_long_quiet_take_no_memory() -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    for chat in range(1, 1001):
        schedule.add(chat, (chat, 0))
    end, _ = run(schedule, 0.0)
    schedule.add(-5, (-5, 0))
    run(schedule, end + 100)

    assert list(schedule._lines) == [-5]
