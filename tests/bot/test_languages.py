from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import _LATIN, _NAMES, _ONE_LANGUAGE, _SEVERAL_LANGUAGES, foreign

QUESTIONS = (
    ("German", "Wann ist der Zug in Hamburg angekommen?"),
    ("German", "warum streiken die lokführer schon wieder"),
    ("German", "Wer hat die Wahl in Bayern gewonnen?"),
    ("German", "Was kostet ein Ticket nach München?"),
    ("French", "Combien coûte le nouveau pont de Nantes ?"),
    ("French", "quand est-ce que le tunnel a été fermé"),
    ("French", "Qui a gagné les élections à Paris ?"),
    ("Spanish", "¿Cuánto cuesta el nuevo puente?"),
    ("Spanish", "por que cerraron la escuela de Sevilla"),
    ("Spanish", "¿Quién ganó las elecciones en Chile?"),
    ("Italian", "Quando riapre il museo di Torino?"),
    ("Italian", "chi ha vinto le elezioni in Sicilia"),
    ("Italian", "Perché hanno chiuso il ponte?"),
    ("Portuguese", "Por que a ponte foi fechada?"),
    ("Portuguese", "quem ganhou as eleições em Lisboa"),
    ("Portuguese", "Quanto custa o novo estádio?"),
    ("Dutch", "Wanneer gaat de brug in Rotterdam weer open?"),
    ("Dutch", "hoeveel kost het nieuwe ziekenhuis"),
    ("Dutch", "Wie heeft de verkiezingen gewonnen?"),
    ("Polish", "Ile kosztuje nowy most w Krakowie?"),
    ("Polish", "kto wygrał wybory w Warszawie"),
    ("Turkish", "Yeni köprü ne kadar tuttu?"),
    ("Turkish", "Seçimi kim kazandı?"),
    ("Russian", "Сколько стоит новый мост?"),
    ("Russian", "кто выиграл выборы в Казани"),
    ("Russian", "Кто такой Olaf Scholz?"),
    ("Ukrainian", "Чому закрили міст у Львові?"),
    ("Ukrainian", "Хто переміг на виборах?"),
    ("Arabic", "لماذا أغلق الجسر الجديد؟"),
    ("Arabic", "من فاز في الانتخابات"),
    ("Hindi", "चुनाव किसने जीता?"),
    ("Hindi", "नया पुल कब खुलेगा?"),
    ("Chinese", "谁赢得了选举？"),
    ("Chinese", "新桥什么时候开通"),
    ("Japanese", "選挙に勝ったのは誰ですか？"),
    ("Japanese", "新しい橋はいつ開通しますか"),
    ("Korean", "누가 선거에서 이겼나요?"),
    ("Korean", "새 다리는 언제 개통됩니까"),
    ("Greek", "Ποιος κέρδισε τις εκλογές;"),
    ("Greek", "πότε ανοίγει η νέα γέφυρα"),
    ("Hebrew", "מי ניצח בבחירות?"),
    ("Hebrew", "מתי נפתח הגשר החדש"),
    ("Swedish", "Vem vann valet i Göteborg?"),
    ("Swedish", "hur mycket kostar den nya bron"),
    ("Indonesian", "Siapa yang memenangkan pemilihan di Surabaya?"),
    ("Indonesian", "kenapa jembatan baru itu ditutup"),
    ("Vietnamese", "Ai đã thắng cuộc bầu cử?"),
    ("Vietnamese", "Khi nào cầu mới được mở?"),
    ("Czech", "Kdo vyhrál volby v Brně?"),
    ("Hungarian", "Ki nyerte meg a választást?"),
    ("Finnish", "Kuka voitti vaalit Helsingissä?"),
    ("Romanian", "Când se deschide podul nou?"),
    ("Danish", "Hvem vandt valget i København?"),
    ("Thai", "ใครชนะการเลือกตั้ง"),
    ("Georgian", "ვინ მოიგო არჩევნები?"),
    ("Armenian", "Ո՞վ հաղթեց ընտրություններում"),
)
"""Written for this table; the thresholds were chosen on others."""


def test_most_questions_in_other_languages_are_recognised() -> None:
    missed = [question for _, question in QUESTIONS if foreign(question) is None]
    assert len(missed) <= 0.1 * len(QUESTIONS), missed


def test_most_languages_are_called_by_their_name() -> None:
    wrong = [(language, foreign(question), question) for language, question in QUESTIONS]
    wrong = [case for case in wrong if case[0] != case[1]]
    assert len(wrong) <= 0.15 * len(QUESTIONS), wrong


@pytest.mark.parametrize(
    "message",
    [
        "Who is Emmanuel Macron?",
        "Where is Schönefeld?",
        "Is Schönefeld in Brandenburg?",
        "What did Kasyanov tell Sky News?",
        "Chandrayaan-3 landing date?",
        "Has Ms. von der Leyen met Mr. Sánchez?",
        "Did Médecins Sans Frontières leave Gaza?",
        "What does 'Alternative für Deutschland' want?",
        "Why was Владимир Путин in Beijing?",
        "What does 你好 mean?",
        "WHEN DID THE AIRPORT IN SCHÖNEFELD OPEN?",
        "when did recep tayyip erdoğan win",
        "Tesla Gigafactory Grünheide jobs",
        "Bundestag election results 2021",
        "Die Zeit editor?",
        "Bayern München vs. Borussia Dortmund",
        "Jean-Luc Mélenchon party?",
        "Kylian Mbappé transfer fee Real Madrid",
        "plane crash survivors",
        "α-synuclein and Ω-3 studies",
        "How much is Δv?",
        "Putin is a fanatic",
    ],
)
def test_english_with_foreign_names_is_english(message: str) -> None:
    assert foreign(message) is None


@pytest.mark.parametrize(
    "message", ["", "?", "123", "👋", "hi", "Berlin", "Olaf Scholz", "Alternative für Deutschland", "asdf qwer", "π"]
)
def test_too_little_to_tell_is_no_language(message: str) -> None:
    assert foreign(message) is None


@pytest.mark.parametrize(
    ("message", "language"),
    [("Путин", "Russian"), ("صنعاء", "Arabic"), ("東京タワー", "Japanese"), ("北京", "Chinese")],
)
def test_a_name_in_another_script_is_foreign(message: str, language: str) -> None:
    assert foreign(message) == language


def test_a_language_with_few_speakers_has_to_be_clearly_likelier() -> None:
    assert foreign("Кто президент Франции?") == "Russian"
    assert foreign("Кой е президентът на България?") == "Bulgarian"


def test_every_language_compared_is_known_to_the_model_and_has_a_name() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - as late as in the module itself

    compared = {*_LATIN, *(language for several in _SEVERAL_LANGUAGES.values() for language in several)} - {"en"}
    assert compared == set(_NAMES)
    assert compared <= set(LanguageIdentifier.from_model_file(MODEL_FILE).labels)


def test_an_english_question_does_not_load_the_model() -> None:
    program = (
        "import sys; from bot.languages import foreign; foreign('Who is Emmanuel Macron?'); foreign('谁是总统');"
        " sys.exit('py3langid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own program


@given(st.text() | st.text(st.sampled_from("aé ?ЯїعनñßΩ京か한ก\ud800'’3A"), max_size=40))
def test_any_text_gets_a_known_language_or_none(message: str) -> None:
    assert foreign(message) in {None, *_NAMES.values(), *_ONE_LANGUAGE.values()}
