import { alertmanager } from './alertmanager.ts';
import { betterStack } from './better-stack.ts';
import { cloudwatch } from './cloudwatch.ts';
import { datadog } from './datadog.ts';
import { eventsV2 } from './events-v2.ts';
import { generic } from './generic.ts';
import { github } from './github.ts';
import { grafana } from './grafana.ts';
import { healthchecks } from './healthchecks.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { render } from './render.ts';
import { sentry } from './sentry.ts';
import type { Source } from './source.ts';
import { statuspage } from './statuspage.ts';
import { uptimeKuma } from './uptime-kuma.ts';
import { uptimerobot } from './uptimerobot.ts';
import { zabbix } from './zabbix.ts';

/** Every kind of sender an integration may name as its `source`. */
export const sources: readonly Source[] = [
  alertmanager,
  grafana,
  generic,
  eventsV2,
  uptimeKuma,
  github,
  render,
  statuspage,
  betterStack,
  cloudwatch,
  datadog,
  healthchecks,
  opsgenie,
  pagerduty,
  sentry,
  uptimerobot,
  zabbix,
];
