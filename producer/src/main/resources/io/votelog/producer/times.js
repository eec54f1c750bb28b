/** Times in the reader's own time zone, which is named. */

const format = new Intl.DateTimeFormat(document.documentElement.lang, {
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
