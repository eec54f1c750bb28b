/**
 * Makes the ballot page live: picks, search, the bar that says what is missing, and the way of a vote from the dialog to its
 * verdict. The page is complete without it, but cannot vote.
 */
import { faults, rulesOf } from "./rules.js";
import { earlierVote, newVoteId, send, verdict } from "./sending.js";
import { forLong, forTheTab } from "./store.js";
import { moment } from "./times.js";
import { voterOf } from "./voter.js";
import { element, speaker } from "./words.js";

const FAULTS_SAID = 2;
const SEARCH_SETTLES_MS = 150;
const STAGE_CHECK_MS = 5 * 60_000;

const at = (id) => document.getElementById(id);
const main = at("ballot");
const form = at("choose");
const ballot = main.dataset.ballot;
const say = speaker(main);
const rules = rulesOf(form);
const boxes = rules.parts.flatMap((part) => part.boxes);
const voter = voterOf(main);

/** What is kept for this ballot. A vote under way is its voter's own, should several use this browser. */
const kept = {
  picks: `votelog:${ballot}:picks`,
  seed: `votelog:${ballot}:seed`,
  afterSignIn: `votelog:${ballot}:confirm`,
  get underWay() {
    return `votelog:${ballot}:vote:${voter.id}`;
  },
};

/** scheduled, open and so on, as the gateway says. */
let stage = main.dataset.stage;
/** choosing, busy (a vote is under way) or done. */
let mode = "choosing";

/** Whether it makes sense to pick. */
const votable = () => stage === "open" || stage === "scheduled";

// Picks ---------------------------------------------------------------------------------------------------------------

const picked = () => boxes.filter((box) => box.checked);
const titleOf = (box) => at(`title-${box.value}`).textContent;

function counts() {
  return new Map(rules.parts.map((part) => [part.id, part.boxes.filter((box) => box.checked).length]));
}

function setPicks(ids) {
  const wanted = new Set(ids);
  boxes.forEach((box) => (box.checked = wanted.has(box.value)));
}

