import { type Diagnosis, doubtful, good, wrong } from '../../domain/diagnosis.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { Target } from '../../domain/fleet.ts';
import type { Failed, Outcome, Unknown } from '../../domain/outcome.ts';
import { expectedKeys, readVouchers } from './host-key.ts';
import { connectMs, readSettings } from './settings.ts';
import { sshKind } from './ssh.ts';

/** Seconds within which a host must have let us in when it is only being tried. */
const CONNECT = '6s';

/** The same target, given up sooner when it does not answer; targets of other kinds as they are. */
export function patientSsh(target: Target): Target {
  if (target.kind !== sshKind.kind) return target;
  const longer = connectMs(readSettings(target)) > (parseDuration(CONNECT) ?? 0);
  return longer ? { ...target, settings: { ...target.settings, connect_timeout: CONNECT } } : target;
}

/** What failed on the way to a first answer, by the failure's code. */
const STAGES: Readonly<Partial<Record<Failed['code'], string>>> = {
  TARGET_UNREACHABLE: 'not reached',
  TARGET_TIMEOUT: 'not reached',
  TARGET_HOST_KEY_MISMATCH: 'host key',
  TARGET_LOGIN_FAILED: 'login',
  TARGET_CONNECTION_LOST: 'connection',
  CONFIG_INVALID: 'settings',
};

/** Says how the way to a host went, from how the first read on it ended. */
export function diagnoseSsh(target: Target, first: Outcome<unknown>): readonly Diagnosis[] {
  return [first.kind === 'succeeded' ? wayThere(target) : noWay(first)];
}

function noWay(first: Failed | Unknown): Diagnosis {
  if (first.kind === 'unknown') return wrong(first.message);
  // The missing secret itself is told where the settings are.
  if (first.code === 'CONFIG_SECRET_MISSING')
    return doubtful(`not tried: ${first.message}`, 'Mend the secret first.');
  const stage = STAGES[first.code];
  const text = stage === undefined ? first.message : `${stage}: ${first.message}`;
  return wrong(text, ...(first.remedy === undefined ? [] : [first.remedy]));
}

function wayThere(target: Target): Diagnosis {
  const settings = readSettings(target);
  const vouchers = readVouchers(target);
  const keys = vouchers.kind === 'succeeded' ? expectedKeys(settings, vouchers.value) : [];
  const how = settings.host_key === undefined ? `by ${settings.known_hosts ?? 'known_hosts'}` : 'by host_key';
  const key = keys.length === 1 ? keys[0] : `one of ${keys.length} keys`;
  return good(`${settings.user} is let in; the host key, ${key}, is pinned ${how}`);
}
