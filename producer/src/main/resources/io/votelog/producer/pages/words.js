/**
 * The page's sentences in its language, from the element's data-words: say("picked", { n: 3 }) fills {n}. When n is 1, the sentence
 * under the key and ".one" is taken, if there is one.
 */
export function speaker(element) {
  const words = JSON.parse(element.dataset.words);
  const say = (key, gaps = {}) => {
    const sentence = (gaps.n === 1 ? words[`${key}.one`] : undefined) ?? words[key] ?? key;
    return sentence.replace(/\{(\w+)\}/g, (gap, name) => (name in gaps ? String(gaps[name]) : gap));
  };
  say.knows = (key) => key in words;
  return say;
}

/** An element with attributes, properties and what is in it. */
export function element(name, properties = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...content);
  return made;
}
