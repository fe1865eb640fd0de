import type { Alert, AlertReport } from '../../../src/domain/alert.ts';
import { type AlertTurn, type Turned, turnAlert } from '../../../src/domain/alert-turn.ts';
import { reportOf, T0 } from './alert-stage.ts';

/** One thing that a sender says. */
export interface Said {
  /** Milliseconds after T0 at which it comes in. */
  readonly in: number;
  readonly report: Partial<AlertReport>;
}

const GROUP = { groupHint: '{}:{alertname="X"}' };
/** Alertmanager says that it fires; it always names its group. */
export const fires = (at: number, startsAt: number = at, more: Partial<AlertReport> = {}): Said => ({
  in: at,
  report: { ...GROUP, startsAt: T0 + startsAt, ...more },
});
/** Alertmanager says that it is over. */
export const ends = (at: number, startsAt: number, endsAt: number = at): Said => ({
  in: at,
  report: { ...GROUP, status: 'resolved', startsAt: T0 + startsAt, endsAt: T0 + endsAt },
});
/** One that says what happened, not how things are. */
export const event = (at: number, status: AlertReport['status'], more: Partial<AlertReport> = {}): Said => ({
  in: at,
  report: { status, ...more },
});

/** What a report comes to, with the alert that is kept from then on. */
export const take = (stored: Alert | undefined, said: Said, delivery = 1): Turned =>
  turnAlert(stored, {
    integration: 'alertmanager',
    source: 'alertmanager',
    report: reportOf(said.report),
    facts: { severity: 'P1', service: 'karmabot' },
    at: T0 + said.in,
    delivery,
  });

/** Takes all of them, one after the other. */
export function play(told: readonly Said[]): { readonly turns: readonly AlertTurn[]; readonly alert: Alert } {
  let alert: Alert | undefined;
  const turns: AlertTurn[] = [];
  for (const [index, said] of told.entries()) {
    const turned = take(alert, said, index + 1);
    turns.push(turned.turn);
    alert = turned.alert;
  }
  if (alert === undefined) throw new Error('nothing was told');
  return { turns, alert };
}
