/**
 * What the browser keeps for a page. Where it keeps nothing (a private window, a full disk), the page works for as long as it is
 * open.
 */
function store(area) {
  const memory = new Map();
  const attempt = (use, otherwise) => {
    try {
      return use(globalThis[area]);
    } catch {
      return otherwise;
    }
  };
  return {
    get(key) {
      const text = attempt((kept) => kept.getItem(key), null) ?? memory.get(key) ?? null;
      try {
        return text === null ? null : JSON.parse(text);
      } catch {
        return null;
      }
    },
    set(key, value) {
      const text = JSON.stringify(value);
      memory.set(key, text);
      attempt((kept) => kept.setItem(key, text));
    },
    remove(key) {
      memory.delete(key);
      attempt((kept) => kept.removeItem(key));
    },
  };
}

/** Until the voter clears it. */
export const forLong = store("localStorage");

/** Until the tab is closed. */
export const forTheTab = store("sessionStorage");
