/** Says above the choices how things stand with the vote, and shows its receipt. */
import { copyFrom } from "./copying.js";
import { element } from "./words.js";

const at = (id) => document.getElementById(id);

/** A live region is read out when it is written to, even with what it says already. */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

export function link(address, text) {
  return element("a", { href: address, textContent: text });
}

export function button(text, act) {
  const made = element("button", { type: "button", className: "button second", textContent: text });
  made.addEventListener("click", act);
  return made;
}

/**
 * @param say see words.js
 * @param main the page's element, with the addresses of the read side
 */
export function outcomeOf(say, main) {
  const { ballot, readSide, results } = main.dataset;

  /** Says how things stand. */
  function tell(key, { kind = "", text = say(`${key}.text`), more = [], focus = false } = {}) {
    const outcome = at("outcome");
    outcome.className = `outcome notice ${kind}`;
    outcome.dataset.outcome = key;
    outcome.hidden = false;
    setText(at("outcome-title"), say(`${key}.title`));
    setText(at("outcome-text"), text);
    const place = at("outcome-more");
    place.textContent = "";
    place.append(...more);
    if (focus) {
      outcome.focus();
      outcome.scrollIntoView({ block: "nearest" });
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
    return new Promise((resolve) => {
      tell(key, { kind: "warning", text, more: [left, button(say("tryNow"), () => resolve())] });
    });
  }

  /** Where people read what became of a vote. */
  const receiptPage = (receipt) =>
    `${readSide}/ballots/${ballot}/receipts/${receipt}?lang=${encodeURIComponent(document.documentElement.lang)}`;

  /** Where this page asks for it. */
  const verdictAddress = (receipt) => `${readSide}/v1/ballots/${ballot}/receipts/${receipt}`;

  /** Lets the voter keep the gateway's answer, by whose promise they can prove that the vote was recorded. */
  function promiseLine(promise) {
    const file = URL.createObjectURL(new Blob([JSON.stringify(promise)], { type: "application/json" }));
    const save = element("a", { id: "save-promise", href: file, download: `${ballot}.promise.json`, textContent: say("savePromise") });
    return element("p", { className: "promise" }, save, element("span", { className: "quiet", textContent: say("promiseHint") }));
  }

  /**
   * @param location the address that told of the vote, whose offset the page of the receipt may need; or nothing
   * @param promise the gateway's answer with its promise, where this browser has it
   */
  function receiptBox(receipt, location, promise) {
    const text = element("code", { className: "receipt", id: "receipt", textContent: receipt });
    const copied = element("span", { className: "quiet" });
    copied.setAttribute("role", "status");
    const copy = button(say("copy"), () => copyFrom(text, () => (copied.textContent = say("copied"))));
    const offset = location ? new URL(location, document.baseURI).searchParams.get("offset") : null;
    const page = receiptPage(receipt) + (offset === null ? "" : `&offset=${offset}`);
    return [
      element("h3", { textContent: say("receipt") }),
      element("p", { className: "receipt-line" }, text, copy, copied),
      element("p", { className: "quiet", textContent: say("receiptHint") }),
      ...(promise ? [promiseLine(promise)] : []),
      element("p", { className: "links" }, link(page, say("verdictLink")), link(results, say("resultsLink"))),
    ];
  }

  return { tell, tellPause, receiptBox, verdictAddress };
}
