"""Page furniture is marked whole; sentences that merely look like it stay."""

from __future__ import annotations

import pytest
from hypothesis import given

from corpus.furniture import is_furniture, mark
from corpus.models import Block, BlockKind
from corpus.readers.text import split_blocks
from tests.corpus.samples import texts, thorough

FURNITURE = [
    # advertisements
    "Header Ads",
    "Advertisement",
    "ADVERTISEMENT",
    "Story continues below advertisement",
    "Sponsored Content",
    # comments
    "Leave a Comment",
    "Leave a reply",
    "Cancel reply",
    "No comments",
    "No comments:",
    "3 Comments",
    "Comments (12)",
    "Comments are closed.",
    "Add your comment",
    "Join the conversation",
    "Post a Comment",
    "Your email address will not be published. Required fields are marked *",
    # the machine behind the page
    "Powered by Blogger.",
    "Proudly powered by WordPress",
    "This site is protected by reCAPTCHA and the Google Privacy Policy and Terms of Service apply.",
    "Please enable JavaScript to view this page.",
    "Loading...",
    # sharing and subscribing
    "Share",
    "Share this article",
    "Share on Facebook",
    "Tweet",
    "Email this",
    "Copy link",
    "Follow us on Instagram",
    "Subscribe to our newsletter",
    "Sign up for our daily newsletter and never miss a story.",
    "Subscribe to: Post Comments (Atom)",
    # ways around the site
    "Skip to content",
    "Menu",
    "» Next post: Harbour reopens",
    "Older Posts",
    "Most read",
    "Trending",
    "Tags: rivers, dams, weather",
    "Filed under: Weather",
    "Back to top",
    # rights and notices
    "© 2023 The Vell Courier. All rights reserved.",
    "Copyright 2023 The Vell Courier",
    "All rights reserved",
    "Terms of Service",
    "Privacy policy",
    # cookies
    "We use cookies to improve your experience on our site.",
    "This website uses cookies.",
    "By continuing to browse the site you agree to our use of cookies.",
    "By clicking “Accept”, you agree to the storing of cookies on your device.",
    "Accept all cookies",
    "Cookie settings",
    # credits and lines about the page
    "ADA BERG / POOL / DPA",
    "ÓSCAR NÚÑEZ/EPA",
    "Photo: Ada Berg",
    "Image credit: Vell Rowing Club",
    "Photograph by Ada Berg",
    "Ada Berg / Getty Images",
    "(Photo by Ada Berg/AFP)",
    "REUTERS/Ada Berg",
    "By Ada Berg",
    "By Ada Berg, Chief Correspondent",
    "Published: 3 May 2023, 10:15",
    "Last updated on 4 May 2023",
    "5 min read",
    "Listen to this article",
    # ornaments
    "***",
    "• • •",
    "———",
]

SENTENCES = [
    "Cookies were served at the meeting.",
    "We met a baker who uses cookies as roof tiles.",
    "The ministry banned cookies in its own browsers.",
    "Comments from the minister were expected within the hour.",
    "No comment was made by either side on Friday.",
    "Leave a comment like that on a grave and people will be angry.",
    "Read more than ten books a year and you will see.",
    "By then the army had left.",
    "By Friday the river had fallen by two metres.",
    "By visiting the island the minister hoped to win better terms.",
    "By using boats, villagers could reach the market again.",
    "Print runs fell by half.",
    "Share prices fell.",
    "Shares in the shipyard rose by a tenth.",
    "Search teams found the boat on Sunday.",
    "Home prices rose in every district last year.",
    "Advertisements for the post drew 400 candidates.",
    "Follow us, the guide told the climbers, and mind the ice.",
    "Join us, the mayor said.",
    "Like it or not, he stayed.",
    "Image by image, the survey grew.",
    "Powered by steam, it crossed.",
    "Powered by two old engines, the ferry took nine hours.",
    "Copyright law in the islands changed in 2019.",
    "Photographs of the bridge were sold for charity.",
    "Photos show the bridge before it fell.",
    "This video is not proof of a crime, the court found.",
    "Subscribers left the paper in their thousands.",
    "Sign language was taught in every school by 1990.",
    "Register now, the office told voters, or lose your ballot in May.",
    "Updated figures put the loss at 17.5% of the harvest.",
    "Published in 1912, the book sold 40 copies.",
    "Watch the skies tonight and you may see the comet.",
    "Related proteins were found in mice.",
    "See you in court, she told them.",
    "More than 300 people drowned.",
    "Learn from it, the coach said.",
    "Terms of the deal were not published.",
    "The ship flew the flag of a Reuters / Getty consortium, he joked.",
    "Speeds of 90 km/h were measured on the bridge.",
    "Скорость ветра достигла 90 км/ч.",
    "时速达到90公里/小时。",
    "U.S. AND U.K./FRENCH SHIPS ARE IN PORT, the telegram read.",
    "No.",
    "Why?",
    "1986",
]

