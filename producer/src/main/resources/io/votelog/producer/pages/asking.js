/** Questions over the network. */
import { timeLimit } from "./time-limit.js";

/** Nobody has answered: there is no network, or nothing at its other end. */
export class NoAnswer extends Error {}

/**
 * Asks, and reads the whole answer.
 *
 * @param options as fetch takes them, and ms, the longest that it may take, in milliseconds
 * @return { status, ok, headers, url, body }, the body as JSON has it; null where it is no JSON
 * @throws NoAnswer when nobody answers in time, or the answer breaks off
 */
export async function ask(address, { ms, ...options }) {
  let answer;
  let text;
  try {
    answer = await fetch(address, { ...options, signal: timeLimit(ms) });
    text = await answer.text();
  } catch (failure) {
    throw new NoAnswer(String(failure));
  }
  return { status: answer.status, ok: answer.ok, headers: answer.headers, url: answer.url, body: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
