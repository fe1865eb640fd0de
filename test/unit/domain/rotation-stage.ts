import type { OnCallOverride, RotationLayer } from '../../../src/domain/on-call.ts';
import type { Roster } from '../../../src/domain/rotation.ts';
import type { Window } from '../../../src/domain/window.ts';

export const MINUTE = 60_000;
export const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'] as const;
export const YEAR = { from: Date.parse('2026-01-10T00:00Z'), to: Date.parse('2027-01-10T00:00Z') };

export const layer = (
  people: readonly string[],
  from: string,
  every: RotationLayer['every'],
): RotationLayer => ({
  people,
  every,
  from,
});

export const rosterOf = (
  timezone: string,
  layers: readonly RotationLayer[],
  overrides: readonly OnCallOverride[] = [],
): Roster => ({ rotation: { name: 'primary', timezone, layers }, overrides });

export const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
export const at = (text: string): number => Date.parse(text);

export const daily = (from: number, to: number, zone: string): Window => ({ kind: 'daily', from, to, zone });
export const dayMs = 1440 * MINUTE;
