/** A signal that ends a request when its time is over, as AbortSignal.timeout gives one where there is that. */
export function timeLimit(ms) {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), ms);
  return limit.signal;
}
