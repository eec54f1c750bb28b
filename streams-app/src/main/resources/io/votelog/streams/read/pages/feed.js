// The results as they come: by the stream, and while there is none, by asking.

import { timeLimit } from "./time-limit.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const SILENCE_MS = 20_000;
const ANSWER_MS = 8_000;
const BETWEEN_QUESTIONS_MS = 3000;
const UNWATCHED_MS = 60_000;
const ANEW_MS = 30_000;
const BEHIND = "urn:votelog:problem:behind";

/**
 * Tells of new documents, and of the connection: "live" while they come, "lost" while nothing can be reached, "ended" behind the
 * final document. What has been shown does not go back, since what is older comes from an instance that lags; but when nothing else has
 * come for half a minute, it is the log that began anew, and its results are shown as a new page would show them.
 *
 * @param {{url: string, statuses: string[], shown: object, onDocument: function, onAnew: function, onLink: function,
 *   onServerTime: function}} options
 */
export function follow({ url, statuses, shown, onDocument, onAnew, onLink, onServerTime }) {
  let stream = null;
  let waitMs = FIRST_WAIT_MS;
  let retry = 0;
  let watch = 0;
  let questions = 0;
  let unwatched = 0;
  let tag = null;
  let asking = false;
  let behindSince = 0;
  let behindAt = -Infinity;
  let link = "";

  function tell(state) {
    if (link !== state && link !== "ended") {
      link = state;
      onLink(state);
    }
  }

  function isOlder(next) {
    return next.revision < shown.revision
      || next.version < shown.version
      || next.turnout.late < shown.late
      || statuses.indexOf(next.status) < statuses.indexOf(shown.status);
  }

  /** Whether all answers have been behind what is shown for so long that nobody will catch up. In a long silence anything may happen. */
  function beganAnew() {
    const now = performance.now();
    if (now - behindAt > ANEW_MS) {
      behindSince = now;
    }
    behindAt = now;
    return now - behindSince >= ANEW_MS;
  }

  /** Shows it, unless it is older than what is shown; says whether it did. */
  function take(next) {
    const older = isOlder(next);
    const shows = !older || beganAnew();
    if (shows) {
      behindAt = -Infinity;
      shown = { status: next.status, version: next.version, revision: next.revision, late: next.turnout.late };
      if (older) {
        onAnew();
      }
      onDocument(next);
    }
    if (shown.status === "final") {
      rest();
      tell("ended");
    }
    return shows;
  }

  function stop() {
    clearTimeout(retry);
    clearTimeout(watch);
    stream?.close();
    stream = null;
  }

  /** Neither listens nor asks. */
  function rest() {
    stop();
    clearInterval(questions);
    questions = 0;
  }

  function listen() {
    stop();
    if (shown.status === "final") {
      return;
    }
    stream = new EventSource(`${url}/stream`);
    stream.addEventListener("open", alive);
    stream.addEventListener("results", (event) => {
      alive();
      take(JSON.parse(event.data));
    });
    stream.addEventListener("error", again);
  }

  /** A connection can be dead without a sign: after a silence the page asks, and an answer shows that it is not. */
  function alive() {
    waitMs = FIRST_WAIT_MS;
    clearInterval(questions);
    questions = 0;
    tell("live");
    clearTimeout(watch);
    watch = setTimeout(async () => {
      if (!(await ask())) {
        again();
      } else if (stream !== null) {
        alive();
      }
    }, SILENCE_MS);
  }

  /** Asks until a stream is there again. */
  function again() {
    stop();
    if (questions === 0) {
      tell("lost");
      questions = setInterval(ask, BETWEEN_QUESTIONS_MS);
      ask();
    }
    retry = setTimeout(listen, waitMs * (0.75 + Math.random() / 2));
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }

  /** Asks for the document unless it is known, and says whether anybody answered. */
  async function ask() {
    if (asking) {
      return true;
    }
    asking = true;
    try {
      const answer = await fetch(url, {
        headers: tag === null ? { Accept: "application/json" } : { Accept: "application/json", "If-None-Match": tag },
        cache: "no-store",
        signal: timeLimit(ANSWER_MS),
      });
      if (answer.status !== 304 && !answer.ok) {
        if (await isBehind(answer) && beganAnew()) {
          // The next question names nothing, and gets what there is.
          tag = null;
        }
        throw new Error(`${url} answers ${answer.status}`);
      }
      onServerTime(answer.headers.get("Date"));
      tell("live");
      if (answer.ok && take(await answer.json())) {
        tag = answer.headers.get("ETag");
      }
      return true;
    } catch {
      tell("lost");
      return false;
    } finally {
      asking = false;
    }
  }

  async function isBehind(answer) {
    return answer.status === 503 && (await answer.json()).type === BEHIND;
  }

  if (shown.status === "final") {
    tell("ended");
  } else {
    listen();
  }
  addEventListener("online", listen);
  addEventListener("offline", () => tell("lost"));
  document.addEventListener("visibilitychange", () => {
    clearTimeout(unwatched);
    if (document.hidden) {
      unwatched = setTimeout(rest, UNWATCHED_MS);
    } else if (shown.status === "final") {
      // The stream has ended for good. Votes may be annulled all the same, so who comes back to the page has it asked.
      ask();
    } else if (stream === null) {
      listen();
    }
  });
}
