/**
 * Signing in at an OpenID provider: authorization code flow with PKCE, state and nonce. Tokens are kept for the tab alone. The
 * protocol itself is oauth4webapi's, which is fetched when somebody signs in.
 */
import { forTheTab } from "./store.js";

const BEGUN = "votelog:sign-in";
const TOKEN = "votelog:token";
const EARLY_MS = 10_000;

/** Who is signed in, as { token, subject, name }, or null. */
export function signedIn() {
  const kept = forTheTab.get(TOKEN);
  return kept !== null && kept.expiresAt - EARLY_MS > Date.now() ? kept : null;
}

/** Forgets the token: it has expired, or the voter leaves. */
export function signOut() {
  forTheTab.remove(TOKEN);
}

/**
 * Leads to the provider, who leads back to /sign-in. Fails when the provider cannot be reached.
 *
 * @param provider { issuer, clientId, scope }
 * @param back where to go when it is done, on this host
 */
export async function signIn(provider, back) {
  const oauth = await import("./oauth4webapi.js");
  const server = await discover(oauth, provider);
  const begun = {
    provider,
    back,
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  };
  forTheTab.set(BEGUN, begun);
  const address = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: provider.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: provider.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: "S256",
    state: begun.state,
    nonce: begun.nonce,
    ui_locales: document.documentElement.lang,
  };
  for (const [name, value] of Object.entries(parameters)) {
    address.searchParams.set(name, value);
  }
  location.assign(address);
}

/** Where the sign-in was begun that is under way in this tab, or null. */
export function cameFrom() {
  return forTheTab.get(BEGUN)?.back ?? null;
}

/**
 * Completes what the provider led back with, and keeps the token.
 *
 * @param answer the address that it led to
 * @throws when there is nothing to complete, or the answer is not what was asked for
 */
export async function complete(answer) {
  const begun = forTheTab.get(BEGUN);
  if (begun === null) {
    throw new Error("nothing was begun in this tab");
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
    insecure(oauth, provider),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: begun.nonce,
    requireIdToken: true,
  });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  forTheTab.remove(BEGUN);
  forTheTab.set(TOKEN, {
    token: tokens.access_token,
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
  return { [oauth.allowInsecureRequests]: provider.issuer.startsWith("http:"), signal: AbortSignal.timeout(15_000) };
}

function redirectUri() {
  return `${location.origin}/sign-in`;
}
