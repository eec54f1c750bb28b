// The chart of turnout over time, and the same in words and in a table.

import { askAgainMs, drawing, halfSentence, settled, upTo, writeRows } from "./plot.js";
import { fill } from "./words.js";

const POINTS = 120;
const BETWEEN_DRAWINGS_MS = 1000;
const { uPlot } = globalThis;

/** @param {{url: string, speak: object, words: object, onServerTime: function}} options */
export function turnoutChart({ url, speak, words, onServerTime }) {
  const section = document.getElementById("growth");
  const [large, small] = document.getElementById("chart").children;
  const text = document.getElementById("growth-text");
  const table = document.getElementById("growth-rows");
  const turnout = drawing(large, speak, (colour) => [
    { stroke: colour("line-strong"), width: 1.5, dash: [4, 4], points: { show: false } },
    { stroke: colour("accent"), fill: colour("accent-ground"), width: 2.5, points: { show: false } },
  ]);
  const pace = drawing(small, speak, (colour) => [
    { stroke: colour("good"), fill: colour("good-ground"), width: 1.5, points: { show: false },
      paths: uPlot.paths.stepped({ align: -1 }) },
  ]);
  let history = null;
  let results = null;
  let drawnAt = -Infinity;
  let due = 0;
  let askAt = -Infinity;

  async function ask() {
    askAt = performance.now() + askAgainMs(0);
    try {
      const answer = await fetch(`${url}?points=${POINTS}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) {
        return;
      }
      onServerTime(answer.headers.get("Date"));
      const next = await answer.json();
      history = { ...next, points: settled(next.points, asOf()) };
      askAt = performance.now() + askAgainMs(history.stepSeconds);
      section.hidden = history.points.length === 0;
      draw();
      if (table !== null && history.points.length > 0) {
        writeRows(table, points(), ["received", "accepted"], speak);
      }
    } catch {
      // The next results ask again; what is drawn stays.
    }
  }

  /** The points that are known, and the newest results as the last one. */
  function points() {
    const known = history.points;
    const start = { at: known[0].at - history.stepSeconds, received: 0, accepted: 0 };
    if (asOf() === null) {
      return [start, ...known];
    }
    const now = { at: asOf(), received: results.turnout.received, accepted: results.turnout.accepted };
    return [start, ...upTo(known, now)];
  }

  /** The time of the newest vote of the newest results, in seconds since 1970; null before there are any. */
  function asOf() {
    return results?.asOf === undefined ? null : Date.parse(results.asOf) / 1000;
  }

  function draw() {
    clearTimeout(due);
    due = 0;
    drawnAt = performance.now();
    if (history === null || history.points.length === 0) {
      return;
    }
    const line = points();
    const times = line.map((one) => one.at);
    turnout.show([times, line.map((one) => one.received), line.map((one) => one.accepted)]);
    pace.show([times, line.map((one, index) => paceAt(line, index))]);
    say(line);
  }

  function paceAt(line, index) {
    const from = line[index - 1];
    const to = line[index];
    // A step that has only begun says little.
    return from === undefined || to.at - from.at < history.stepSeconds / 2 ? null : (60 * (to.accepted - from.accepted)) / (to.at - from.at);
  }

  function say(line) {
    const last = line[line.length - 1];
    text.textContent = [
      fill(words["growth-text"], {
        time: speak.clock(new Date(1000 * last.at)), received: speak.number(last.received), accepted: speak.number(last.accepted),
      }),
      ...halfSentence(line, "accepted", words, speak),
    ].join(" ");
  }

  ask();

  return {
    /** Forgets what was drawn: the next results are of a log that began anew. */
    anew() {
      history = null;
      askAt = -Infinity;
    },
    /** Takes the newest results in. */
    show(next) {
      const ended = next.status === "final" && results?.status !== "final";
      results = next;
      if (performance.now() > askAt || ended) {
        ask();
      }
      if (due === 0) {
        due = setTimeout(() => requestAnimationFrame(draw), Math.max(0, drawnAt + BETWEEN_DRAWINGS_MS - performance.now()));
      }
    },
  };
}
