import { WEEKDAYS, type Weekday, type Window } from './window.ts';

const two = (number: number): string => String(number).padStart(2, '0');

const clock = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

interface Day {
  readonly year?: number;
  readonly month: number;
  readonly day: number;
  readonly minute: number;
}

const date = ({ year, month, day, minute }: Day): string =>
  `${year === undefined ? '' : `${year}-`}${two(month)}-${two(day)} ${clock(minute)}`;

/** Both ends of a window as they are written: `22:00`, `fri 18:00`, `12-23 00:00`, `2026-12-23 18:00`. */
export function windowEnds(window: Window): readonly [from: string, to: string] {
  switch (window.kind) {
    case 'daily':
      return [clock(window.from), clock(window.to)];
    case 'weekly':
      return [
        `${window.from.day} ${clock(window.from.minute)}`,
        `${window.to.day} ${clock(window.to.minute)}`,
      ];
    case 'yearly':
      return [date(window.from), date(window.to)];
    case 'dates':
      return [date(window.from), date(window.to)];
    case 'moments':
      return [new Date(window.from).toISOString(), new Date(window.to).toISOString()];
  }
}

function daysText(days: readonly Weekday[]): string {
  const places = days.map((day) => WEEKDAYS.indexOf(day)).toSorted((a, b) => a - b);
  const [first = 0] = places;
  const isRun = places.length > 2 && places.every((place, index) => place === first + index);
  const named = places.map((place) => WEEKDAYS[place] ?? '');
  return isRun ? `${named[0]}–${named.at(-1)}` : named.join(', ');
}

/** `mon–fri 22:00–06:00 Europe/Berlin`, as people read it. */
export function windowText(window: Window): string {
  const [from, to] = windowEnds(window);
  if (window.kind === 'moments') return `${from} – ${to}`;
  if (window.kind !== 'daily') return `${from} – ${to} ${window.zone}`;
  const days = window.days === undefined ? '' : `${daysText(window.days)} `;
  return `${days}${from}–${to} ${window.zone}`;
}
