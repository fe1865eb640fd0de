import { isFields, wordsAt } from './fields.ts';

/**
 * A variable that its sender left as it was written in the template: `*alertDuration*` (UptimeRobot), `$ALERT_PRIORITY`
 * (Datadog, Healthchecks), `{EVENT.ID}`, `{$URL}` and `*UNKNOWN*` (Zabbix), `{{host.name}}`.
 */
const UNFILLED =
  /^(?:\*[A-Za-z]\w{0,63}\*|\$[A-Z][A-Z0-9_]{0,63}|\{[$#]?[A-Z][A-Z0-9._:]{0,127}\}|\{\{[^{}]{0,127}\}\})$/;

/** What senders write for a variable that has no value. */
const EMPTY = /^(?:null|none|undefined|n\/a)$/i;

/** Whether a text is a variable of a template that nobody filled in. */
export const isUnfilled = (text: string): boolean => UNFILLED.test(text.trim());

/** The text of the first of these keys that says something and is no variable left as it was. */
export const firstFilled = (value: unknown, keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const found = wordsAt(value, key);
    if (found !== undefined && !isUnfilled(found) && !EMPTY.test(found)) return found;
  }
  return undefined;
};

/** Whether somebody sent the template as it is, as the test buttons of some senders do: these keys are there, and none is filled in. */
export const isTemplate = (value: unknown, keys: readonly string[]): boolean => {
  if (!isFields(value)) return false;
  const found = keys.flatMap((key) => wordsAt(value, key) ?? []);
  return found.length > 0 && found.every(isUnfilled);
};
