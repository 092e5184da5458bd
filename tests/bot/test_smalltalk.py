from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.smalltalk import Kind, is_question, recognise, without_greeting

SAID = {
    Kind.GREETING: [
        "hi", "Hi 👋", "HELLO", "Hello!", "hey there", "Heyyy", "good morning", "Good evening, bot!", "hello bot",
        "hi footnote", "Hi, how are you?", "How's it going?", "What’s up?", "nice to meet you", "yo",
    ],
    Kind.THANKS: [
        "thanks", "Thanks!!! 😊", "thank you very much!", "cheers", "great, thank you", "ok thx",
        "Thanks for the help.", "Thank you so much for your quick answer!", "hi and thanks",
        "That was very helpful, thanks a lot",
    ],
    Kind.GOODBYE: [
        "bye", "Bye bye!", "goodbye", "see you", "See you later!", "good night", "ok, thanks, bye",
        "that's all for now", "Have a nice day!",
    ],
    Kind.ABOUT: [
        "who are you?", "Who are you", "what can you do", "how do you work", "How does it work?", "help",
        "Help please!", "what is this bot", "what's this?", "are you a bot", "Are you human?", "is this an AI?",
        "Hi, who are you?",
        "What's your name?", "Who made you?", "what can I ask you about?", "What topics do you cover?",
        "How do I use this bot?", "tell me about yourself", "Can you help me, please?", "I have a question",
        "do you speak German?", "hi, thanks, what can you do",
    ],
    Kind.WORD: [
        "Berlin", "berlin?", "James Webb", "NATO", "Tegel airport?", "The Hague", "the EU", "United Nations",
        "Charles de Gaulle", "COVID-19", "U.S. Congress", "Dr. Fauci", "St. Petersburg", "AT&T", "Boeing 737", "WHO",
        "Путин", "“Oppenheimer”",
    ],
}  # fmt: skip
QUESTIONS = [
    "Hi, when did Berlin's airport open?",
    "hello who won the election",
    "Thanks! And when did it open?",
    "How does the telescope work?",
    "What is NATO about?",
    "What do you know about Berlin?",
    "Who made Chandrayaan?",
    "are you sure Berlin's airport is open?",
    "Can you help Ukraine?",
    "Macron age?",
    "Chandrayaan-3 landing date?",
    "Population Nigeria",
    "Boeing crashed",
    "Find Tegel",
    "Explain Brexit",
    "Who won",
    "why?",
    "what",
    "how are you planning to tax the rich?",
]
NEITHER = [
    "", " ", "?!", "👍", "5", "ok", "ok cool", "lol", "asdf qwer", "Putin is a fanatic", "thank you note", "hi John",
    "Help for Ukraine", "Hello Kitty", "Good morning America", "Berlin, Paris", "Berlin. Paris", "hello world",
    "谁是法国总统？", "James Webb Space Telescope", "https://example.com/a", "/ask",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "message"), [(kind, message) for kind, said in SAID.items() for message in said])
def test_smalltalk_is_recognised(kind: Kind, message: str) -> None:
    assert recognise(message) == kind


@pytest.mark.parametrize("message", [*QUESTIONS, *NEITHER])
def test_everything_else_goes_the_ordinary_way(message: str) -> None:
    assert recognise(message) is None


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hi bot, when did it open?", "when did it open?"),
        ("Hello! When did it open?", "When did it open?"),
        ("Good morning, who won?", "who won?"),
        ("hey, who won?", "who won?"),
        ("hi when did it open", "when did it open"),
        ("Hi,who won?", "who won?"),
        ("Hello 👋 who won?", "who won?"),
        ("Hello\nBerlin's airport: when did it open?", "Berlin's airport: when did it open?"),
        ("Hi there! Please tell me who won.", "tell me who won."),
        ("please explain Brexit", "explain Brexit"),
        ("Footnote, who won?", "who won?"),
        ("Quick question: who won?", "who won?"),
        ('Hi, "fanatic": who said it?', '"fanatic": who said it?'),
    ],
)
def test_a_greeting_is_cut_from_the_question_after_it(message: str, question: str) -> None:
    assert without_greeting(message) == question


@pytest.mark.parametrize(
    "message",
    [
        "Hi",
        "Hello there!",
        "please",
        "When did Hello Kitty appear?",
        "Hey Jude release date",
        "Good Morning America host?",
        "Yo-Yo Ma plays what?",
        "History of Berlin",
        "",
    ],
)
def test_a_message_without_both_stays_as_it_is(message: str) -> None:
    assert without_greeting(message) == message


@pytest.mark.parametrize(
    "message",
    [
        "When did it open?",
        "when did it open",
        "whats the age of macron",
        "Who's the chancellor",
        "in which year did it open",
        "Is Tegel closed",
        "hasn't it opened",
        "Have they opened it",
        "tell me about Tegel",
        "Explain the crisis",
        "list the winners",
        "show me the results",
        "give me three reasons",
        "find Tegel",
        "News about Boeing",
        "I want to know who won",
        "I'd like to know when it opened.",
        "I wonder who won",
        "I don’t know who won",
        "and who paid for it",
        "Hi, when did it open",
        "In 1962, what did it cost",
        "the airport is an example of what",
        "Tegel airport?",
        "Who won? Thanks",
        "Really?!",
        "谁赢得了选举？",
        "لماذا؟",
    ],
)
def test_what_asks_is_a_question(message: str) -> None:
    assert is_question(message)


@pytest.mark.parametrize(
    "message",
    [
        *("", "Putin is a fanatic", "ok cool", "lol", "asdf qwer", "hi", "thanks", "James Webb", "What a day!"),
        *("Have a nice day", "May 2020 was warm", "The airport opened in 2020.", "see https://example.com/?q=1 now"),
        *("The mayor, who was there, left", "whoever", "Isabel left", "However, it rained"),
    ],
)
def test_what_asks_nothing_is_no_question(message: str) -> None:
    assert not is_question(message)


@given(
    st.text()
    | st.lists(st.sampled_from(["hi", "hello", "please", "ok", "bye", ",", "?", "é", "👋", "Who"])).map(" ".join)
)
def test_any_text_is_read_without_an_error(message: str) -> None:
    recognise(message)
    is_question(message)
    assert message.endswith(without_greeting(message))


@given(
    st.sampled_from(["When", "who", "Hi, where is", "Tell me", "Is", "hello how many", "please explain", "Can you"]),
    st.lists(st.text("abcdefghij", min_size=4, max_size=9).filter("dead".__ne__), min_size=3, max_size=8),
    st.sampled_from(["?", "", "."]),
)
def test_a_question_about_anything_else_is_never_smalltalk(opening: str, words: list[str], end: str) -> None:
    message = f"{opening} {' '.join(words)}{end}"
    assert (is_question(message), recognise(message)) == (True, None)


@given(
    st.lists(st.sampled_from(["what", "how", "are", "is", "you", "this", "bot", "do", "can", "i", "ask"]), min_size=4)
)
def test_a_question_of_four_words_is_about_the_bot_at_most(words: list[str]) -> None:
    assert recognise(f"{' '.join(words)}?") in {None, Kind.ABOUT, Kind.GREETING}


@pytest.mark.parametrize("unit", ["please ", "hi ", "ok ", "bye ", "thanks for the ", "a? ", ", what ", "!", "who"])
def test_the_longest_message_of_telegram_is_read_at_once(unit: str) -> None:
    message = (unit * 4096)[:4096]
    assert recognise(message) in {None, *Kind}
    assert isinstance(is_question(message), bool)
    assert message.endswith(without_greeting(message))
