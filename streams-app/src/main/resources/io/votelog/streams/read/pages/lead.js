// Who leads, in the sentences that the server writes into the page too.

import { fill } from "./words.js";

const MOST_SECTIONS = 4;

/**
 * @param {object} results the document, with votes
 * @param {{words: object, speak: object, titleOf: function, partOf: function}} page the words, numbers, and titles by ids
 * @return {string[]} one sentence for each section where there are few
 */
export function lead(results, { words, speak, titleOf, partOf }) {
  const { sections } = results;
  const all = sections.flatMap((section) => section.options);
  if (all.every((option) => option.votes === 0)) {
    return [words["lead-none"]];
  }
  const name = (option) => fill(words["lead-option"], { id: option.id, title: titleOf(option.id) });
  const kind = results.status === "final" ? "won-" : "lead-";

  function sentence(options) {
    const sorted = [...options].sort((a, b) => b.votes - a.votes);
    const [first, second] = sorted;
    if (first.votes === 0) {
      return words["lead-none"];
    }
    const leaders = sorted.filter((option) => option.votes === first.votes).length;
    const votes = speak.number(first.votes);
    if (leaders > 2) {
      return fill(words[`${kind}many`], { n: speak.number(leaders), votes });
    }
    if (second === undefined) {
      return fill(words[`${kind}alone`], { first: name(first), votes });
    }
    const both = { first: name(first), second: leaders === 2 ? name(second) : second.id, votes,
      behind: speak.number(second.votes), ahead: speak.number(first.votes - second.votes) };
    return fill(words[kind + (leaders === 2 ? "tie" : "one")], both);
  }

  return sections.length === 1 || sections.length > MOST_SECTIONS
    ? [sentence(all)]
    : sections.map((section) => fill(words["lead-part"], { part: partOf(section.id), lead: sentence(section.options) }));
}
