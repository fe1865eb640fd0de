// @ts-check

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const day = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/**
 * How long ago, in words short enough for a row.
 * @param {number} ms
 * @param {boolean} short
 * @returns {string | undefined} undefined when a date says more
 */
export function ago(ms, short) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 5) return 'now';
  const [count, unit, word] =
    seconds < 60
      ? [seconds, 's', 's']
      : seconds < 3600
        ? [Math.floor(seconds / 60), 'm', 'min']
        : [Math.floor(seconds / 3600), 'h', 'h'];
  if (seconds >= 20 * 3600) return undefined;
  return short ? `${count} ${unit}` : `${count} ${word} ago`;
}

/** Rewrites every moment on the page relative to now; the exact one stays in its title. */
export function tellTimes() {
  for (const element of document.querySelectorAll('time')) {
    const at = new Date(element.dateTime);
    const said = ago(Date.now() - at.getTime(), element.classList.contains('age')) ?? day.format(at);
    if (element.textContent !== said) element.textContent = said;
    if (element.dataset.told !== element.dateTime) {
      element.title = `${absolute.format(at)} (${at.toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
      element.dataset.told = element.dateTime;
    }
  }
}

/** Keeps the moments true. */
export function startClock() {
  tellTimes();
  setInterval(tellTimes, 5000);
}
