/** The page to which the provider leads back: it completes the sign-in and goes on to the ballot. */
import { complete, LostSignIn, underWay } from "./sign-in.js";
import { speaker } from "./words.js";

const said = document.getElementById("said");
const say = speaker(document.getElementById("sign-in"));
const language = document.documentElement.lang;

async function arrive() {
  const answer = new URL(location.href);
  const begun = underWay();
  if (begun !== null && begun.language !== language && !answer.searchParams.has("lang")) {
    // The address that the provider knows is the same in all languages.
    answer.searchParams.set("lang", begun.language);
    location.replace(answer);
    return;
  }
  // The code is of use once only, and need not stay in the history.
  history.replaceState(null, "", `/sign-in?lang=${language}`);
  if (begun === null && !answer.searchParams.has("state")) {
    tell(say("signInNothing"));
    return;
  }
  const back = begun?.back ?? "/";
  document.getElementById("back").href = back;
  try {
    await complete(answer);
    location.replace(back);
  } catch (failure) {
    tell(sentence(failure));
  }
}

function tell(text) {
  said.textContent = text;
  said.focus();
}

function sentence(failure) {
  if (failure instanceof LostSignIn) {
    return say("signInLost");
  }
  if (failure instanceof SyntaxError) {
    return say("signInEngine");
  }
  if (failure instanceof TypeError || failure.name === "AbortError") {
    return say("signInUnreachable");
  }
  if (failure.error === "access_denied") {
    return say("signInDenied");
  }
  return failure.error === undefined
    ? say("signInUnfit", { why: failure.code ?? failure.message })
    : say("signInRefused", { why: failure.error });
}

arrive();
