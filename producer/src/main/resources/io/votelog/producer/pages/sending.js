/**
 * Sends a vote until the gateway has said what became of it, and asks for its verdict. A vote keeps its id through all tries, so
 * it counts once however often it arrives.
 */

const SEND_TIMEOUT_MS = 15_000;
const VERDICT_TIMEOUT_MS = 20_000;
const LONGEST_PAUSE_S = 30;

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
 * @param waiting called with ("again" | "limited" | "busy" | "unknown" | "away", seconds) before a pause; what it returns ends the pause
 *   early when it resolves
 * @return { kind: "recorded", location, receipt, recordedAt }, { kind: "refused", problem }, or { kind: "signIn", tried } where tried
 *   says whether an earlier try may have arrived
 */
export async function send(ballot, vote, voter, waiting) {
  let renewed = false;
  for (let tries = 1; ; tries++) {
    let answer;
    let body;
    try {
      const token = await voter.token();
      if (token === null) {
        return { kind: "signIn", tried: tries > 1 };
      }
      answer = await fetch(`/v1/ballots/${ballot}/votes`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Idempotency-Key": vote.voteId,
          Authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ choices: vote.choices }),
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
      body = await answer.json();
    } catch (failure) {
      // Also an answer that is none of the gateway's, such as a proxy's page.
      if (answer === undefined || !(answer.status >= 400 && answer.status < 500)) {
        await pause(waiting, "again", backOff(tries));
        continue;
      }
      body = {};
    }
    if (answer.status === 202) {
      return {
        kind: "recorded",
        location: answer.headers.get("Location"),
        receipt: body.receipt,
        recordedAt: body.recordedAt,
      };
    }
    if (answer.status === 401) {
      if (!renewed && (await voter.renew())) {
        renewed = true;
        continue;
      }
      return voter.kind === "provider"
        ? { kind: "signIn", tried: tries > 1 }
        : { kind: "refused", problem: problem(answer, body) };
    }
    if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
      return { kind: "refused", problem: problem(answer, body) };
    }
    const why = problem(answer, body).code;
    await pause(waiting, kindOf(answer.status, why), Math.max(retryAfter(answer), backOff(tries) - 1));
  }
}

function kindOf(status, code) {
  if (status === 429) {
    return "limited";
  }
  if (code === "overloaded") {
    return "busy";
  }
  if (status === 503 && code !== "outcome-unknown") {
    return "away";
  }
  return "unknown";
}

/** A problem document with its code alone. */
function problem(answer, body) {
  return { ...body, status: answer.status, code: String(body.type ?? "").replace("urn:votelog:problem:", "") };
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
    let answer;
    try {
      answer = await fetch(location, {
        headers: { Prefer: "wait=10" },
        signal: AbortSignal.timeout(VERDICT_TIMEOUT_MS),
      });
      if ([400, 404, 409].includes(answer.status)) {
        return null;
      }
      if (answer.ok) {
        const document = await answer.json();
        if (document.status !== "pending") {
          return document;
        }
        tries = 0;
      }
    } catch {
      answer = undefined;
    }
    if (answer?.ok) {
      // It has been waited for on the other side, unless that does not wait.
      await pause(undefined, "pending", Math.max(0, 1 - (Date.now() - begun) / 1000));
    } else {
      await pause(waiting, "away", Math.max(answer ? retryAfter(answer) : 0, backOff(tries)));
    }
  }
}

/**
 * Whether the voter has voted already: { receipt, acceptedAt, annulledAt }, or null. The gateway leads to the read side, which is told of no
 * token: browsers take it off where another origin begins.
 */
export async function earlierVote(ballot, voter) {
  const token = await voter.token();
  if (token === null) {
    return null;
  }
  const answer = await fetch(`/v1/ballots/${ballot}/my-vote`, {
    headers: { Authorization: `Bearer ${token}` },
    cache: "no-store",
    signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
  });
  if (answer.status === 401) {
    await voter.renew();
    return null;
  }
  if (!answer.ok) {
    throw new TypeError(`my-vote: ${answer.status}`);
  }
  const { status, voteId, acceptedAt, annulledAt } = await answer.json();
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
function pause(waiting, kind, seconds) {
  const enough = waiting?.(kind, Math.ceil(seconds));
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
