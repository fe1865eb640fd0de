import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Configuration } from '../domain/configuration.ts';

/** What the audit says of settings that came into force: enough to tell whether two starts ran with the same ones. */
export function configurationLoaded(configuration: Configuration, at: number): AuditEntry {
  const { people, policy, services, targets } = configuration;
  const text = canonicalize(configuration);
  if (text === undefined) throw new Error('settings are always serializable');
  return {
    event: 'configuration loaded',
    at,
    actor: 'botswain',
    detail: {
      people: people.length,
      rules: policy.length,
      services: services.length,
      targets: targets.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    },
  };
}
