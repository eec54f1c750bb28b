/** How the searches of the pages compare texts: whatever their width and case. */
export const normal = (text) => text.normalize("NFKC").toLowerCase();

/** The words of what somebody searches for, as normal texts have them. */
export const wordsOf = (searched) => normal(searched).split(/\s+/).filter(Boolean);
