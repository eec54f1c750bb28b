// Keeps the page up with the results of its ballot.

import { courses } from "./course.js";
import { fill, showTimes, speech } from "./words.js";
import { follow } from "./feed.js";
import { lead } from "./lead.js";
import { tables } from "./tables.js";
import { turnoutChart } from "./chart.js";

const RATE_WINDOW_MS = 60_000;
const RATE_FROM_MS = 5000;
const SMALLEST_ON_WALL_VH = 1.2;
const LARGEST_ON_WALL_VH = 4;
const BETWEEN_LEADS_MS = 1000;
const LIVE_MS = 5000;
const BETWEEN_ANNOUNCEMENTS_MS = 30_000;
const NOTHING = "–";

const page = JSON.parse(document.getElementById("results").dataset.page);
const speak = speech(page.language);
const url = `/v1/ballots/${page.ballotId}/results`;
const counts = tables(speak, page.words.rose);
const byId = (id) => document.getElementById(id);
const chart = byId("growth") === null
  ? null
  : turnoutChart({ url: `/v1/ballots/${page.ballotId}/turnout`, speak, words: page.words, onServerTime });
const course = byId("course") === null
  ? null
  : courses({
      url: `/v1/ballots/${page.ballotId}/turnout`,
      opensAt: page.opensAt,
      newest: document.querySelector("#counted-at time").dateTime,
      speak,
      words: page.words,
      titleOf: counts.titleElementOf,
      countOf: counts.countOf,
      announce,
    });
const countedAt = document.querySelector("#counted-at time");
const figures = new Map([...document.querySelectorAll("[data-figure]")].map((cell) => [cell.dataset.figure, cell]));
const refusals = [...document.querySelectorAll("tr[data-reason]")];

let results = null;
let drawn = null;
let link = "static";
let frame = 0;
let readerAheadMs = 0;
let samples = [];
let announcedAt = performance.now();
let announcedVotes = null;
let leadDue = 0;
let leadAt = -Infinity;

showTimes(speak);
keepOrder();
offerSearch();
offerShare();
fitToWall();

follow({
  url,
  statuses: page.statuses,
  shown: { status: page.status, version: page.version, revision: page.revision, late: page.late },
  onDocument(next) {
    results = next;
    sample(next);
    soon();
  },
  onAnew() {
    samples = [];
    announcedVotes = null;
    chart?.anew();
    course?.anew();
    byId("anew").hidden = false;
    announce(byId("anew").textContent);
  },
  onLink(next) {
    if (next === "lost") {
      announce(fill(page.words["connection-lost"], { time: counted() }));
    } else if (link === "lost") {
      announce(page.words["connection-back"]);
    }
    link = next;
    soon();
  },
  onServerTime,
});
setInterval(soon, 1000);

/** The reader's clock may be wrong: what is "ago" is told by the server's. */
function onServerTime(date) {
  const server = Date.parse(date ?? "");
  if (!Number.isNaN(server)) {
    readerAheadMs = Date.now() - server;
  }
}

function serverNow() {
  return Date.now() - readerAheadMs;
}

function soon() {
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }
}

function draw() {
  if (results !== null && results !== drawn) {
    showStatus();
    showFigures();
    counts.show(results);
    showLead();
    chart?.show(results);
    course?.show(results);
    drawn = results;
  }
  showFreshness();
  figure("rate", rate());
  showTimeLeft();
  if (results !== null && link === "live" && performance.now() - announcedAt > BETWEEN_ANNOUNCEMENTS_MS
      && results.turnout.accepted !== announcedVotes && anyVotes()) {
    announcedVotes = results.turnout.accepted;
    announce(fill(page.words["votes-counted"], {
      counting: speak.number(counting(results.turnout)), time: speak.minute(new Date(results.asOf)),
    }));
  }
}

function showStatus() {
  const before = (drawn ?? page).status;
  for (const phase of document.querySelectorAll(".phase")) {
    phase.hidden = phase.dataset.status !== results.status;
    if (!phase.hidden && before !== results.status) {
      announce(phase.textContent);
    }
  }
  const still = byId("still");
  if (still.hidden && !goesOn()) {
    announce(still.textContent);
  }
  still.hidden = goesOn();
  const vote = byId("vote");
  if (vote !== null) {
    vote.hidden = results.status !== "open";
  }
  const counted = areCounted();
  byId("hidden-notice").hidden = counted;
  byId("lead").hidden = !counted;
  byId("share-note").hidden = !counted;
  if (byId("order") !== null) {
    byId("order").hidden = !counted;
  }
}

