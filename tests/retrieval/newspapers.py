"""Three small newspapers: one story in two of them, a third with another figure, a ferry over the years, and undated
articles."""

from __future__ import annotations

LEAD = "The Brenholm sluice was closed to barges on Monday after divers found cracks in its lower gate."
REPAIR = "Engineers of the canal authority expect the repair of the gate to take eleven weeks."
WAITING = "The authority said 34 barges were waiting upstream of the Brenholm sluice."
CAUSE = "It blamed the frost of January for the cracks."

COURIER, WIRE, GAZETTE = "Harbour Courier", "Northern Wire", "Valley Gazette"


def article(title: str, text: str, source: str | None = None, published: str | None = None) -> str:
    fields = {"title": title, "source": source, "published": published}
    front = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    return f"---\n{front}---\n{text}\n"


PAPERS = {
    # One agency text in two papers; the third has corrected its figure.
    "sluice-courier.md": article("Brenholm sluice closed", f"{LEAD} {REPAIR} {WAITING} {CAUSE}", COURIER, "2024-03-05"),
    "sluice-wire.md": article(
        "Barges wait at Brenholm", f"(NW) — {LEAD} {REPAIR} {WAITING} {CAUSE}", WIRE, "2024-03-06"
    ),
    "sluice-gazette.md": article(
        "Sluice out of order",
        f"{LEAD} {REPAIR} {WAITING.replace('34', '41')} {CAUSE}",
        GAZETTE,
        "2024-03-07",
    ),
    # One ship over the years.
    "kestrel-2019.md": article(
        "A ferry for Ulvsund",
        "The county of Ulvsund ordered the electric ferry Kestrel for 22 million euros. The ferry Kestrel will carry"
        " 120 cars.",
        COURIER,
        "2019-06-01",
    ),
    "kestrel-2021.md": article(
        "Yard is late",
        "The shipyard delayed the electric ferry Kestrel by a year because batteries were missing.",
        WIRE,
        "2021-09-14",
    ),
    "kestrel-2023.md": article(
        "Kestrel sails",
        "The electric ferry Kestrel carried its first passengers across the Ulvsund on Sunday.",
        COURIER,
        "2023-05-08T09:30:00+02:00",
    ),
    "kestrel-undated.md": article(
        "Names of ships", "The electric ferry Kestrel is named after a falcon that hovers over the Ulvsund.", GAZETTE
    ),
    # An article of 2022 that tells of 1931.
    "bridge.md": article(
        "Old cables",
        "The suspension bridge at Tarvik was opened in 1931 by Queen Elin. Painters renew its green coat in summer.",
        GAZETTE,
        "2022-08-20",
    ),
    "otters.md": article(
        "Otters return", "Nine otters were counted in the Mellen marshes, twice as many as before.", WIRE, "2020-04-11"
    ),
    "library.md": article(
        "Library reopens", "The town library of Osterby reopened with a roof garden and 40,000 books.", COURIER
    ),
    "plain.txt": "The brass band of Osterby plays in the park on Fridays.\n",
}
