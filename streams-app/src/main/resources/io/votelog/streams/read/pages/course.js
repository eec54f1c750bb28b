// How the votes for one option grew: a sheet with a chart, the same in words and in a table, for the count that is pressed.

import { askAgainMs, drawing, halfSentence, settled, upTo, writeRows } from "./plot.js";
import { timeLimit } from "./time-limit.js";
import { fill } from "./words.js";

const POINTS = 100;
const BETWEEN_DRAWINGS_MS = 1000;
const ANSWER_MS = 8_000;

/**
 * @param {{url: string, opensAt: string, newest: string, speak: object, words: object, titleOf: function, countOf: function, announce: function}}
 *   options newest is the time of the newest vote that the page came with, titleOf and countOf give the title's element and the count of the
 *   option of an id
 */
export function courses({ url, opensAt, newest, speak, words, titleOf, countOf, announce }) {
  const page = document.getElementById("results");
  const sheet = document.getElementById("course");
  const number = document.getElementById("course-number");
  const title = document.getElementById("course-title");
  const text = document.getElementById("course-text");
  const table = document.getElementById("course-rows");
  const numbers = document.getElementById("course-numbers");
  const place = document.getElementById("course-plot");
  const plot = drawing(place, speak, (colour) => [
    { stroke: colour("accent"), fill: colour("accent-ground"), width: 2.5, points: { show: false } },
  ]);
  let button = null;
  let option = null;
  let history = null;
  let asOf = newest === "" ? null : Date.parse(newest) / 1000;
  let askAt = -Infinity;
  let drawnAt = -Infinity;

  for (const each of document.querySelectorAll("button.value")) {
    const row = each.closest("tr");
    each.addEventListener("click", () => (option === row.dataset.option ? close() : open(each, row.dataset.option)));
  }
  document.getElementById("course-close").addEventListener("click", close);
  addEventListener("keydown", (event) => {
    // In a field, and while letters are put together, it means something else.
    if (event.key === "Escape" && option !== null && !event.defaultPrevented && !event.isComposing && event.target.closest("input") === null) {
      close();
    }
  });

  function open(pressed, id) {
    button?.setAttribute("aria-expanded", "false");
    button = pressed;
    option = id;
    pressed.setAttribute("aria-expanded", "true");
    number.textContent = id;
    title.textContent = titleOf(id).textContent;
    title.lang = titleOf(id).lang;
    begin();
    sheet.hidden = false;
    // What is behind the sheet can be scrolled out from under it.
    page.style.paddingBottom = `${sheet.offsetHeight}px`;
    sheet.focus({ preventScroll: true });
  }

  function begin() {
    history = null;
    text.textContent = words["course-asking"];
    numbers.hidden = true;
    place.hidden = true;
    ask();
  }

  function close() {
    const back = button;
    button = null;
    option = null;
    sheet.hidden = true;
    page.style.paddingBottom = "";
    back.setAttribute("aria-expanded", "false");
    back.focus({ preventScroll: true });
    if (document.activeElement !== back) {
      // The row is not among those that were found.
      document.getElementById("search")?.focus({ preventScroll: true });
    }
  }

  async function ask() {
    const asked = option;
    askAt = performance.now() + askAgainMs(0);
    try {
      const answer = await fetch(`${url}?points=${POINTS}&option=${encodeURIComponent(asked)}`, {
        headers: { Accept: "application/json" },
        signal: timeLimit(ANSWER_MS),
      });
      if (!answer.ok) {
        throw new Error(`${url} answers ${answer.status}`);
      }
      const next = await answer.json();
      if (asked === option) {
        const first = history === null;
        history = { ...next, points: settled(next.points, asOf) };
        askAt = performance.now() + askAgainMs(next.points.length === 0 ? 0 : next.stepSeconds);
        const points = draw();
        if (points.length > 0) {
          writeRows(table, points, ["votes"], speak);
        }
        if (first) {
          announce(text.textContent);
        }
      }
    } catch {
      if (asked === option && history === null) {
        text.textContent = words["course-failed"];
        announce(text.textContent);
      }
    }
  }

  /** The points whose votes are known, and the newest count as the last one. */
  function line() {
    const opens = Date.parse(opensAt) / 1000;
    const known = history.points.filter((point) => point.votes !== undefined && point.at > opens);
    if (known.length === 0) {
      return known;
    }
    const all = history.points.every((point) => point.votes !== undefined);
    const start = all ? [{ at: Math.max(known[0].at - history.stepSeconds, opens), votes: 0 }] : [];
    if (asOf === null) {
      return [...start, ...known];
    }
    return [...start, ...upTo(known, { at: asOf, votes: countOf(option) })];
  }

  function draw() {
    drawnAt = performance.now();
    const points = line();
    numbers.hidden = points.length === 0;
    place.hidden = points.length === 0;
    if (points.length === 0) {
      text.textContent = words["course-none"];
      return points;
    }
    plot.show([points.map((one) => one.at), points.map((one) => one.votes)]);
    const last = points[points.length - 1];
    text.textContent = [
      fill(words["course-text"], { time: speak.clock(new Date(1000 * last.at)), votes: speak.number(last.votes) }),
      ...halfSentence(points, "votes", words, speak),
    ].join(" ");
    return points;
  }

  return {
    /** Forgets what was asked for: the log began anew. */
    anew() {
      asOf = null;
      if (option !== null) {
        begin();
      }
    },
    /** Takes in that newer results are shown. */
    show(results) {
      asOf = results.turnout.received > 0 && results.asOf !== undefined ? Date.parse(results.asOf) / 1000 : null;
      const now = performance.now();
      if (option !== null && now > askAt) {
        ask();
      } else if (option !== null && history !== null && now > drawnAt + BETWEEN_DRAWINGS_MS) {
        draw();
      }
    },
  };
}
