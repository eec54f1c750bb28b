/**
 * Makes the ballot page live: the bar that says what is missing, and the way of a vote from the dialog to its verdict. The page is complete
 * without it, but cannot vote, and says so.
 */
import { choicesOf } from "./choices.js";
import { askIn } from "./dialog.js";
import { button, link, outcomeOf, setText } from "./outcome.js";
import { faults, rulesOf } from "./rules.js";
import { earlierVote, newVoteId, send, verdict } from "./sending.js";
import { forLong, forTheTab } from "./store.js";
import { moment } from "./times.js";
import { voterOf } from "./voter.js";
import { element, speaker } from "./words.js";

const FAULTS_SAID = 2;
const STAGE_CHECK_MS = 5 * 60_000;
const STAGES = ["scheduled", "open", "closed"];

const at = (id) => document.getElementById(id);
const main = at("ballot");
const form = at("choose");
const dialog = at("confirm");
const ballot = main.dataset.ballot;
const say = speaker(main);
const rules = rulesOf(form);
const voter = voterOf(main);
const sendWords = at("send").textContent;
const { tell, tellPause, receiptBox, verdictAddress } = outcomeOf(say, main);
const choices = choicesOf(form, rules, (shown) =>
  setText(at("found"), shown === null ? "" : say("found", { n: shown, all: rules.options })),
);

/**
 * What is kept for this ballot. A vote under way is its voter's own, should several use this browser. What was picked in a vote that is
 * cast is known to its tab alone; other tabs learn that there is one.
 */
const kept = {
  picks: `votelog:${ballot}:picks`,
  seed: `votelog:${ballot}:seed`,
  afterSignIn: `votelog:${ballot}:confirm`,
  get underWay() {
    return `votelog:${ballot}:vote:${voter.id}`;
  },
  get cast() {
    return `votelog:${ballot}:cast:${voter.id}`;
  },
};

/** scheduled, open and so on, as the gateway says. */
let stage = main.dataset.stage;
/** choosing, busy (a vote is under way) or done. */
let mode = "choosing";

/** Whether it makes sense to pick. */
const votable = () => stage === "open" || stage === "scheduled";

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

function standing(total, found) {
  if (total === 0) {
    // Nobody has done anything wrong yet.
    return at("missing").dataset.start;
  }
  if (found.length > 0) {
    return missing(found);
  }
  return stage === "scheduled" ? say("notOpen", { when: moment(at("opens").dateTime) }) : say("ready");
}

function refresh() {
  const byPart = choices.counts();
  const total = choices.picked().length;
  const found = faults(rules, byPart);
  for (const count of document.querySelectorAll("[data-count]")) {
    const n = byPart.get(count.dataset.count);
    setText(count, n === 0 ? "" : say("countIn", { n }));
    count.parentElement.classList.toggle("begun", n > 0);
  }
  const bounded = rules.max < rules.options;
  setText(at("count"), say(bounded ? "pickedOf" : "picked", { n: total, max: rules.max }));
  setText(at("missing"), standing(total, found));
  const progress = at("progress");
  progress.max = Math.max(1, bounded ? rules.max : rules.min);
  progress.value = Math.min(total, progress.max);
  const bar = at("bar");
  bar.hidden = mode !== "choosing" || !votable() || voter.kind === "none";
  bar.classList.toggle("ready", found.length === 0);
  bar.classList.toggle("over", found.some((fault) => fault.code.endsWith("Many")));
  const sending = at("send");
  sending.disabled = false;
  sending.setAttribute("aria-disabled", String(found.length > 0 || stage !== "open"));
  sending.textContent = voter.kind === "provider" && voter.id === null ? say("signInToSend") : sendWords;
  document.body.classList.toggle("cast", mode === "done");
  choices.filter();
}

// What became of the vote ----------------------------------------------------------------------------------------------

function setMode(next) {
  mode = next;
  form.querySelectorAll("fieldset").forEach((part) => (part.disabled = mode !== "choosing" || !votable()));
  refresh();
}

