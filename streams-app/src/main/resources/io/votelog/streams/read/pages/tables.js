// The tables of counts: numbers with every document, ranks and places at most once a second, rows glide to their new places.

import { normal, wordsOf } from "./search.js";

const BETWEEN_MOVES_MS = 1000;
const GLIDE_MS = 400;
const MARK_MS = 4000;
const NO_RANK = "–";

/**
 * @param {object} speak numbers in the reader's language
 * @param {string} rose what the mark says of a row that rose
 */
export function tables(speak, rose) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const parts = [...document.querySelectorAll("table[data-part]")].map((table) => ({
    table,
    body: table.tBodies[0],
    rows: [...table.tBodies[0].rows].map((row) => ({
      row,
      id: row.dataset.option,
      place: Number(row.dataset.order),
      rank: Number(row.dataset.rank),
      count: Number(row.dataset.votes),
      title: row.querySelector(".title").textContent,
      text: normal(row.querySelector(".case").textContent),
      rankCell: row.querySelector(".rank"),
      votes: row.querySelector(".votes .value"),
      share: row.querySelector(".share"),
      bar: row.querySelector(".bar rect"),
      marked: 0,
    })),
  }));
  const byId = new Map(parts.flatMap((part) => part.rows).map((entry) => [entry.id, entry]));
  let byVotes = true;
  let finding = false;
  let ranks = new Map();
  let moved = -Infinity;
  let due = 0;

  function show(results) {
    const options = results.sections.flatMap((section) => section.options);
    const hidden = options[0].votes === undefined;
    const most = hidden ? 0 : Math.max(...options.map((option) => option.votes));
    for (const { table } of parts) {
      table.classList.toggle("uncounted", hidden);
    }
    if (hidden) {
      return;
    }
    const counting = results.turnout.accepted - results.turnout.annulled;
    ranks = new Map();
    for (const section of results.sections) {
      rankWithin(section.options, most);
    }
    for (const option of options) {
      const entry = byId.get(option.id);
      entry.count = option.votes;
      write(entry.votes, speak.number(option.votes));
      write(entry.share, speak.share(option.votes, counting));
      const width = `${(most === 0 ? 0 : (100 * option.votes) / most).toFixed(2)}%`;
      if (entry.bar.getAttribute("width") !== width) {
        entry.bar.setAttribute("width", width);
      }
    }
    moveSoon();
  }

  /** Equal votes share a rank; nobody has one before the first vote. */
  function rankWithin(options, most) {
    const sorted = [...options].sort((a, b) => b.votes - a.votes);
    let rank = 0;
    sorted.forEach((option, index) => {
      if (index === 0 || option.votes < sorted[index - 1].votes) {
        rank = index + 1;
      }
      ranks.set(option.id, most === 0 ? 0 : rank);
    });
  }

  function write(cell, text) {
    if (cell.textContent !== text) {
      cell.textContent = text;
    }
  }

  function moveSoon() {
    const wait = moved + BETWEEN_MOVES_MS - performance.now();
    if (wait <= 0) {
      move();
    } else if (due === 0) {
      due = setTimeout(() => requestAnimationFrame(move), wait);
    }
  }

  function move() {
    clearTimeout(due);
    due = 0;
    moved = performance.now();
    for (const part of parts) {
      const before = part.rows.map((entry) => entry.rank);
      for (const entry of part.rows) {
        entry.rank = ranks.get(entry.id) ?? entry.rank;
      }
      arrange(part);
      part.rows.forEach((entry, index) => {
        write(entry.rankCell, entry.rank === 0 ? NO_RANK : speak.number(entry.rank));
        if (entry.rank < before[index] && entry.rank > 0) {
          mark(entry);
        }
      });
    }
  }

  function arrange({ body, rows }) {
    const wanted = [...rows].sort((a, b) => (byVotes ? a.rank - b.rank : 0) || a.place - b.place);
    if (wanted.every(({ row }, index) => row.previousElementSibling === (wanted[index - 1]?.row ?? null))) {
      return;
    }
    const from = still.matches || finding ? null : rows.map(({ row }) => row.offsetTop);
    const focused = document.activeElement;
    let next = body.firstElementChild;
    for (const { row } of wanted) {
      if (row === next) {
        next = next.nextElementSibling;
      } else {
        body.insertBefore(row, next);
      }
    }
    // A row that is moved takes the focus from what is in it.
    if (focused !== document.activeElement && body.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
    if (from !== null) {
      glide(rows, from);
    }
  }

  /** Rows that are out of sight do not move at all. */
  function glide(rows, from) {
    const to = rows.map(({ row }) => row.offsetTop);
    const top = rows[0].row.getBoundingClientRect().top - to[0];
    const inSight = (offset) => top + offset > -100 && top + offset < innerHeight + 100;
    rows.forEach(({ row }, index) => {
      const distance = from[index] - to[index];
      if (distance !== 0 && (inSight(from[index]) || inSight(to[index]))) {
        row.animate(
          [{ transform: `translateY(${distance}px)` }, { transform: "none" }],
          { duration: GLIDE_MS, easing: "cubic-bezier(0.2, 0, 0, 1)" });
      }
    });
  }

  function mark(entry) {
    clearTimeout(entry.marked);
    entry.row.classList.add("rose");
    entry.rankCell.title = rose.replace("{rank}", speak.number(entry.rank));
    entry.marked = setTimeout(() => {
      entry.row.classList.remove("rose");
      entry.rankCell.removeAttribute("title");
    }, MARK_MS);
  }

  return {
    show,
    /** Orders the rows by votes, or as they stand on the ballot. */
    order(votesFirst) {
      byVotes = votesFirst;
      parts.forEach(arrange);
    },
    /** Shows the rows that have all these words; says how many those are, or null where all are. */
    find(text) {
      const words = wordsOf(text);
      finding = words.length > 0;
      let shown = 0;
      for (const { table, rows } of parts) {
        let here = 0;
        for (const entry of rows) {
          entry.row.hidden = !words.every((word) => entry.text.includes(word));
          here += entry.row.hidden ? 0 : 1;
        }
        table.closest(".part").hidden = here === 0;
        shown += here;
      }
      return finding ? shown : null;
    },
    /** How many options there are, and parts. */
    options: byId.size,
    parts: parts.length,
    /** The title of an option, and of a part, by their ids. */
    titleOf: (id) => byId.get(id).title,
    /** The element with the title of an option. */
    titleElementOf: (id) => byId.get(id).row.querySelector(".title"),
    /** The count of an option as it was shown last. */
    countOf: (id) => byId.get(id).count,
    partOf: (id) => parts.find(({ table }) => table.dataset.part === id).table.caption.textContent,
  };
}
