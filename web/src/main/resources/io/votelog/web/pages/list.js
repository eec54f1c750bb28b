/** Finds ballots in the list by words of their titles and organisers. */
import { normal, wordsOf } from "./search.js";

const search = document.getElementById("search");

if (search !== null) {
  const nothing = document.getElementById("nothing");
  const cards = [...document.querySelectorAll(".ballots li")].map((card) => [card, normal(card.textContent)]);
  const find = () => {
    const words = wordsOf(search.value);
    for (const [card, text] of cards) {
      card.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of document.querySelectorAll(".ballots")) {
      const shown = group.querySelectorAll("li:not([hidden])").length;
      group.hidden = shown === 0;
      group.querySelector(".figures").textContent = String(shown);
    }
    const found = cards.some(([card]) => !card.hidden);
    const said = found ? "" : search.dataset.nothing;
    if (nothing.textContent !== said) {
      nothing.textContent = said;
    }
  };
  search.addEventListener("input", find);
  find();
}
