/** How sure a row must be that what serves it does what its runbook says. */
export interface Extras {
  /** Words that the calls must hold besides the program: a container, a unit, a file, a table. */
  readonly keeps?: readonly string[];
  /** Why another program than the row's does the same. */
  readonly instead?: string;
  /** Why the inventory's label is wrong; only with it may the row be served at a lower risk. */
  readonly correction?: string;
  /** The platform it is for, where a bot runs on either: the settings are judged with it. */
  readonly manager?: 'supervisor';
  /** Where the runbook's command fails or misleads, and what is done instead; needed for defects that no procedure speaks of. */
  readonly note?: string;
}

/** What serves a row of the inventory. */
export type Served = Extras &
  (
    | { readonly by: 'line'; readonly line: string }
    | { readonly by: 'check'; readonly service: string; readonly check: string }
    | { readonly by: 'setting'; readonly path: string }
    | { readonly by: 'procedure'; readonly line: string }
    | { readonly by: 'manual'; readonly line: string }
    | { readonly by: 'nothing'; readonly why: string }
  );

/** What serves the rows of one runbook, by id: `K001`. */
export type Table = Readonly<Record<string, Served>>;

/** A line that is typed in chat. */
export const line = (text: string, more: Extras = {}): Served => ({ by: 'line', line: text, ...more });

/** A check that is looked at by itself: `karmabot web`. */
export const check = (text: string, more: Extras = {}): Served => {
  const [service = '', name = ''] = text.split(' ');
  return { by: 'check', service, check: name, ...more };
};

/** A value of the settings: file, then keys, split by spaces: `targets.yaml production karmabot-server host`. */
export const setting = (path: string, more: Extras = {}): Served => ({ by: 'setting', path, ...more });

/** A procedure, as its `run` line. */
export const procedure = (text: string, more: Extras = {}): Served => ({
  by: 'procedure',
  line: `run ${text}`,
  ...more,
});

/** A manual step with a checklist in chat: a procedure of steps by hand, as its `run` line. */
export const manual = (text: string, more: Extras = {}): Served => ({
  by: 'manual',
  line: `run ${text}`,
  ...more,
});

/** No operation, in the inventory's own words; not counted as served. */
export const nothing = (why: string): Served => ({ by: 'nothing', why });
