/** Times in the reader's own time zone, which is named, and in the manner of the reader's country where the language is the page's. */

const language = document.documentElement.lang;
const manner = navigator.languages.find((asked) => asked === language || asked.startsWith(`${language}-`)) ?? language;
const format = new Intl.DateTimeFormat(manner, {
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "long",
});

/** A moment, given in ISO 8601 or in milliseconds, as the reader says it. */
export function moment(time) {
  return format.format(new Date(time));
}

for (const time of document.querySelectorAll("time[datetime]")) {
  time.textContent = moment(time.dateTime);
}
