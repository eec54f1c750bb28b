/** The page to which the provider leads back: it completes the sign-in and goes on to the ballot. */
import { cameFrom, complete } from "./sign-in.js";
import { speaker } from "./words.js";

const main = document.getElementById("sign-in");
const said = document.getElementById("said");
const say = speaker(main);

const answer = new URL(location.href);
const back = cameFrom();
// The code is of use once only, and need not stay in the history.
history.replaceState(null, "", "/sign-in");
if (back !== null) {
  document.getElementById("back").href = back;
}
try {
  if (back === null) {
    said.textContent = say(answer.search === "" ? "signInNothing" : "signInLost");
  } else {
    await complete(answer);
    said.textContent = say("signInDone");
    location.replace(back);
  }
} catch (failure) {
  said.textContent = refusal(failure);
  said.focus();
}

function refusal(failure) {
  if (failure instanceof TypeError || failure.name === "TimeoutError") {
    return say("signInUnreachable");
  }
  return say("signInRefused", { why: failure.error ?? failure.code ?? failure.message });
}
