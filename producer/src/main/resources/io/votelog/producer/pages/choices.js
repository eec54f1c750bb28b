/** The choices of the ballot in the page: which are picked, which are shown, in which order they stand. */
import { normal, wordsOf } from "./search.js";
import { forLong } from "./store.js";

const SEARCH_SETTLES_MS = 150;

const at = (id) => document.getElementById(id);

/**
 * @param form the form with the choices
 * @param rules see rules.js
 * @param found called with how many are shown while some are not, else with null
 */
export function choicesOf(form, rules, found) {
  const boxes = rules.parts.flatMap((part) => part.boxes);
  const cards = new Map(
    boxes.map((box) => {
      const card = box.closest("li");
      const details = card.querySelector("details");
      // Not the page's own words, such as those of a link.
      const told = [...card.querySelectorAll(".owner, .summary")].map((text) => normal(text.textContent)).join(" ");
      return [box, { card, details, told, text: `${normal(card.querySelector("label").textContent)} ${told}` }];
    }),
  );
  const part = at("part");
  const owner = at("owner");
  const unfold = at("unfold");
  /** What the search has unfolded, to be folded again when it is taken back. */
  const unfolded = new Set();

  const picked = () => boxes.filter((box) => box.checked);

  function setPicks(ids) {
    const wanted = new Set(ids);
    boxes.forEach((box) => (box.checked = wanted.has(box.value)));
  }

  /** How many are picked of each part, by its id. */
  function counts() {
    return new Map(rules.parts.map(({ id, boxes: its }) => [id, its.filter((box) => box.checked).length]));
  }

  function filter() {
    const words = wordsOf(at("search").value);
    const onlyPicked = at("only-picked").checked;
    const wanted = { part: part === null ? "" : part.value, owner: owner === null ? "" : owner.value };
    let shown = 0;
    for (const section of rules.parts) {
      let shownHere = 0;
      const here = wanted.part === "" || wanted.part === section.id;
      for (const box of section.boxes) {
        const { card, details, told, text } = cards.get(box);
        const fits =
          here &&
          words.every((word) => text.includes(word)) &&
          (!onlyPicked || box.checked) &&
          (wanted.owner === "" || card.dataset.owner === wanted.owner);
        // A card that has just been unpicked stays until the focus leaves it.
        card.hidden = !fits && box !== document.activeElement;
        // What was found is seen.
        if (fits && details !== null && !details.open && words.some((word) => told.includes(word))) {
          details.open = true;
          unfolded.add(details);
        }
        shownHere += fits ? 1 : 0;
      }
      const place = form.querySelector(`[data-part="${section.id}"]`);
      place.hidden = !here;
      place.querySelector(".nothing").hidden = shownHere > 0;
      shown += shownHere;
    }
    const filtered = words.length > 0 || onlyPicked || wanted.part !== "" || wanted.owner !== "";
    if (words.length === 0) {
      unfolded.forEach((details) => (details.open = false));
      unfolded.clear();
    }
    found(filtered ? shown : null);
  }

  function setFolded(closed) {
    cards.forEach(({ details }) => {
      if (details !== null) {
        details.open = !closed;
      }
    });
    unfolded.clear();
  }

  /** Takes all filters back. */
  function showAll() {
    at("search").value = "";
    at("only-picked").checked = false;
    for (const choice of [part, owner]) {
      if (choice !== null) {
        choice.value = "";
      }
    }
    filter();
  }

  /** Shows the picks alone, where whoever looks may take that back. */
  function showPicked() {
    showAll();
    if (at("only-picked").closest(".tools").hidden) {
      return;
    }
    at("only-picked").checked = true;
    filter();
  }

  /** In an order that is this browser's own, and the same at each visit. */
  function shuffle(key) {
    let seed = forLong.get(key);
    if (!Number.isInteger(seed)) {
      [seed] = crypto.getRandomValues(new Uint32Array(1));
      forLong.set(key, seed);
    }
    // mulberry32, a small generator of 32 bits of state.
    const random = () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    for (const list of form.querySelectorAll(".choices")) {
      const items = [...list.children];
      for (let i = items.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [items[i], items[j]] = [items[j], items[i]];
      }
      list.append(...items);
    }
  }

  let settling;
  at("search").addEventListener("input", () => {
    clearTimeout(settling);
    settling = setTimeout(filter, SEARCH_SETTLES_MS);
  });
  [at("only-picked"), part, owner].forEach((choice) => choice !== null && choice.addEventListener("change", filter));
  form.addEventListener("focusout", () => setTimeout(filter));
  if (unfold !== null) {
    unfold.addEventListener("click", () => {
      const open = unfold.getAttribute("aria-pressed") !== "true";
      unfold.setAttribute("aria-pressed", String(open));
      setFolded(!open);
    });
  }

  return { picked, setPicks, counts, filter, showAll, showPicked, shuffle };
}
