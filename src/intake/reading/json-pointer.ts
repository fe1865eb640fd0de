import { at } from './fields.ts';

/** How a pointer is written: nothing for the whole, else parts that begin with a slash, in which ~ stands before 0 or 1 only. */
export const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** What stands where a JSON pointer leads, undefined where it leads nowhere: https://www.rfc-editor.org/rfc/rfc6901. */
export const pointedAt = (value: unknown, pointer: string): unknown => {
  const parts = pointer.split('/').slice(1);
  return at(value, ...parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')));
};
