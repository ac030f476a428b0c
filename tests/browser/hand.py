"""What a person does at a page, counted: presses, choices and typing, and how long they would take."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

CLICK_S = 3.0
LETTERS_A_SECOND = 2


@dataclass
class Hand:
    """One hand at one page. Choosing from a list is two presses; going to a field and typing is one, and the letters.

    Looks for things by the words that a person reads, never by an id or an address.
    """

    page: Page
    presses: int = 0
    letters: int = 0

    @property
    def minutes(self) -> float:
        return (self.presses * CLICK_S + self.letters / LETTERS_A_SECOND) / 60

    def press(self, target: Locator) -> None:
        self.presses += 1
        target.click()

    def link(self, words: str, within: Locator | None = None) -> None:
        self.press((within or self.page).get_by_role("link", name=re.compile(words)).first)

    def button(self, words: str, within: Locator | None = None) -> None:
        self.press((within or self.page).get_by_role("button", name=re.compile(words)).first)

    def _named(self, label: str, within: Locator | None) -> Locator:
        """The control that a person reads so; a star or a word that one need not fill it stands behind the name."""
        return (within or self.page).get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\*|选填)?\s*$")).first

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        """Over what stands there; what one leaves is left by the next press."""
        self.presses += 1
        self.letters += len(text)
        self._named(label, within).fill(text)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        self.presses += 2
        self._named(label, within).select_option(label=option)

    def tick(self, words: str, within: Locator | None = None) -> None:
        self.press(self._named(words, within))

    def find(self, *names: str) -> None:
        """In a list of people or organizations: what the names begin with, then each of them."""
        first = names[0][0] if len(names) > 1 else names[0]
        search = self.page.get_by_role("search")
        self.presses += 1
        self.letters += len(first)
        search.get_by_role("searchbox").fill(first)
        self.button("查找", search)
        for name in names:
            self.press(self.page.get_by_label(re.compile(re.escape(name))).first)
