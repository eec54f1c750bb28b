/** The page of a receipt: copies it, and waits for the verdict where there is none yet. */
import { copyFrom } from "./copying.js";
import { timeLimit } from "./time-limit.js";

const main = document.getElementById("receipt-page");
const copy = document.getElementById("copy");
const LONGEST_WAIT_MS = 30_000;

if (copy !== null) {
  const receipt = document.getElementById("receipt");
  copy.hidden = false;
  copy.addEventListener("click", () =>
    copyFrom(receipt, () => (document.getElementById("copied").textContent = copy.dataset.copied)),
  );
}

/** Asks until there is a verdict, less often the longer it takes, and shows the page that has it. */
async function wait() {
  const [ballot, receipt] = location.pathname.match(/ballots\/([^/]+)\/receipts\/([^/]+)/).slice(1);
  const offset = new URL(location.href).searchParams.get("offset");
  const address = `/v1/ballots/${ballot}/receipts/${receipt}${offset === null ? "" : `?offset=${offset}`}`;
  for (let pause = 1_000; ; pause = Math.min(2 * pause, LONGEST_WAIT_MS)) {
    try {
      const answer = await fetch(address, {
        headers: { Accept: "application/json", Prefer: "wait=10" },
        signal: timeLimit(LONGEST_WAIT_MS),
      });
      if (answer.ok && (await answer.json()).status !== "pending") {
        location.reload();
        return;
      }
    } catch {
      // The next one may be answered.
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

if (main.dataset.pending !== undefined) {
  wait();
}
