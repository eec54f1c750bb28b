/** Times in the reader's own time zone, which is named, and in the manner of the reader's country where the language is the page's. */

const language = document.documentElement.lang;
const manner = navigator.languages.find((asked) => asked === language || asked.startsWith(`${language}-`)) ?? language;
const time = { hour: "2-digit", minute: "2-digit" };
const full = new Intl.DateTimeFormat(manner, { year: "numeric", month: "long", day: "numeric", ...time, timeZoneName: "short" });
// Chinese writes a short month as a number.
const month = language === "zh" ? "numeric" : "short";
const short = new Intl.DateTimeFormat(manner, { month, day: "numeric", ...time });
const shortOfAnotherYear = new Intl.DateTimeFormat(manner, { year: "numeric", month, day: "numeric", ...time });
const zone = new Intl.DateTimeFormat(manner, { hour: "2-digit", timeZoneName: "short" });

/** A moment, given in ISO 8601 or in milliseconds, as the reader says it. */
export function moment(at) {
  return full.format(new Date(at));
}

/** From when until when, in one line. */
function showWindow(line) {
  const times = [...line.querySelectorAll("time")];
  const dates = times.map((shown) => new Date(shown.dateTime));
  const ofThisYear = dates.every((date) => date.getFullYear() === new Date().getFullYear());
  times.forEach((shown, index) => (shown.textContent = (ofThisYear ? short : shortOfAnotherYear).format(dates[index])));
  const named = zone.formatToParts(dates[0]).find((part) => part.type === "timeZoneName");
  line.lastElementChild.textContent = `(${named.value})`;
}

document.querySelectorAll(".window").forEach(showWindow);
for (const shown of document.querySelectorAll("time.moment")) {
  shown.textContent = moment(shown.dateTime);
  shown.nextElementSibling.hidden = true;
}
