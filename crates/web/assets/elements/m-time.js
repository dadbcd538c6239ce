// <m-time><time datetime="…">: keeps the relative text fresh and shows the exact time in the reader's time zone as title.
// The words are those of the server; keep them in step with `relative` in src/view/parts.rs.

const REFRESH_MS = 30_000;
const MINUTE = 60, HOUR = 3600, DAY = 86_400, MONTH = 30 * DAY, YEAR = 365 * DAY;
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/**
 * @param {number} secondsAgo
 * @returns {string}
 */
export function relative(secondsAgo) {
  const distance = Math.abs(secondsAgo);
  if (distance < MINUTE) return secondsAgo < 0 ? "in a moment" : "just now";
  const [size, unit] =
    distance < HOUR ? [MINUTE, "min"]
    : distance < DAY ? [HOUR, "h"]
    : distance < MONTH ? [DAY, distance < 2 * DAY ? "day" : "days"]
    : distance < YEAR ? [MONTH, "mo"]
    : [YEAR, "y"];
  const text = `${Math.floor(distance / size)} ${unit}`;
  return secondsAgo < 0 ? `in ${text}` : `${text} ago`;
}

class Time extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    if (!time || Number.isNaN(Date.parse(time.dateTime))) return;
    time.title = exact.format(new Date(time.dateTime));
    this.refresh();
  }

  refresh() {
    const time = this.querySelector("time");
    const text = time && relative(Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    if (time && text && time.textContent !== text) time.textContent = text;
  }
}

customElements.define("m-time", Time);

setInterval(() => {
  for (const element of document.querySelectorAll("m-time")) if (element instanceof Time) element.refresh();
}, REFRESH_MS);