function showFigures() {
  const { turnout } = results;
  const n = speak.number(counting(turnout));
  write(byId("share-note"), fill(page.words[counts.parts > 1 ? "share-note" : "share-note-single"], { n }));
  if (figures.size === 0) {
    return;
  }
  figure("counting", n);
  for (const name of ["received", "retried", "rejected", "late", "annulled"]) {
    figure(name, speak.number(turnout[name]));
  }
  figures.get("rate").parentElement.hidden = results.status !== "open";
  figures.get("late").parentElement.hidden = turnout.late === 0;
  figures.get("annulled").parentElement.hidden = turnout.annulled === 0;
  showAnnulled(turnout.annulled);
  for (const row of refusals) {
    const votes = turnout.rejectedByReason[row.dataset.reason] ?? 0;
    row.hidden = votes === 0;
    write(row.cells[1], speak.number(votes));
  }
  if (refusals.length > 0) {
    byId("none-refused").hidden = turnout.rejected > 0;
    byId("refusal-table").hidden = turnout.rejected === 0;
  }
}

function figure(name, text) {
  const cell = figures.get(name);
  if (cell !== undefined) {
    write(cell, text);
  }
}

/** How many votes count: those accepted that were not annulled since. */
function counting(turnout) {
  return turnout.accepted - turnout.annulled;
}

function areCounted() {
  return results.sections[0].options[0].votes !== undefined;
}

/** Who leads, at most once a second: nobody reads faster. */
function showLead() {
  if (!areCounted() || leadDue !== 0) {
    return;
  }
  leadDue = setTimeout(() => {
    leadDue = 0;
    leadAt = performance.now();
    const sentences = lead(results, { words: page.words, speak, titleOf: counts.titleOf, partOf: counts.partOf });
    const place = byId("lead");
    while (place.children.length > sentences.length) {
      place.lastElementChild.remove();
    }
    sentences.forEach((sentence, index) => {
      write(place.children[index] ?? place.appendChild(document.createElement("p")), sentence);
    });
  }, Math.max(0, leadAt + BETWEEN_LEADS_MS - performance.now()));
}

/** How long votes are taken yet, by the server's clock. */
function showTimeLeft() {
  const place = byId("left");
  const minutes = (Date.parse(page.closesAt) - serverNow()) / 60_000;
  place.hidden = (results ?? page).status !== "open" || minutes <= 0;
  if (place.hidden) {
    return;
  }
  const [key, n] = minutes >= 2 * 1440 ? ["left-days", minutes / 1440]
    : minutes >= 120 ? ["left-hours", minutes / 60]
    : minutes >= 1 ? ["left-minutes", minutes] : ["left-last", 0];
  write(place, fill(page.words[key], { n: speak.number(Math.floor(n)) }));
}

/** A count that goes down is explained as it does. */
function showAnnulled(votes) {
  const note = byId("annulled-note");
  note.hidden = votes === 0;
  write(note, fill(page.words["annulled-note"], { n: speak.number(votes) }));
  if (results.revision > (drawn ?? page).revision) {
    announce(note.textContent);
  }
}

function showFreshness() {
  const line = byId("as-of");
  const freshness = byId("freshness");
  line.dataset.link = link;
  byId("lost").hidden = link !== "lost";
  freshness.hidden = link !== "live" || !goesOn();
  if (anyVotes()) {
    byId("nothing-counted").hidden = true;
    byId("counted-at").hidden = false;
    countedAt.dateTime = results.asOf;
    write(countedAt, counted());
  }
  if (link === "live") {
    const ageMs = anyVotes() ? serverNow() - Date.parse(results.asOf) : 0;
    write(freshness, ageMs < LIVE_MS || results.status === "closed"
      ? page.words.live
      : fill(page.words["last-vote"], { ago: speak.ago(ageMs / 1000) }));
  }
}

/** Whether counting goes on, as the newest document says. */
function goesOn() {
  return (results ?? page).live !== false;
}

/** The time of results without votes is that of the ballot's own records. */
function anyVotes() {
  return results?.asOf !== undefined && results.turnout.received > 0;
}

