// How the votes for one option grew: a sheet with a chart, the same in words and in a table, for the count that is pressed.

import { askAgainMs, drawing, halfway, writeRows } from "./plot.js";
import { fill } from "./words.js";

const POINTS = 100;
const BETWEEN_DRAWINGS_MS = 1000;

/**
 * @param {{url: string, opensAt: string, speak: object, words: object, titleOf: function, countOf: function}} options titleOf and countOf
 *   give the title and the count of the option of an id
 */
export function courses({ url, opensAt, speak, words, titleOf, countOf }) {
  const sheet = document.getElementById("course");
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
  let asOf = null;
  let askAt = -Infinity;
  let drawnAt = -Infinity;

  for (const each of document.querySelectorAll("button.value")) {
    const row = each.closest("tr");
    each.addEventListener("click", () => (option === row.dataset.option ? close() : open(each, row.dataset.option)));
  }
  document.getElementById("course-close").addEventListener("click", close);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && option !== null) {
      close();
    }
  });

  function open(pressed, id) {
    button?.setAttribute("aria-expanded", "false");
    button = pressed;
    option = id;
    history = null;
    pressed.setAttribute("aria-expanded", "true");
    title.textContent = `${id} ${titleOf(id)}`;
    text.textContent = words["course-asking"];
    numbers.hidden = true;
    place.hidden = true;
    sheet.hidden = false;
    sheet.focus({ preventScroll: true });
    ask();
  }

  function close() {
    const back = button;
    button = null;
    option = null;
    sheet.hidden = true;
    back.setAttribute("aria-expanded", "false");
    back.focus({ preventScroll: true });
  }

  async function ask() {
    const asked = option;
    askAt = performance.now() + askAgainMs(0);
    try {
      const answer = await fetch(`${url}?points=${POINTS}&option=${encodeURIComponent(asked)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) {
        throw new Error(`${url} answers ${answer.status}`);
      }
      const next = await answer.json();
      if (asked === option) {
        history = next;
        askAt = performance.now() + askAgainMs(next.stepSeconds);
        draw();
      }
    } catch {
      if (asked === option && history === null) {
        text.textContent = words["course-failed"];
      }
    }
  }

  /** The points whose votes are known, and the newest count as the last one. */
  function line() {
    const known = history.points
      .filter((point) => point.votes !== undefined)
      .map((point) => ({ at: Date.parse(point.at) / 1000, votes: point.votes }));
    if (known.length === 0) {
      return known;
    }
    const all = known.length === history.points.length;
    const start = all ? [{ at: Math.max(known[0].at - history.stepSeconds, Date.parse(opensAt) / 1000), votes: 0 }] : [];
    const now = asOf === null ? [] : [{ at: asOf, votes: countOf(option) }];
    return [...start, ...(asOf === null ? known : known.filter((point) => point.at < asOf)), ...now];
  }

  function draw() {
    drawnAt = performance.now();
    const points = line();
    numbers.hidden = points.length === 0;
    place.hidden = points.length === 0;
    if (points.length === 0) {
      text.textContent = words["course-none"];
      return;
    }
    plot.show([points.map((one) => one.at), points.map((one) => one.votes)]);
    writeRows(table, points, ["votes"], speak);
    const last = points[points.length - 1];
    const half = halfway(points, "votes");
    text.textContent = [
      fill(words["course-text"], { time: speak.clock(new Date(1000 * last.at)), votes: speak.number(last.votes) }),
      ...(half === undefined ? [] : [fill(words["growth-half"], { time: speak.clock(new Date(1000 * half)) })]),
    ].join(" ");
  }

  return {
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