HEADINGS = [
    "What the engineers knew",
    "Copyright law changes in the islands",
    "Print on demand is growing again",
    "Like it or not, tolls are here to stay",
    "Powered by the wind: an island and its mills",
    "9/11",
    "Home at last",
    "Search for survivors",
    "Comments by the minister",
    "Photo finish",
    "Seeing is believing",
    "Morefield",
]

LEAD_INS = [
    "More than forty countries sent aid:",
    "See what the minister wrote that night:",
    "Learn these three words before you go:",
]
"""They begin like a pointer to other pages and introduce something of the article's own."""

POINTERS = [
    "Read more",
    "Read more:",
    "Read more on the flood:",
    "Read more about the flood in the valley:",
    "READ ALSO:",
    "See also:",
    "Related",
    "Related stories",
    "Related articles:",
    "More from this section",
    "Further reading",
    "Recommended:",
    "Don’t miss:",
    "You may also like:",
]


def kinds_of(*lines: str) -> list[BlockKind]:
    text = "\n\n".join(lines)
    return [block.kind for block in mark(text, split_blocks(text))]


@pytest.mark.parametrize("line", FURNITURE)
def test_a_line_that_belongs_to_the_page_is_furniture(line: str) -> None:
    assert is_furniture(line) is True


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_that_only_looks_like_furniture_stays(line: str) -> None:
    assert kinds_of("The river rose.", line, "It fell.")[1] is not BlockKind.FURNITURE


@pytest.mark.parametrize("line", HEADINGS)
def test_a_heading_that_only_looks_like_furniture_stays(line: str) -> None:
    assert kinds_of("The river rose.", line, "It fell.") == [
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]


@pytest.mark.parametrize("line", LEAD_INS)
def test_a_line_that_introduces_a_list_of_the_article_stays_and_so_does_the_list(line: str) -> None:
    assert BlockKind.FURNITURE not in kinds_of("The river rose.", line, "Norway", "Two words", "It fell.")


@pytest.mark.parametrize("line", POINTERS)
def test_a_list_of_other_headlines_is_furniture_up_to_the_next_sentence(line: str) -> None:
    kinds = kinds_of(
        "The river rose.",
        line,
        "Ferry ‘lost its rudder’ in the storm, owners say",
        "Ten years on, the valley counts its dead",
        "By noon the water had reached the church.",
        "What the engineers knew",
        "It fell.",
    )

    assert kinds == [
        BlockKind.PARAGRAPH,
        BlockKind.FURNITURE,
        BlockKind.FURNITURE,
        BlockKind.FURNITURE,
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]


@pytest.mark.parametrize(
    "sentence",
    ["“We heard nothing.”", "They heard it (and ran.)", "Was it the wind?", "It rained for days…", 'She said, "Run!"'],
)
def test_a_sentence_that_ends_in_a_closing_mark_ends_the_list_of_headlines(sentence: str) -> None:
    assert kinds_of("Read more:", "Ferry lost in storm", sentence) == [
        BlockKind.FURNITURE,
        BlockKind.FURNITURE,
        BlockKind.PARAGRAPH,
    ]


def test_a_headline_on_the_line_of_its_pointer_is_furniture() -> None:
    assert kinds_of("The river rose.", "Read more: Ferry lost in storm", "It fell.") == [
        BlockKind.PARAGRAPH,
        BlockKind.FURNITURE,
        BlockKind.PARAGRAPH,
    ]


def test_white_space_inside_a_line_does_not_hide_furniture() -> None:
    text = "Leave\u00a0 a \t Comment"

    assert [block.kind for block in mark(text, [Block(0, len(text), BlockKind.HEADING)])] == [BlockKind.FURNITURE]


@given(texts())
@thorough
def test_marking_moves_no_block(text: str) -> None:
    blocks = split_blocks(text)

    assert [(block.start, block.end) for block in mark(text, blocks)] == [(block.start, block.end) for block in blocks]


@given(texts())
@thorough
def test_marking_changes_a_kind_to_furniture_or_not_at_all(text: str) -> None:
    blocks = split_blocks(text)

    assert {
        (before.kind, after.kind)
        for before, after in zip(blocks, mark(text, blocks), strict=True)
        if before.kind is not after.kind
    } <= {(BlockKind.PARAGRAPH, BlockKind.FURNITURE), (BlockKind.HEADING, BlockKind.FURNITURE)}
