import type { Configuration } from '../domain/configuration.ts';
import type { Redact } from '../domain/redaction.ts';
import type { StatusPageSettings } from '../domain/status-settings.ts';
import type { StatusBackend } from '../status-page/status-page.ts';
import type { Journal } from '../workflow/journal.ts';
import type { Notice } from '../workflow/notice.ts';
import type { Wakeups } from '../workflow/wakeups.ts';

/** What telling the public needs. */
export interface StatusPorts {
  readonly journal: Pick<Journal, 'incidents' | 'statusPage' | 'checks'>;
  readonly configuration: Configuration;
  readonly settings: StatusPageSettings;
  /** Our own page first. */
  readonly backends: readonly StatusBackend[];
  /** Where our page is, without a `/` at its end; absent = it is not known. */
  readonly url?: string;
  readonly wakeups: Wakeups;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly redact: Redact;
  /** Tells everybody who operates, where no incident has a thread for it. */
  readonly tell: (notice: Notice) => Promise<void>;
}
