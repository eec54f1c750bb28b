// What the page says in the reader's language and zone.

/** Puts values into the gaps of a sentence: "{name}". */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);
}

/** Numbers and times as one language writes them. */
export function speech(language) {
  // Days before months, as the words of the page have them.
  const region = language === "en" ? "en-GB" : language;
  const number = new Intl.NumberFormat(language);
  const oneDigit = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(region, { dateStyle: "medium" });
  const moment = new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  const shortDay = new Intl.DateTimeFormat(region, { month: "short", day: "numeric" });
  const minute = new Intl.DateTimeFormat(region, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const clock = new Intl.DateTimeFormat(region, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const zone = new Intl.DateTimeFormat(region, { timeZoneName: "short" });
  // Engines of 2020 may lack it.
  const relative = Intl.RelativeTimeFormat === undefined
    ? { format: (value, unit) => `${value} ${{ second: "s", minute: "min", hour: "h", day: "d" }[unit]}` }
    : new Intl.RelativeTimeFormat(language, { numeric: "always", style: "narrow" });

  function zoneOf(date) {
    return zone.formatToParts(date).find((part) => part.type === "timeZoneName").value;
  }

  return {
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    rate: (value) => (value < 10 ? oneDigit : number).format(value < 10 ? value : Math.round(value)),
    share: (part, whole) => percent.format(whole === 0 ? 0 : part / whole),
    day: (date) => shortDay.format(date),
    minute: (date) => minute.format(date),
    moment: (date) => `${moment.format(date)} (${zoneOf(date)})`,
    /** The time of day, and the day when it is not today's. */
    clock: (date) => {
      const today = day.format(date) === day.format(new Date());
      return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
    },
    ago: (seconds) => {
      const [value, unit] = seconds < 60 ? [seconds, "second"]
        : seconds < 3600 ? [seconds / 60, "minute"]
        : seconds < 86400 ? [seconds / 3600, "hour"] : [seconds / 86400, "day"];
      return relative.format(-Math.floor(value), unit);
    },
  };
}

/** Shows every time on the page in the reader's zone. */
export function showTimes(speak, root = document) {
  for (const time of root.querySelectorAll("time[data-shown]:not([datetime=''])")) {
    time.textContent = speak[time.dataset.shown](new Date(time.dateTime));
  }
}