function dismissDialog() {
  if (dialog.hasAttribute("open")) {
    dialog.querySelector("[value=back]").click();
  }
}

/**
 * The voter has voted.
 *
 * @param ids what was picked, which stays marked; nothing where this tab does not know it
 */
function done(ids) {
  dismissDialog();
  forLong.remove(kept.picks);
  choices.setPicks(ids ?? []);
  if (ids) {
    choices.showPicked();
  }
  setMode("done");
}

/** Where the gateway's answer to the voter's vote is kept, with its promise. */
function promiseOf(cast) {
  return `${cast}:promise`;
}

/** The gateway's answer to the vote of this receipt, where this browser has it. */
function promised(cast, receipt) {
  const promise = forLong.get(promiseOf(cast));
  return promise?.receipt === receipt ? promise : undefined;
}

/**
 * Has other tabs know that the vote is cast, and this one what was picked.
 *
 * @param cast the key of the voter whose vote it is
 */
function remember(cast, receipt, ids) {
  forTheTab.set(cast, ids);
  forLong.set(cast, receipt);
}

/**
 * Sends the vote that is kept as under way, as often as it takes, and tells what becomes of it. It is kept before it is sent for
 * the first time, so that a page that is left or reloaded in the middle goes on with the same vote.
 */
async function goOn({ resumed = false } = {}) {
  setMode("busy");
  // Whose vote it is stays the same when the sign-in expires meanwhile.
  const { underWay: key, cast } = kept;
  let vote = forLong.get(key);
  choices.setPicks(vote.choices);
  refresh();
  if (vote.location === undefined) {
    tell(resumed ? "resumed" : "sending", { focus: true });
    const answer = await send(ballot, vote, voter, (kind, seconds, status) =>
      tellPause(kind, say(`${kind}.text`, { status }), seconds),
    );
    if (answer.kind === "signIn") {
      const mayHaveArrived = resumed || answer.tried;
      if (!mayHaveArrived) {
        // Nothing of it has arrived anywhere, so the voter is free to change it.
        forLong.remove(key);
        setMode("choosing");
      }
      signInAgain(say(mayHaveArrived ? "signInToGoOn" : "signInExpired.text"));
      return;
    }
    if (answer.kind === "refused") {
      forLong.remove(key);
      await refused(answer.problem);
      return;
    }
    vote = { choices: vote.choices, location: answer.location ?? verdictAddress(answer.receipt), receipt: answer.receipt };
    forLong.set(key, vote);
    if (answer.promise !== undefined) {
      forLong.set(promiseOf(cast), answer.promise);
    }
    forLong.remove(kept.picks);
  }
  const box = receiptBox(vote.receipt, vote.location, promised(cast, vote.receipt));
  tell("recorded", { more: box, focus: true });
  const document = await verdict(vote.location, () => {
    setText(at("outcome-text"), say("verdictAway"));
  });
  forLong.remove(key);
  await decided(document, { ...vote, cast }, box);
}

async function decided(document, vote, box) {
  const counts = document?.status === "accepted" || document?.status === "retried";
  if (document?.annulled) {
    remember(vote.cast, vote.receipt, vote.choices);
    done(vote.choices);
    tell("annulled", { kind: "bad", text: annulment(document.annulled), more: box });
  } else if (counts) {
    remember(vote.cast, vote.receipt, vote.choices);
    done(vote.choices);
    const when = moment(document.acceptedAt);
    tell(document.status, { kind: "good", text: `${say(`${document.status}.text`, { when })} ${say("marked")}`, more: box });
  } else if (document?.status === "rejected") {
    if (document.reason === "ALREADY_VOTED" || document.reason === "VOTE_ID_REUSED") {
      await votedBefore(document, box);
    } else {
      setMode("choosing");
      tell("rejected", { kind: "bad", text: reason(document.reason, document.detail), more: box });
    }
  } else {
    remember(vote.cast, vote.receipt, vote.choices);
    done(vote.choices);
    tell("recorded", { kind: "warning", text: say("verdictUnknown"), more: box });
  }
}

