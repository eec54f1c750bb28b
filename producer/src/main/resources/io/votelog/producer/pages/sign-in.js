/**
 * Signing in at an OpenID provider: authorization code flow with PKCE, state and nonce; and signing out there. Tokens are kept for
 * the tab alone. The protocol itself is oauth4webapi's, which is fetched when somebody signs in.
 */
import { timeLimit } from "./time-limit.js";
import { forTheTab } from "./store.js";

const BEGUN = "votelog:sign-in";
const TOKEN = "votelog:token";
const PROVIDER_TIMEOUT_MS = 15_000;
const EARLY_MS = 10_000;

/** An answer that is none to what was begun in this tab. */
export class LostSignIn extends Error {}

/** Who is signed in, as { token, subject, name }, or null. */
export function signedIn() {
  const kept = forTheTab.get(TOKEN);
  return kept !== null && kept.expiresAt - EARLY_MS > Date.now() ? kept : null;
}

/** Forgets the token, which is of no more use. */
export function forget() {
  forTheTab.remove(TOKEN);
}

/**
 * Leads to the provider, who leads back to /sign-in. Fails when the provider cannot be reached.
 *
 * @param provider { issuer, clientId, scope, parameters }
 * @param back where to go when it is done, on this host
 */
export async function signIn(provider, back) {
  const oauth = await import("./oauth4webapi.js");
  const server = await discover(oauth, provider);
  const verifier = oauth.generateRandomCodeVerifier();
  const nonce = oauth.generateRandomNonce();
  const state = begin(oauth, { provider, back, verifier, nonce });
  const address = to(server.authorization_endpoint, {
    client_id: provider.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: provider.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  for (const [name, value] of new URLSearchParams(provider.parameters)) {
    address.searchParams.append(name, value);
  }
  location.assign(address);
}

/**
 * Signs out here and, where the provider offers that, there too: else whoever comes next to this browser would be signed in as the
 * one who left (OpenID Connect RP-Initiated Logout 1.0).
 *
 * @param back where to go when it is done, on this host
 * @return whether it leads away; the provider then leads back to /sign-in
 */
export async function signOut(provider, back) {
  const idToken = forTheTab.get(TOKEN)?.idToken;
  forget();
  try {
    const oauth = await import("./oauth4webapi.js");
    const { end_session_endpoint } = await discover(oauth, provider);
    if (idToken === undefined || end_session_endpoint === undefined) {
      return false;
    }
    const state = begin(oauth, { back, leaving: true });
    location.assign(
      to(end_session_endpoint, {
        id_token_hint: idToken,
        client_id: provider.clientId,
        post_logout_redirect_uri: redirectUri(),
        state,
      }),
    );
    return true;
  } catch {
    // The provider is away. Here, at least, nobody is signed in any more.
    return false;
  }
}

/** Keeps what the answer will be held against; gives the state that the provider sends back with it. */
function begin(oauth, what) {
  const begun = { ...what, state: oauth.generateRandomState(), language: document.documentElement.lang };
  forTheTab.set(BEGUN, begun);
  return begun.state;
}

function to(endpoint, parameters) {
  const address = new URL(endpoint);
  for (const [name, value] of Object.entries({ ...parameters, ui_locales: document.documentElement.lang })) {
    address.searchParams.set(name, value);
  }
  return address;
}

/** What is under way in this tab, as { back, language, leaving }, or null. */
export function underWay() {
  return forTheTab.get(BEGUN);
}

/**
 * Completes what the provider led back with, and keeps the token. An answer is taken once: whatever comes of it, what was begun is
 * over.
 *
 * @param answer the address that it led to
 * @throws LostSignIn when the answer is none to what was begun here; others when it is not what was asked for
 */
export async function complete(answer) {
  const begun = forTheTab.get(BEGUN);
  forTheTab.remove(BEGUN);
  if (begun === null || answer.searchParams.get("state") !== begun.state) {
    throw new LostSignIn();
  }
  if (begun.leaving) {
    return;
  }
  const oauth = await import("./oauth4webapi.js");
  const { provider } = begun;
  const client = { client_id: provider.clientId };
  const server = await discover(oauth, provider);
  const parameters = oauth.validateAuthResponse(server, client, answer, begun.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    begun.verifier,
    { ...insecure(oauth, provider), additionalParameters: new URLSearchParams(provider.parameters) },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: begun.nonce,
    requireIdToken: true,
  });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  forTheTab.set(TOKEN, {
    token: tokens.access_token,
    idToken: tokens.id_token,
    subject: claims.sub,
    name: claims.name ?? claims.preferred_username ?? claims.sub,
    expiresAt: Date.now() + (tokens.expires_in ?? 300) * 1000,
  });
}

async function discover(oauth, provider) {
  const issuer = new URL(provider.issuer);
  const response = await oauth.discoveryRequest(issuer, insecure(oauth, provider));
  return oauth.processDiscoveryResponse(issuer, response);
}

/** A provider on one's own machine may do without TLS; which address it has, the gateway's settings say. */
function insecure(oauth, provider) {
  return { [oauth.allowInsecureRequests]: provider.issuer.startsWith("http:"), signal: timeLimit(PROVIDER_TIMEOUT_MS) };
}

function redirectUri() {
  return `${location.origin}/sign-in`;
}
