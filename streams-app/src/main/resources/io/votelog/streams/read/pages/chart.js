// The chart of turnout over time, and the same in words and in a table.

import { fill } from "./words.js";

const POINTS = 120;
const TABLE_ROWS = 12;
const BETWEEN_DRAWINGS_MS = 1000;
const SOONEST_ASK_MS = 15_000;
const LATEST_ASK_MS = 300_000;
const STEPS = [...Array(10).keys()].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));
const { uPlot } = globalThis;

/** @param {{url: string, speak: object, words: object, onServerTime: function}} options */
export function turnoutChart({ url, speak, words, onServerTime }) {
  const section = document.getElementById("growth");
  const place = document.getElementById("chart");
  const text = document.getElementById("growth-text");
  const table = document.getElementById("growth-rows");
  let history = null;
  let results = null;
  let plots = [];
  let drawnAt = -Infinity;
  let due = 0;
  let askAt = -Infinity;

  async function ask() {
    askAt = performance.now() + SOONEST_ASK_MS;
    try {
      const answer = await fetch(`${url}?points=${POINTS}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) {
        return;
      }
      onServerTime(answer.headers.get("Date"));
      history = await answer.json();
      askAt = performance.now()
        + Math.min(Math.max(1000 * history.stepSeconds, SOONEST_ASK_MS), LATEST_ASK_MS);
      section.hidden = history.points.length === 0;
      draw();
      showRows();
    } catch {
      // The next results ask again; what is drawn stays.
    }
  }

  /** The points that are known, and the newest results as the last one. */
  function points() {
    const known = history.points.map((point) => ({ ...point, at: Date.parse(point.at) / 1000 }));
    const start = { at: known[0].at - history.stepSeconds, received: 0, accepted: 0 };
    if (results?.asOf === undefined) {
      return [start, ...known];
    }
    const now = { at: Date.parse(results.asOf) / 1000, received: results.turnout.received, accepted: results.turnout.accepted };
    return [start, ...known.filter((point) => point.at < now.at), now];
  }

  function draw() {
    clearTimeout(due);
    due = 0;
    drawnAt = performance.now();
    if (history === null || history.points.length === 0) {
      return;
    }
    const line = points();
    const turnout = [line.map((one) => one.at), line.map((one) => one.received), line.map((one) => one.accepted)];
    const pace = [turnout[0], line.map((one, index) => paceAt(line, index))];
    if (plots.length === 0) {
      build(turnout, pace);
    } else {
      plots[0].setData(turnout);
      plots[1].setData(pace);
    }
    say(line);
  }

  function paceAt(line, index) {
    const from = line[index - 1];
    const to = line[index];
    // A step that has only begun says little.
    return from === undefined || to.at - from.at < history.stepSeconds / 2 ? null : (60 * (to.accepted - from.accepted)) / (to.at - from.at);
  }

  function build(turnout, pace) {
    const style = getComputedStyle(place);
    const colour = (token) => style.getPropertyValue(`--${token}`).trim();
    // The library reads whole pixels.
    const size = Math.round(Number.parseFloat(style.fontSize));
    const font = `${size}px ${style.fontFamily}`;
    const [large, small] = place.children;
    const axis = { font, stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
    const options = (box, series) => ({
      width: box.clientWidth,
      height: box.clientHeight,
      cursor: { show: false },
      legend: { show: false },
      padding: [size / 2, 2 * size, 0, 0],
      scales: { y: { range: (plot, least, most) => [0, Math.max(most ?? 0, 1) * 1.08] } },
      axes: [
        { ...axis, space: 6 * size, size: 3.2 * size, values: timeLabels },
        { ...axis, space: 2.5 * size, size: 4.2 * size, incrs: STEPS, values: (plot, splits) => splits.map(speak.compact) },
      ],
      series: [{}, ...series],
    });
    plots = [
      new uPlot(options(large, [
        { stroke: colour("line-strong"), width: 1.5, dash: [4, 4], points: { show: false } },
        { stroke: colour("accent"), fill: colour("accent-ground"), width: 2.5, points: { show: false } },
      ]), turnout, large),
      new uPlot(options(small, [
        { stroke: colour("good"), fill: colour("good-ground"), width: 1.5, points: { show: false },
          paths: uPlot.paths.stepped({ align: -1 }) },
      ]), pace, small),
    ];
  }

  function rebuild() {
    plots.forEach((plot) => plot.destroy());
    plots = [];
    draw();
  }

  function timeLabels(plot, splits, axis, space, step) {
    const whole = splits.map((split) => new Date(1000 * split));
    const days = whole.map(speak.day);
    return whole.map((date, index) => {
      if (step >= 86_400) {
        return days[index];
      }
      return days[0] !== days[days.length - 1] && days[index] !== days[index - 1]
        ? `${speak.minute(date)}\n${days[index]}` : speak.minute(date);
    });
  }

  function say(line) {
    const last = line[line.length - 1];
    const sentences = [fill(words["growth-text"], {
      time: speak.clock(new Date(1000 * last.at)), received: speak.number(last.received), accepted: speak.number(last.accepted),
    })];
    const half = [...line].reverse().find((one) => one.accepted <= last.accepted / 2);
    if (last.accepted > 0 && half !== undefined) {
      sentences.push(fill(words["growth-half"], { time: speak.clock(new Date(1000 * half.at)) }));
    }
    text.textContent = sentences.join(" ");
  }

  function showRows() {
    if (table === null || history.points.length === 0) {
      return;
    }
    const line = points();
    const every = Math.ceil(line.length / TABLE_ROWS);
    table.textContent = "";
    table.append(...line.filter((one, index) => (line.length - 1 - index) % every === 0).map((one) => {
      const row = document.createElement("tr");
      const time = document.createElement("th");
      time.scope = "row";
      time.textContent = speak.clock(new Date(1000 * one.at));
      row.append(time);
      for (const votes of [one.received, one.accepted]) {
        const cell = document.createElement("td");
        cell.className = "count";
        cell.textContent = speak.number(votes);
        row.append(cell);
      }
      return row;
    }));
  }

  new ResizeObserver(() => {
    plots.forEach((plot, index) => {
      const { clientWidth: width, clientHeight: height } = place.children[index];
      if (width > 0 && (plot.width !== width || plot.height !== height)) {
        plot.setSize({ width, height });
      }
    });
  }).observe(place);
  // Safari 13 has the older of the two.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener === undefined) {
    dark.addListener(rebuild);
  } else {
    dark.addEventListener("change", rebuild);
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