/** In an order that is this browser's own, and the same at each visit. */
function shuffle() {
  let seed = forLong.get(kept.seed);
  if (!Number.isInteger(seed)) {
    [seed] = crypto.getRandomValues(new Uint32Array(1));
    forLong.set(kept.seed, seed);
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

// The bar -------------------------------------------------------------------------------------------------------------

function sentence(fault) {
  return say(fault.code, { n: fault.n, max: fault.max, section: fault.part?.title });
}

/** What keeps the vote from being sent, in at most two sentences and a count of the rest. */
function missing(found) {
  const said = found.slice(0, FAULTS_SAID).map(sentence);
  if (found.length > FAULTS_SAID) {
    said.push(say("andMore", { n: found.length - FAULTS_SAID }));
  }
  return said.join(" ");
}

function setText(target, text) {
  // A live region is read out when it is written to, even with what it says already.
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

function refresh() {
  const byPart = counts();
  const total = picked().length;
  const found = faults(rules, byPart);
  const sendable = found.length === 0 && stage === "open";
  for (const count of document.querySelectorAll("[data-count]")) {
    count.textContent = byPart.get(count.dataset.count);
  }
  const bounded = rules.max < rules.options;
  setText(at("count"), say(bounded ? "pickedOf" : "picked", { n: total, max: rules.max }));
  const toOpen = stage === "scheduled" ? say("notOpen", { when: moment(at("opens").dateTime) }) : say("ready");
  setText(at("missing"), found.length > 0 ? missing(found) : toOpen);
  const progress = at("progress");
  progress.max = Math.max(1, bounded ? rules.max : rules.min);
  progress.value = Math.min(total, progress.max);
  const bar = at("bar");
  bar.hidden = mode !== "choosing" || !votable() || voter.kind === "none";
  bar.classList.toggle("ready", found.length === 0);
  bar.classList.toggle("over", found.some((fault) => fault.code.endsWith("Many")));
  const button = at("send");
  button.setAttribute("aria-disabled", String(!sendable));
  if (voter.kind === "provider" && voter.id === null) {
    button.textContent = say("signInToSend");
  }
  filter();
}

// Search --------------------------------------------------------------------------------------------------------------

const normal = (text) => text.normalize("NFKC").toLowerCase();
const searched = new Map(boxes.map((box) => [box, normal(box.closest("li").textContent)]));

function filter() {
  const words = normal(at("search").value).split(/\s+/).filter(Boolean);
  const onlyPicked = at("only-picked").checked;
  let shown = 0;
  for (const part of rules.parts) {
    let shownHere = 0;
    for (const box of part.boxes) {
      const text = searched.get(box);
      const fits = words.every((word) => text.includes(word)) && (!onlyPicked || box.checked);
      // A card that has just been unpicked stays until the focus leaves it.
      box.closest("li").hidden = !fits && box !== document.activeElement;
      shownHere += fits ? 1 : 0;
    }
    form.querySelector(`[data-part="${part.id}"] .nothing`).hidden = shownHere > 0;
    shown += shownHere;
  }
  const filtered = words.length > 0 || onlyPicked;
  setText(at("found"), filtered ? say("found", { n: shown, all: boxes.length }) : "");
}

function showAll() {
  at("search").value = "";
  at("only-picked").checked = false;
  filter();
}

// What became of the vote ----------------------------------------------------------------------------------------------

/** Says how things stand above the choices. */
function tell(key, { kind = "", text = say(`${key}.text`), more = [], focus = false } = {}) {
  const outcome = at("outcome");
  outcome.className = `outcome notice ${kind}`;
  outcome.dataset.outcome = key;
  outcome.hidden = false;
  setText(at("outcome-title"), say(`${key}.title`));
  setText(at("outcome-text"), text);
  at("outcome-more").replaceChildren(...more);
  if (focus) {
    outcome.focus();
  }
}

/** Says that it waits, for how long yet, and offers not to; resolves when that is taken up. */
function tellPause(key, text, seconds) {
  const left = element("p", { className: "figures", textContent: say("next", { n: seconds }) });
  const end = Date.now() + seconds * 1000;
  const counting = setInterval(() => {
    const s = Math.ceil((end - Date.now()) / 1000);
    if (s < 0 || !left.isConnected) {
      clearInterval(counting);
    } else {
      left.textContent = s > 0 ? say("next", { n: s }) : "";
    }
  }, 1000);
  const button = element("button", { type: "button", className: "button second", textContent: say("tryNow") });
  tell(key, { kind: "warning", text, more: [left, button] });
  return new Promise((resolve) => button.addEventListener("click", resolve, { once: true }));
}

function link(address, text) {
  return element("a", { href: address, textContent: text });
}

function receiptBox(receipt, location) {
  const text = element("code", { className: "receipt", id: "receipt", textContent: receipt });
  const copied = element("span", { className: "quiet" });
  copied.setAttribute("role", "status");
  const copy = element("button", { type: "button", className: "button second", textContent: say("copy") });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(receipt);
      copied.textContent = say("copied");
    } catch {
      // Where the clipboard is not allowed, the receipt is marked for the voter to copy.
      getSelection().selectAllChildren(text);
    }
  });
  const address = location ?? `${main.dataset.readSide}/v1/ballots/${ballot}/receipts/${receipt}`;
  return [
    element("h3", { textContent: say("receipt") }),
    element("p", { className: "receipt-line" }, text, copy, copied),
    element("p", { className: "quiet", textContent: say("receiptHint") }),
    element("p", { className: "links" }, link(address, say("verdictLink")), link(main.dataset.results, say("resultsLink"))),
  ];
}

function setMode(next) {
  mode = next;
  form.querySelectorAll("fieldset").forEach((part) => (part.disabled = mode !== "choosing" || !votable()));
  refresh();
}

function done() {
  at("confirm").close("back");
  forLong.remove(kept.picks);
  setPicks([]);
  setMode("done");
}

/**
 * Sends the vote that is kept as under way, as often as it takes, and tells what becomes of it. It is kept before it is sent for
 * the first time, so that a page that is left or reloaded in the middle goes on with the same vote.
 */
async function goOn({ resumed = false } = {}) {
  setMode("busy");
  // Whose vote it is stays the same when the sign-in expires meanwhile.
  const key = kept.underWay;
  let vote = forLong.get(key);
  if (vote.location === undefined) {
    tell(resumed ? "resumed" : "sending", { focus: true });
    const answer = await send(ballot, vote, voter, (kind, seconds) => tellPause(kind, say(`${kind}.text`), seconds));
    if (answer.kind === "signIn") {
      if (!resumed && !answer.tried) {
        // Nothing of it has arrived anywhere, so the voter is free to change it.
        forLong.remove(key);
        setMode("choosing");
      }
      signInAgain();
      return;
    }
    if (answer.kind === "refused") {
      forLong.remove(key);
      await refused(answer.problem);
      return;
    }
    vote = { location: answer.location, receipt: answer.receipt };
    forLong.set(key, vote);
    forLong.remove(kept.picks);
  }
  const box = receiptBox(vote.receipt, vote.location);
  tell("recorded", { more: box, focus: true });
  const document = await verdict(vote.location, (kind, seconds) => {
    setText(at("outcome-text"), say("verdictAway"));
  });
  forLong.remove(key);
  decided(document, box);
}

