// Lines over time as every chart of the page draws them, and the same points as rows of a table.

import { fill } from "./words.js";

const STEPS = [...Array(10).keys()].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));
const TABLE_ROWS = 12;
const { uPlot } = globalThis;

/**
 * A drawing that fills its box, in the colours of the page's scheme. It is drawn when it is given its first points.
 *
 * @param {Element} box where it is drawn, of a height of its own
 * @param {object} speak numbers and times in the reader's language
 * @param {function} series the lines, as the library has them, from a function that gives the colour of a token
 */
export function drawing(box, speak, series) {
  let plot = null;
  let points = null;

  function build() {
    const style = getComputedStyle(box);
    const colour = (token) => style.getPropertyValue(`--${token}`).trim();
    // The library reads whole pixels.
    const size = Math.round(Number.parseFloat(style.fontSize));
    const axis = {
      font: `${size}px ${style.fontFamily}`, stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false },
    };
    plot = new uPlot({
      width: box.clientWidth,
      height: box.clientHeight,
      cursor: { show: false },
      legend: { show: false },
      padding: [size / 2, 2 * size, 0, 0],
      scales: { y: { range: (self, least, most) => [0, Math.max(most ?? 0, 1) * 1.08] } },
      axes: [
        { ...axis, space: 6 * size, size: 3.2 * size, values: timeLabels },
        { ...axis, space: 2.5 * size, size: 4.2 * size, incrs: STEPS, values: (self, splits) => splits.map(speak.compact) },
      ],
      series: [{}, ...series(colour)],
    }, points, box);
  }

  function timeLabels(self, splits, axis, space, step) {
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

  function rebuild() {
    if (plot !== null) {
      plot.destroy();
      build();
    }
  }

  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = box;
    if (plot !== null && width > 0 && (plot.width !== width || plot.height !== height)) {
      plot.setSize({ width, height });
    }
  }).observe(box);
  // Safari 13 has the older of the two.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener === undefined) {
    dark.addListener(rebuild);
  } else {
    dark.addEventListener("change", rebuild);
  }

  return {
    /** Draws these columns: times in seconds since 1970, then the points of each line. */
    show(columns) {
      points = columns;
      if (plot === null) {
        build();
      } else {
        plot.setData(columns);
      }
    },
  };
}

/** Writes some of the points into a table, the last one among them: the time, then the numbers of each of these columns. */
export function writeRows(table, line, columns, speak) {
  const every = Math.ceil(line.length / TABLE_ROWS);
  table.textContent = "";
  table.append(...line.filter((one, index) => (line.length - 1 - index) % every === 0).map((one) => {
    const row = document.createElement("tr");
    const time = document.createElement("th");
    time.scope = "row";
    time.textContent = speak.clock(new Date(1000 * one.at));
    row.append(time);
    for (const column of columns) {
      const cell = document.createElement("td");
      cell.className = "count";
      cell.textContent = speak.number(one[column]);
      row.append(cell);
    }
    return row;
  }));
}

/** These points up to now, which is the last one. What was running when it was told is left out; now tells of it. */
export function upTo(points, now) {
  return [...points.filter((point) => !point.running && point.at < now.at), now];
}

/** The sentence that says when half of it had come, in a list: none where no point tells. */
export function halfSentence(line, column, words, speak) {
  const half = halfway(line, column);
  return half === undefined ? [] : [fill(words["growth-half"], { time: speak.clock(new Date(1000 * half)) })];
}

/** When it had half of what it has at the end of the line; undefined where no point between tells. */
function halfway(line, column) {
  const last = line[line.length - 1][column];
  if (last === 0) {
    return undefined;
  }
  const half = [...line].reverse().find((one) => one[column] <= last / 2);
  return half === line[0] ? undefined : half?.at;
}

/**
 * The points of an answer with their times in seconds since 1970. The last one is marked where its step was running as it was told: more
 * may have been counted by its end.
 *
 * @param asOf the time up to which is counted, in seconds since 1970; null where that is not known
 */
export function settled(points, asOf) {
  return points.map((point, index) => {
    const at = Date.parse(point.at) / 1000;
    return { ...point, at, running: index === points.length - 1 && asOf !== null && at > asOf };
  });
}

/** How long to wait before the points are asked for again, for steps of this length. */
export function askAgainMs(stepSeconds) {
  return Math.min(Math.max(1000 * stepSeconds, 15_000), 300_000);
}