/** Another vote of this voter counts: that is what is told, with its receipt. */
async function votedBefore(document, box) {
  try {
    const earlier = await earlierVote(ballot, voter);
    if (earlier !== null) {
      tellVoted(earlier, say("notThisOne"));
      return;
    }
  } catch {
    // What is known is told.
  }
  done(null);
  tell("rejected", { kind: "bad", text: reason(document.reason, document.detail), more: box });
}

/** @param also a sentence more */
function tellVoted(earlier, also = "") {
  const mine = forLong.get(kept.cast) === earlier.receipt ? forTheTab.get(kept.cast) : null;
  done(mine);
  const when = moment(earlier.acceptedAt);
  const annulled = earlier.annulledAt !== undefined;
  const text = annulled
    ? say("votedAnnulled", { when, annulled: moment(earlier.annulledAt) })
    : say("voted.text", { when });
  const more = [text, annulled ? "" : also, say(mine === null ? "unmarked" : "marked")].filter(Boolean).join(" ");
  tell("voted", { kind: annulled ? "bad" : "good", text: more, more: receiptBox(earlier.receipt, undefined, promised(kept.cast, earlier.receipt)) });
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
    showStage();
    setMode("done");
    await earlierAttempt(problem.receipt);
    return;
  }
  if (problem.code === "not-open") {
    stage = "scheduled";
    showStage();
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
    const document = await verdict(verdictAddress(receipt), () => undefined);
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

async function goToSignIn() {
  try {
    await voter.signIn(location.pathname + location.search);
  } catch (failure) {
    const text = say(failure instanceof SyntaxError ? "signInEngine" : "signInUnreachable");
    tell("signInAway", { kind: "bad", text, focus: true });
  }
}

function signInAgain(text) {
  tell("signInExpired", { kind: "warning", text, more: [button(say("signIn"), signInToSend)], focus: true });
  sayWhoVotes();
}

function sayWhoVotes() {
  const line = at("voter");
  if (line === null) {
    return;
  }
  const { cast } = kept;
  const leave = async () => {
    // The next voter at this browser need not see them.
    forLong.remove(kept.picks);
    forTheTab.remove(cast);
    forLong.remove(cast);
    forLong.remove(promiseOf(cast));
    if (!(await voter.leave(location.pathname + location.search))) {
      location.reload();
    }
  };
  const show = (text, ...more) => {
    line.textContent = "";
    line.append(element("span", { textContent: text }), ...more);
  };
  if (voter.kind === "made-up") {
    show(say("madeUp", { name: voter.name }), button(say("somebodyElse"), leave));
  } else if (voter.kind === "none") {
    show(say("nobody"));
  } else if (voter.id === null) {
    show(say("signInFirst"), button(say("signIn"), goToSignIn));
  } else {
    show(say("signedIn", { name: voter.name }), button(say("signOut"), leave));
  }
}

// Confirmation --------------------------------------------------------------------------------------------------------

async function confirm() {
  if (dialog.hasAttribute("open")) {
    return;
  }
  const lists = rules.parts.map((part) => {
    const items = part.boxes
      .filter((box) => box.checked)
      .map((box) => {
        const title = at(`title-${box.value}`);
        return element(
          "li",
          {},
          element("span", { className: "number figures", textContent: box.value }),
          " ",
          element("span", { lang: title.lang, dir: "auto", textContent: title.textContent }),
        );
      });
    const title = `${part.title} · ${say("countIn", { n: items.length })}`;
    return [element("h3", { textContent: title }), element("ul", {}, ...items)];
  });
  const place = at("confirm-picks");
  place.textContent = "";
  lists.forEach((list) => place.append(...list));
  if ((await askIn(dialog, at("confirm-title"))) === "send") {
    confirmed();
  }
}

function askToSend() {
  if (voter.kind === "none") {
    return;
  }
  const found = faults(rules, choices.counts());
  if (stage !== "open" || found.length > 0) {
    const first = found.find((fault) => fault.part);
    const explanation = at("missing");
    setText(explanation, found.length > 0 ? missing(found) : standing(1, found));
    explanation.classList.remove("stressed");
    requestAnimationFrame(() => explanation.classList.add("stressed"));
    if (first !== undefined) {
      choices.showAll();
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
    run(confirm);
  }
}

function signInToSend() {
  forTheTab.set(kept.afterSignIn, true);
  goToSignIn();
}

function confirmed() {
  if (mode !== "choosing") {
    return;
  }
  if (voter.id === null) {
    signInToSend();
  } else {
    forLong.set(kept.underWay, { voteId: newVoteId(), choices: choices.picked().map((box) => box.value) });
    run(goOn);
  }
}

// The window ----------------------------------------------------------------------------------------------------------

/** What the gateway says of the ballot now; this page's address says it too, and is cheap to ask while nothing has changed. */
async function stageNow() {
  try {
    const answer = await fetch(location.href, { cache: "no-cache", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.getElementById("ballot")?.dataset.stage;
    // A gateway that has only started says that it prepares, and the next answer says more.
    return STAGES.includes(said) ? said : stage;
  } catch {
    return stage;
  }
}

function showStage() {
  at("stage").textContent = say(`stage.${stage}`);
  at("stage").className = `badge ${stage === "open" ? "good" : ""}`;
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
      showStage();
      setMode(mode);
      if (stage === "closed" && mode === "choosing") {
        tell("over", { kind: "warning", more: [link(main.dataset.results, say("resultsLink"))] });
      }
    }
    watchStage();
  }, wait + Math.random() * 1_000);
}

// Beginning -----------------------------------------------------------------------------------------------------------

/** What fails for a reason that nobody foresaw is said: whoever waits for an answer gets none from this page. */
function run(act) {
  Promise.resolve()
    .then(act)
    .catch((failure) => {
      console.error(failure);
      at("bar").hidden = true;
      tell("broken", { kind: "bad", text: say("broken.text", { why: String(failure) }), focus: true });
    });
}

async function begin() {
  if (main.dataset.order === "shuffled") {
    choices.shuffle(kept.seed);
  }
  // On a slow line a voter may pick before this program is there.
  const early = choices.picked().map((box) => box.value);
  choices.setPicks(votable() ? [...(forLong.get(kept.picks) ?? []), ...early] : []);
  const keep = () =>
    forLong.set(
      kept.picks,
      choices.picked().map((box) => box.value),
    );
  if (early.length > 0 && votable()) {
    keep();
  }
  form.addEventListener("change", () => {
    keep();
    at("missing").classList.remove("stressed");
    refresh();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    askToSend();
  });
  refresh();
  sayWhoVotes();
  watchStage();
  at("unstarted").remove();
  // A vote that is cast in another tab is cast for this one.
  addEventListener("storage", (event) => {
    if (event.key === kept.cast && event.newValue !== null && mode === "choosing") {
      run(lookForEarlierVote);
    }
  });
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
  if (await lookForEarlierVote()) {
    return;
  }
  if (voter.id === null) {
    signInAgain(say("signInExpired.text"));
    refresh();
  } else if (askedToSend && mode === "choosing" && stage === "open" && faults(rules, choices.counts()).length === 0) {
    run(confirm);
  }
}

/** Whether the voter has voted; the page says so then. */
async function lookForEarlierVote() {
  try {
    const earlier = await earlierVote(ballot, voter);
    if (earlier !== null && mode === "choosing") {
      tellVoted(earlier);
      return true;
    }
  } catch (failure) {
    // It is a courtesy: who votes again is told by the verdict.
    console.info(String(failure));
  }
  return false;
}

run(begin);