function decided(document, box) {
  if (document?.annulled) {
    done();
    tell("annulled", { kind: "bad", text: annulment(document.annulled), more: box });
    return;
  }
  switch (document?.status) {
    case "accepted":
      done();
      tell("accepted", { kind: "good", text: say("accepted.text", { when: moment(document.acceptedAt) }), more: box });
      break;
    case "retried":
      done();
      tell("retried", { kind: "good", text: say("retried.text", { when: moment(document.acceptedAt) }), more: box });
      break;
    case "rejected":
      if (document.reason === "ALREADY_VOTED" || document.reason === "VOTE_ID_REUSED") {
        done();
      } else {
        setMode("choosing");
      }
      tell("rejected", { kind: "bad", text: reason(document.reason, document.detail), more: box });
      break;
    default:
      done();
      tell("recorded", { kind: "warning", text: say("verdictUnknown"), more: box });
  }
}

function annulment({ at: time, reason: why }) {
  return say("annulled.text", { when: moment(time), why });
}

function reason(code, detail) {
  const key = `reason.${code}`;
  return say.knows(key) ? say(key) : (detail ?? code);
}

/** The gateway says that the vote is not recorded. */
async function refused(problem) {
  if (problem.code === "closed") {
    stage = "closed";
    setMode("done");
    await earlierAttempt(problem.receipt);
    return;
  }
  if (problem.code === "not-open") {
    stage = "scheduled";
    watchStage();
  }
  setMode("choosing");
  const key = say.knows(`problem.${problem.code}`) ? `problem.${problem.code}` : "problem.other";
  const when = problem.opensAt ? moment(problem.opensAt) : moment(at("opens").dateTime);
  const text = say(key, { code: problem.code || problem.status, when });
  const broken = (problem.violations ?? []).map((violation) =>
    element("li", { textContent: reason(violation.code, violation.detail) }),
  );
  tell("refused", { kind: "bad", text, more: broken.length > 0 ? [element("ul", {}, ...broken)] : [], focus: true });
}

/** The vote came too late, but an earlier try with the same id may have been in time. */
async function earlierAttempt(receipt) {
  tell("refused", { kind: "bad", text: say("problem.closed"), more: receipt ? receiptBox(receipt) : [], focus: true });
  if (receipt) {
    const address = `${main.dataset.readSide}/v1/ballots/${ballot}/receipts/${receipt}`;
    const document = await verdict(address, () => undefined);
    if (document?.annulled) {
      tell("annulled", { kind: "bad", text: annulment(document.annulled), more: receiptBox(receipt) });
    } else if (document?.acceptedAt) {
      const text = say("earlierCounts", { when: moment(document.acceptedAt) });
      tell("accepted", { kind: "good", text, more: receiptBox(receipt) });
    } else {
      setText(at("outcome-text"), say("earlierNot"));
    }
  }
}

// Signing in ----------------------------------------------------------------------------------------------------------

function button(text, act) {
  const made = element("button", { type: "button", className: "button second", textContent: text });
  made.addEventListener("click", act);
  return made;
}

async function goToSignIn() {
  try {
    await voter.signIn(location.pathname + location.search);
  } catch {
    tell("signInAway", { kind: "bad", text: say("signInUnreachable"), focus: true });
  }
}

function signInAgain() {
  tell("signInExpired", { kind: "warning", more: [button(say("signIn"), signInToSend)], focus: true });
  sayWhoVotes();
}

function sayWhoVotes() {
  const line = at("voter");
  const leave = async () => {
    // The next voter at this browser need not see them.
    forLong.remove(kept.picks);
    if (!(await voter.leave(location.pathname + location.search))) {
      location.reload();
    }
  };
  line.hidden = !votable();
  if (voter.kind === "made-up") {
    const text = element("span", { textContent: say("madeUp", { name: voter.name }) });
    line.replaceChildren(text, button(say("somebodyElse"), leave));
  } else if (voter.kind === "none") {
    line.replaceChildren(element("span", { textContent: say("nobody") }));
  } else if (voter.id === null) {
    line.replaceChildren(element("span", { textContent: say("signInFirst") }), button(say("signIn"), goToSignIn));
  } else {
    const text = element("span", { textContent: say("signedIn", { name: voter.name }) });
    line.replaceChildren(text, button(say("signOut"), leave));
  }
}

// Confirmation --------------------------------------------------------------------------------------------------------

function confirm() {
  const lists = rules.parts.map((part) => {
    const items = part.boxes
      .filter((box) => box.checked)
      .map((box) =>
        element(
          "li",
          {},
          element("span", { className: "number figures", textContent: box.value }),
          " ",
          element("span", { lang: at(`title-${box.value}`).lang, textContent: titleOf(box) }),
        ),
      );
    const title = `${part.title} · ${say("countIn", { n: items.length })}`;
    return [element("h3", { textContent: title }), element("ul", {}, ...items)];
  });
  at("confirm-picks").replaceChildren(...lists.flat());
  const dialog = at("confirm");
  dialog.returnValue = "";
  dialog.showModal();
  at("confirm-title").focus();
}

