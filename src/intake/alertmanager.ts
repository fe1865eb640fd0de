import { readAlertGroup } from './reading/alert-group.ts';
import type { Source } from './source.ts';

/** Prometheus Alertmanager's webhook, versions 3 and 4. It signs nothing. */
export const alertmanager: Source = {
  source: 'alertmanager',
  summary: 'Prometheus Alertmanager, `webhook_configs`',
  read: ({ json }) => readAlertGroup('alertmanager', json),
};