/** When the newest vote was counted that is shown. */
function counted() {
  const time = anyVotes() ? results.asOf : countedAt.dateTime;
  return time === "" ? NOTHING : speak.clock(new Date(time));
}

function sample(next) {
  if (next.asOf === undefined) {
    return;
  }
  const at = Date.parse(next.asOf);
  const last = samples[samples.length - 1];
  if (last === undefined || at > last.at) {
    samples.push({ at, accepted: next.turnout.accepted, seen: performance.now() });
  } else {
    last.accepted = next.turnout.accepted;
  }
  while (samples.length > 2 && samples[1].at <= at - RATE_WINDOW_MS) {
    samples.shift();
  }
}

/** Votes a minute by the brokers' clock, up to the newest vote and on from there. */
function rate() {
  const last = samples[samples.length - 1];
  if (link !== "live" || !goesOn() || last === undefined) {
    return NOTHING;
  }
  const end = last.at + performance.now() - last.seen;
  const first = [...samples].reverse().find((one) => one.at <= end - RATE_WINDOW_MS) ?? samples[0];
  return end - first.at < RATE_FROM_MS
    ? NOTHING
    : speak.rate(Math.max(0, (60_000 * (last.accepted - first.accepted)) / (end - first.at)));
}

function announce(text) {
  announcedAt = performance.now();
  byId("announcement").textContent = text;
}

function write(cell, text) {
  if (cell.textContent !== text) {
    cell.textContent = text;
  }
}

/** Shows the rows alone that have all words of the search. */
function offerSearch() {
  const search = byId("search");
  if (search === null) {
    return;
  }
  const find = () => {
    const shown = counts.find(search.value);
    write(byId("found"), shown === null ? "" : fill(page.words.found, { n: speak.number(shown), all: speak.number(counts.options) }));
  };
  search.addEventListener("input", find);
  // On a slow line a reader may type before this program is there.
  if (search.value !== "") {
    find();
  }
}

/** By what the device shares with, or by the address, to be pasted. */
function offerShare() {
  const share = byId("share");
  if (share === null) {
    return;
  }
  if (navigator.share === undefined && navigator.clipboard === undefined) {
    share.hidden = true;
    return;
  }
  const words = share.textContent;
  const url = location.href.split("#")[0];
  share.addEventListener("click", async () => {
    try {
      if (navigator.share !== undefined) {
        await navigator.share({ title: document.title, url });
      } else {
        await navigator.clipboard.writeText(url);
        write(share, share.dataset.copied);
        setTimeout(() => write(share, words), 3000);
      }
    } catch {
      // The reader has thought better of it.
    }
  });
}

/** On a wall everything is seen at once, in the largest letters with which it is. */
function fitToWall() {
  if (!document.body.classList.contains("wall")) {
    return;
  }
  const root = document.documentElement;
  const fits = (size) => {
    document.body.style.setProperty("--size", `${size}vh`);
    return root.scrollHeight <= root.clientHeight && root.scrollWidth <= root.clientWidth;
  };
  const fit = () => {
    let low = SMALLEST_ON_WALL_VH;
    let high = LARGEST_ON_WALL_VH;
    while (high - low > 0.05) {
      const middle = (low + high) / 2;
      if (fits(middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    fits(low);
  };
  fit();
  addEventListener("resize", fit);
  document.fonts?.ready.then(fit);
  new MutationObserver(fit).observe(byId("growth"), { attributes: true, attributeFilter: ["hidden"] });
}

/** The reader's choice of order is kept for the next visit, where the browser keeps anything. */
function keepOrder() {
  const choice = byId("order");
  if (choice === null) {
    return;
  }
  choice.hidden = document.querySelector("table.uncounted") !== null;
  const [votes, ballot] = choice.querySelectorAll("input");
  try {
    ballot.checked = ballot.checked || localStorage.getItem("votelog.order") === "ballot";
  } catch {
    // The order is the page's, or what the reader has chosen already.
  }
  votes.checked = !ballot.checked;
  counts.order(votes.checked);
  choice.addEventListener("change", () => {
    counts.order(votes.checked);
    try {
      localStorage.setItem("votelog.order", votes.checked ? "votes" : "ballot");
    } catch {
      // The choice holds for this visit.
    }
  });
}