function askToSend() {
  const found = faults(rules, counts());
  if (stage !== "open" || found.length > 0) {
    const first = found.find((fault) => fault.part);
    const explanation = at("missing");
    explanation.classList.remove("stressed");
    requestAnimationFrame(() => explanation.classList.add("stressed"));
    if (first !== undefined) {
      showAll();
      const part = at(`part-${first.part.id}`);
      const which = first.code === "sectionTooMany" ? ":checked" : ":not(:checked)";
      part.querySelector(`input[name=choice]${which}`)?.focus({ preventScroll: true });
      part.scrollIntoView({ block: "start" });
    }
    return;
  }
  if (voter.id === null) {
    signInToSend();
  } else {
    confirm();
  }
}

function signInToSend() {
  forTheTab.set(kept.afterSignIn, true);
  goToSignIn();
}

function confirmed() {
  if (voter.id === null) {
    signInToSend();
  } else {
    forLong.set(kept.underWay, { voteId: newVoteId(), choices: picked().map((box) => box.value) });
    goOn();
  }
}

// The window ----------------------------------------------------------------------------------------------------------

/** What the gateway says of the ballot now; this page's address says it too, and is cheap to ask while nothing has changed. */
async function stageNow() {
  try {
    const answer = await fetch(location.href, { cache: "no-cache", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById("ballot")?.dataset.stage ?? stage;
  } catch {
    return stage;
  }
}

let nextLook;

/** Opens and closes the page when the gateway does. The browser's clock only says when to ask, for it may be wrong. */
function watchStage() {
  if (stage !== "scheduled" && stage !== "open") {
    return;
  }
  const change = Date.parse(at(stage === "scheduled" ? "opens" : "closes").dateTime);
  const left = change - Date.now();
  // Not all at the same moment, and not so late that a browser's timer cannot hold it.
  const wait = Math.min(Math.max(left, left > -STAGE_CHECK_MS ? 2_000 : STAGE_CHECK_MS), STAGE_CHECK_MS);
  clearTimeout(nextLook);
  nextLook = setTimeout(async () => {
    const before = stage;
    if (before === "scheduled" || Date.now() >= change) {
      stage = await stageNow();
    }
    if (stage !== before) {
      at("stage").textContent = say(`stage.${stage}`);
      at("stage").className = `badge ${stage === "open" ? "good" : ""}`;
      setMode(mode);
    }
    watchStage();
  }, wait + Math.random() * 1_000);
}

// Beginning -----------------------------------------------------------------------------------------------------------

async function begin() {
  if (main.dataset.order === "shuffled") {
    shuffle();
  }
  setPicks(votable() ? (forLong.get(kept.picks) ?? []) : []);
  form.addEventListener("change", () => {
    forLong.set(
      kept.picks,
      picked().map((box) => box.value),
    );
    at("missing").classList.remove("stressed");
    refresh();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    askToSend();
  });
  let settling;
  at("search").addEventListener("input", () => {
    clearTimeout(settling);
    settling = setTimeout(filter, SEARCH_SETTLES_MS);
  });
  at("only-picked").addEventListener("change", filter);
  form.addEventListener("focusout", () => setTimeout(filter));
  at("confirm").addEventListener("close", () => {
    if (at("confirm").returnValue === "send") {
      confirmed();
    }
  });
  refresh();
  sayWhoVotes();
  watchStage();
  await resume();
}

/** Goes on where the voter left: a vote under way, a vote cast, a sign-in for a vote. */
async function resume() {
  if (voter.id === null) {
    return;
  }
  const askedToSend = forTheTab.get(kept.afterSignIn) === true;
  forTheTab.remove(kept.afterSignIn);
  if (forLong.get(kept.underWay) !== null) {
    await goOn({ resumed: true });
    return;
  }
  try {
    const earlier = await earlierVote(ballot, voter);
    if (earlier !== null && mode === "choosing") {
      done();
      const when = moment(earlier.acceptedAt);
      const annulled = earlier.annulledAt !== undefined;
      const text = annulled
        ? say("votedAnnulled", { when, annulled: moment(earlier.annulledAt) })
        : say("voted.text", { when });
      tell("voted", { kind: annulled ? "bad" : "good", text, more: receiptBox(earlier.receipt) });
      return;
    }
    if (voter.id === null) {
      signInAgain();
      refresh();
      return;
    }
  } catch {
    // It is a courtesy: who votes again is told by the verdict.
  }
  if (askedToSend && stage === "open" && faults(rules, counts()).length === 0) {
    confirm();
  }
}

begin();
