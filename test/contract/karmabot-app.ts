import type { Component } from '../../src/components/component.ts';
import { composeKind } from '../../src/components/compose.ts';
import { hostTarget } from './docker-target.ts';

const where = {
  ref: { service: 'karmabot', component: 'app', environment: 'production' },
  target: hostTarget,
};

/** The compose service of Karmabot as it stands on the systemd host of the rig, with what is given changed. */
export const karmabotApp = (settings: object = {}): Component =>
  composeKind.bind(
    {
      project: '/opt/karmabot',
      compose_service: 'karmabot',
      container: 'karmabot-app',
      sudo: true,
      stop_seconds: 2,
      ...settings,
    },
    where,
  );
