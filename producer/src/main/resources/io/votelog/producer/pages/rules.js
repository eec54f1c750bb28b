/**
 * The rules of the ballot as guidance, read from its form. Whether a vote is well formed, the gateway alone decides.
 */
export function rulesOf(form) {
  const number = (text) => Number.parseInt(text, 10);
  const parts = [...form.querySelectorAll("fieldset[data-part]")].map((part) => ({
    id: part.dataset.part,
    title: part.dataset.title,
    min: number(part.dataset.min),
    max: number(part.dataset.max),
    boxes: [...part.querySelectorAll("input[name=choice]")],
  }));
  const options = parts.reduce((sum, part) => sum + part.boxes.length, 0);
  return { min: number(form.dataset.min), max: Math.min(number(form.dataset.max), options), options, parts };
}

/**
 * All that keeps these picks from being sent, as { code, n, max, part }: n is how many are missing, or too many.
 *
 * @param counts how many are picked of each part, by its id
 */
export function faults(rules, counts) {
  const found = [];
  let total = 0;
  let missingInParts = 0;
  for (const part of rules.parts) {
    const count = counts.get(part.id) ?? 0;
    total += count;
    if (count < part.min) {
      missingInParts += part.min - count;
      found.push({ code: "sectionTooFew", n: part.min - count, part });
    } else if (count > part.max) {
      found.push({ code: "sectionTooMany", n: count - part.max, max: part.max, part });
    }
  }
  if (total > rules.max) {
    found.unshift({ code: "tooMany", n: total - rules.max, max: rules.max });
  } else if (rules.min - total > missingInParts) {
    // What the parts lack says the rest already.
    found.push({ code: "tooFew", n: rules.min - total });
  } else if (total === 0 && found.length === 0) {
    found.push({ code: "noChoice", n: 0 });
  }
  return found;
}
