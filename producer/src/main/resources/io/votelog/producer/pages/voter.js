/**
 * Who votes: { id, token, ... }, whichever way the gateway knows its voters. id is null for as long as nobody has signed in.
 */
import { ask, NoAnswer } from "./asking.js";
import { forget, signedIn, signIn, signOut } from "./sign-in.js";
import { forLong } from "./store.js";

const TOKEN_TIMEOUT_MS = 10_000;
const MADE_UP = "votelog:made-up-voter";
const NAMES = ["ada", "alan", "barbara", "claude", "donald", "edsger", "frances", "grace", "hedy", "john", "katherine", "radia"];

/** @param main the page's element, which says how voters are known */
export function voterOf(main) {
  switch (main.dataset.voters) {
    case "provider":
      return ofProvider(main.dataset);
    case "made-up":
      return madeUp();
    default:
      return { kind: "none", id: null, token: async () => null, renew: async () => false };
  }
}

function ofProvider({ issuer, clientId, scope, parameters }) {
  const provider = { issuer, clientId, scope, parameters };
  return {
    kind: "provider",
    get id() {
      return signedIn()?.subject ?? null;
    },
    get name() {
      return signedIn()?.name ?? null;
    },
    token: async () => signedIn()?.token ?? null,
    /** A token that is refused is of no more use; only the voter can get another one. */
    renew: async () => {
      forget();
      return false;
    },
    signIn: (back) => signIn(provider, back),
    /** Says whether it leads away. */
    leave: (back) => signOut(provider, back),
  };
}

/** Of a local system, which gives anybody a token for any name. */
function madeUp() {
  let name = forLong.get(MADE_UP);
  if (typeof name !== "string") {
    name = invented();
    forLong.set(MADE_UP, name);
  }
  let token = null;
  const fetchToken = async () => {
    const answer = await ask("/dev/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ userId: name }),
      ms: TOKEN_TIMEOUT_MS,
    });
    if (!answer.ok || answer.body === null) {
      throw new NoAnswer(`no token: ${answer.status}`);
    }
    return answer.body.token;
  };
  return {
    kind: "made-up",
    id: name,
    name,
    token: async () => {
      token = token ?? (await fetchToken());
      return token;
    },
    renew: async () => {
      token = null;
      return true;
    },
    leave: async () => {
      forLong.set(MADE_UP, invented());
      return false;
    },
  };
}

function invented() {
  const [which, number] = crypto.getRandomValues(new Uint32Array(2));
  return `${NAMES[which % NAMES.length]}-${1000 + (number % 9000)}`;
}
