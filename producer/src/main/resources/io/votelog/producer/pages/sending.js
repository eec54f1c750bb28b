/**
 * Sends a vote until the gateway has said what became of it, and asks for its verdict. A vote keeps its id through all tries, so
 * it counts once however often it arrives.
 */
import { ask, NoAnswer } from "./asking.js";

const SEND_TIMEOUT_MS = 15_000;
const VERDICT_TIMEOUT_MS = 20_000;
const LONGEST_PAUSE_S = 30;
const PROBLEM = "urn:votelog:problem:";

/** A random UUID (version 4), also where crypto.randomUUID is missing: on plain http. */
export function newVoteId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Sends the vote.
 *
 * @param ballot its id
 * @param vote { voteId, choices }
 * @param voter see voter.js
 * @param waiting called with (kind, seconds, status) before a pause: "offline" (this device has no network), "again" (nobody answers),
 *   "foreign" (somebody else answers in the gateway's place), "limited", "busy", "unknown", "away" (as the gateway says), "trouble" (a fault on
 *   the other side, with its status); what it returns ends the pause early when it resolves
 * @return { kind: "recorded", location, receipt, recordedAt, promise } (the answer, where it has a promise), { kind: "refused", problem }, or { kind: "signIn", tried } where tried
 *   says whether an earlier try may have arrived
 */
export async function send(ballot, vote, voter, waiting) {
  let renewed = false;
  for (let tries = 1; ; tries++) {
    let answer;
    try {
      const token = await voter.token();
      if (token === null) {
        return { kind: "signIn", tried: tries > 1 };
      }
      answer = await ask(`/v1/ballots/${ballot}/votes`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Idempotency-Key": vote.voteId,
          Authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ choices: vote.choices }),
        ms: SEND_TIMEOUT_MS,
      });
    } catch (failure) {
      if (!(failure instanceof NoAnswer)) {
        throw failure;
      }
      await pause(waiting, navigator.onLine === false ? "offline" : "again", backOff(tries));
      continue;
    }
    if (answer.status === 202 && typeof answer.body?.receipt === "string") {
      return {
        kind: "recorded",
        location: answer.headers.get("Location"),
        receipt: answer.body.receipt,
        recordedAt: answer.body.recordedAt,
        // The whole answer is what the promise in it is of.
        promise: answer.body.promise === undefined ? undefined : answer.body,
      };
    }
    const isOurs = problem(answer).code !== "";
    if (answer.status === 401 && isOurs) {
      if (!renewed && (await voter.renew())) {
        renewed = true;
        continue;
      }
      return voter.kind === "provider"
        ? { kind: "signIn", tried: tries > 1 }
        : { kind: "refused", problem: problem(answer) };
    }
    if (isOurs && answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
      return { kind: "refused", problem: problem(answer) };
    }
    const kind = kindOf(answer);
    await pause(waiting, kind, Math.max(retryAfter(answer), backOff(tries) - 1), answer.status);
  }
}

function kindOf(answer) {
  if (answer.status === 429) {
    return "limited";
  }
  // What refuses without the gateway's words stands before it: a firewall, or a network that wants a sign-in first (511).
  if (problem(answer).code === "" && (answer.status < 500 || answer.status === 511) && answer.status !== 408) {
    return "foreign";
  }
  switch (problem(answer).code) {
    case "overloaded":
      return "busy";
    case "outcome-unknown":
      return "unknown";
    case "":
      return "trouble";
    default:
      return answer.status === 503 ? "away" : "trouble";
  }
}

/** A problem document with its code alone; the code is empty where the answer is none. */
function problem({ status, body }) {
  const type = String(body?.type ?? "");
  return { ...body, status, code: type.startsWith(PROBLEM) ? type.slice(PROBLEM.length) : "" };
}

/**
 * Asks what became of a recorded vote, until it is decided.
 *
 * @param location as the gateway gave it
 * @param waiting called when the read side cannot be reached; what it returns ends the pause early when it resolves
 * @return the receipt's document, or null when nothing is known of it
 */
export async function verdict(location, waiting) {
  for (let tries = 1; ; tries++) {
    const begun = Date.now();
    let answer = null;
    try {
      answer = await ask(location, { headers: { Accept: "application/json", Prefer: "wait=10" }, ms: VERDICT_TIMEOUT_MS });
    } catch (failure) {
      if (!(failure instanceof NoAnswer)) {
        throw failure;
      }
    }
    if (answer !== null && [400, 404, 409].includes(answer.status)) {
      return null;
    }
    if (answer !== null && answer.ok && answer.body?.status === "pending") {
      tries = 0;
      // It has been waited for on the other side, unless that does not wait.
      await pause(undefined, "pending", Math.max(0, 1 - (Date.now() - begun) / 1000));
    } else if (answer !== null && answer.ok && answer.body !== null) {
      return answer.body;
    } else {
      await pause(waiting, "away", Math.max(answer === null ? 0 : retryAfter(answer), backOff(tries)));
    }
  }
}

/**
 * Whether the voter has voted already: { receipt, acceptedAt, annulledAt }, or null. The gateway leads to the read side, which is told of no
 * token: browsers take it off where another origin begins.
 *
 * @throws NoAnswer when nobody says
 */
export async function earlierVote(ballot, voter) {
  const token = await voter.token();
  if (token === null) {
    return null;
  }
  const answer = await ask(`/v1/ballots/${ballot}/my-vote`, {
    headers: { Authorization: `Bearer ${token}` },
    cache: "no-store",
    ms: SEND_TIMEOUT_MS,
  });
  if (answer.status === 401 && problem(answer).code !== "") {
    await voter.renew();
    return null;
  }
  if (!answer.ok || answer.body === null) {
    throw new NoAnswer(`my-vote: ${answer.status}`);
  }
  const { status, voteId, acceptedAt, annulledAt } = answer.body;
  if (status !== "accepted") {
    return null;
  }
  const voterRef = new URL(answer.url).pathname.split("/").pop();
  return { receipt: receiptOf(voterRef, voteId), acceptedAt, annulledAt };
}

/** A receipt is the voter's pseudonym and the vote's id, in base64url. */
function receiptOf(voterRef, voteId) {
  const pseudonym = atob(voterRef.replace(/-/g, "+").replace(/_/g, "/"));
  const id = String.fromCharCode(...voteId.replace(/-/g, "").match(/../g).map((byte) => Number.parseInt(byte, 16)));
  return btoa(pseudonym + id).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Seconds before the next try: 1, 2, 4 and so on, a little less at random so that not all voters come at once. */
function backOff(tries) {
  return Math.min(LONGEST_PAUSE_S, 2 ** Math.min(tries - 1, 8)) * (0.75 + Math.random() / 4);
}

function retryAfter(answer) {
  const seconds = Number(answer.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 2 * LONGEST_PAUSE_S) : 0;
}

/** Waits, or until the network comes back, or until the page says so. */
function pause(waiting, kind, seconds, status) {
  const enough = waiting?.(kind, Math.ceil(seconds), status);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    enough?.then(end);
  });
}
